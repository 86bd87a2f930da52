"""The hot loops of the engine: compiled by numba where it is there and worth its loading, otherwise their numpy twins.

Both make the same bits: they use only comparisons, +, -, x, /, square roots and one shared polynomial for exp and log
(numpy's and numba's own differ in the last bit), and they add in the same order. Operands are two-dimensional and
broadcast: ``(1, 1)``, ``(replicates, 1)``, ``(1, clinics)`` or ``(replicates, clinics)``.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from types import ModuleType

SWITCH = "INNOMOTOR_NO_NUMBA"
"""Set in the environment to run without compiled loops; so does `--no-numba`."""


COMPILED, PLAIN = "sim.kernels.compiled", "sim.kernels.plain"
LOADING = 0.8
"""What it takes to load the compiled loops [seconds], about."""
_MORE = (1.2e-3, 2e-7)
"""What the twins take longer [seconds]: in each month of a block, and for each clinic of it."""


class _Work:
    """What this process has been asked to do so far, as the seconds that its twins would take longer."""

    seconds: float | None = None


def expect(months: int, clinic_months: float) -> None:
    """Say what is going to be run; before enough has been asked for, compiled loops are not worth their loading.

    Args:
        months: months of all blocks and strategies.
        clinic_months: clinics in all of these months, for every innovation.
    """
    _Work.seconds = (_Work.seconds or 0.0) + _MORE[0] * months + _MORE[1] * clinic_months


def loops() -> ModuleType:
    """The loops in force: ``sim.kernels.compiled``, or ``sim.kernels.plain`` for little work; the bits are the same."""
    if COMPILED not in sys.modules and _Work.seconds is not None and _Work.seconds < LOADING:
        return import_module(PLAIN)
    return _compiled()


@cache
def _compiled() -> ModuleType:
    """The compiled loops, or their twins where they are not wanted or numba is not there."""
    if not os.environ.get(SWITCH):
        try:
            return import_module(COMPILED)
        except ImportError:  # numba is not there
            pass
    return import_module(PLAIN)
