"""exp, log and power by one shared polynomial, and how operands broadcast."""

from __future__ import annotations

import numpy as np

from sim.kernels import constants
from sim.kernels.compiled.compiling import loop
from sim.kernels.constants import (
    EXP_HIGH,
    EXP_LOW,
    HALF,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    ONE,
    ROUNDING,
    SQRT_HALF,
    TINY,
    ZERO,
)

E0, E1, E2, E3, E4, E5 = constants.EXP_TERMS
L0, L1, L2, L3, L4, L5, L6, L7, L8 = constants.LOG_TERMS


@loop
def exp_one(x):
    """Exp of a number; the polynomial of ``plain``."""
    x = min(max(x, EXP_LOW), EXP_HIGH)
    n = (x * LOG2_E + ROUNDING) - ROUNDING
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    y = E0 * r + E1
    y = y * r + E2
    y = y * r + E3
    y = y * r + E4
    y = y * r + E5
    y = (y * (r * r) + r) + ONE
    return y * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@loop
def log_one(x):
    """Natural logarithm of a number above 0; the polynomial of ``plain``."""
    bits = np.float32(x).view(np.int32)
    m = np.int32((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)
    e = np.int32((bits >> np.int32(23)) - np.int32(126))
    if m < SQRT_HALF:
        e = np.int32(e - np.int32(1))
        m = m + m
    m = m - ONE
    f = np.float32(e)
    y = L0 * m + L1
    y = y * m + L2
    y = y * m + L3
    y = y * m + L4
    y = y * m + L5
    y = y * m + L6
    y = y * m + L7
    y = y * m + L8
    z = m * m
    y = (y * m) * z + f * LN2_LOW
    return (m + (y - z * HALF)) + f * LN2_HIGH


@loop
def power_one(base, exponent):
    """A number that is 0 or more, raised."""
    return base if exponent == ONE else exp_one(exponent * log_one(max(base, TINY)))


@loop
def exp_row(x):
    """e^x in place; short enough for the processor's wide instructions, as is every loop with ``row`` in its name."""
    for i in range(len(x)):
        x[i] = exp_one(x[i])


@loop
def _log_row(x):
    for i in range(len(x)):
        x[i] = log_one(x[i])


def exp(x):
    """As in ``plain``."""
    made = np.array(x, np.float32, order="C")
    exp_row(made.reshape(-1))
    return made


def log(x):
    """As in ``plain``."""
    made = np.array(x, np.float32, order="C")
    _log_row(made.reshape(-1))
    return made


def power(base, exponent):
    """As in ``plain``."""
    if (exponent == ONE).all():
        return base if base.shape == np.broadcast_shapes(base.shape, exponent.shape) else base + ZERO * exponent
    return np.where(exponent == ONE, base, exp(exponent * log(np.maximum(base, TINY))))
