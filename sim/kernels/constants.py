"""Numbers that the loops share, all in float32 so that no step is done in another precision.

The polynomials for exp and log are those of the Cephes library (Moshier 1989, expf.c and logf.c).
"""

import numpy as np

ZERO = np.float32(0)
HALF = np.float32(0.5)
ONE = np.float32(1)
MONTHS = np.float32(1 / 12)
TINY = np.float32(1e-9)
LEAST_HOURS = np.float32(1e-3)
"""Hours that there are at least, so that nothing is divided by 0."""

NINE_TENTHS, STEEP, QUARTER = np.float32(0.9), np.float32(2.5), np.float32(0.25)
YEAR = np.float32(12)
NEVER = np.float32(np.inf)
"""Left on a clock that does not run."""

EXP_LOW = np.float32(-87)
EXP_HIGH = np.float32(88)
ROUNDING = np.float32(12582912)
"""1.5 x 2^23: adding and taking it away rounds to the nearest whole number, in any rounding of + itself to nearest."""
LOG2_E = np.float32(1.44269504088896341)
LN2_HIGH = np.float32(0.693359375)
LN2_LOW = np.float32(-2.12194440e-4)
EXP_TERMS = tuple(
    np.float32(c)
    for c in (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
)

TIE = np.float32(2**-20)
"""Weights of ties are whole numbers of this size, so that sums are exact in any order."""

SQRT_HALF = np.float32(0.707106781186547524)
LOG_TERMS = tuple(
    np.float32(c)
    for c in (
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    )
)
