"""Pools of best portfolios that have been found before come from the store that all commands share."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

import portfolio.choice
from portfolio.choice.choose import Pool, search
from portfolio.choice.program import Program
from sim.store import shared
from sim.store.shared import Kept

Floats = NDArray[np.float64]


def remembered_search(ready: Program, own: NDArray[np.bool_], value: Floats) -> Pool:
    """`search`, but a pool is kept in the store under a key of all that it depends on."""
    found = shared.remembered(_key(ready, own, value), lambda: _kept(search(ready, own, value)))
    return Pool(found.arrays["portfolios"], found.about["solved"])


def _key(ready: Program, own: NDArray[np.bool_], value: Floats) -> str:
    limits = ready.limits()
    return shared.key_of(
        "pool of portfolios",
        code=(portfolio.choice,),
        scipy=version("scipy"),
        limits=[limits.matrix.toarray(), limits.low, limits.high],
        own=own,
        value=value,
    )


def _kept(pool: Pool) -> Kept:
    return Kept({"portfolios": pool.portfolios}, {"solved": pool.solved})
