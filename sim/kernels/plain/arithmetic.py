"""exp, log and power by one shared polynomial, and how operands broadcast."""

from __future__ import annotations

import numpy as np

from sim.kernels.constants import (
    EXP_HIGH,
    EXP_LOW,
    EXP_TERMS,
    HALF,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    LOG_TERMS,
    ONE,
    ROUNDING,
    SQRT_HALF,
    TINY,
)
from sim.kernels.plain.operands import Floats


def exp(x: Floats) -> Floats:
    """e^x in float32, within two units in the last place from -87 to 88; below that it is as at -87."""
    x = np.minimum(np.maximum(x, EXP_LOW), EXP_HIGH)
    n = (x * LOG2_E + ROUNDING) - ROUNDING
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    y = EXP_TERMS[0] * r + EXP_TERMS[1]
    for term in EXP_TERMS[2:]:
        y = y * r + term
    y = (y * (r * r) + r) + ONE
    return y * ((n.astype(np.int32) + np.int32(127)) << np.int32(23)).view(np.float32)


def log(x: Floats) -> Floats:
    """Ln x in float32, within two units in the last place, for positive normal numbers."""
    bits = x.view(np.int32)
    m = ((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)  # in [1/2, 1)
    low = m < SQRT_HALF
    e = ((bits >> np.int32(23)) - np.int32(126) - low).astype(np.float32)
    m = np.where(low, m + m, m) - ONE
    y = LOG_TERMS[0] * m + LOG_TERMS[1]
    for term in LOG_TERMS[2:]:
        y = y * m + term
    z = m * m
    y = (y * m) * z + e * LN2_LOW
    return (m + (y - z * HALF)) + e * LN2_HIGH


def power(base: Floats, exponent: Floats) -> Floats:
    """base^exponent for bases of 0 or more; to the power of 1 it is the base."""
    return np.where(exponent == ONE, base, exp(exponent * log(np.maximum(base, TINY))))
