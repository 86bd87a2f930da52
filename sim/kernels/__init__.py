"""The hot loops of the engine: compiled by numba where it is there and wanted, otherwise their numpy twins.

Both make the same bits: they use only comparisons, +, -, x, /, square roots and one shared polynomial for exp and log
(numpy's and numba's own differ in the last bit), and they add in the same order. Operands are two-dimensional and
broadcast: ``(1, 1)``, ``(replicates, 1)``, ``(1, clinics)`` or ``(replicates, clinics)``.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from types import ModuleType

SWITCH = "INNOMOTOR_NO_NUMBA"
"""Set in the environment to run without compiled loops; so does `--no-numba`."""


@cache
def loops() -> ModuleType:
    """The loops in force, chosen when first asked for: ``sim.kernels.compiled`` or ``sim.kernels.plain``."""
    if not os.environ.get(SWITCH):
        try:
            return import_module("sim.kernels.compiled")
        except ImportError:  # numba is not there
            pass
    return import_module("sim.kernels.plain")
