"""The compiled loops and their numpy twins make the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from inspect import isfunction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.kernels import SWITCH, compiled, loops, plain
from sim.kernels.compiled import arithmetic, compiling
from sim.randomness import Draws
from sim.world import Cells, Lot

ROOT = Path(__file__).parents[2]
ROWS, CLINICS = 9, 131
RNG = np.random.default_rng(20250101)  # operands of pure functions; no draw of the model


def floats(*shape: int) -> Any:
    return RNG.uniform(0.05, 1, shape).astype(np.float32)


def mask() -> Any:
    return RNG.random((ROWS, CLINICS)) < 0.5


def stages() -> Any:
    return RNG.integers(0, 10, (ROWS, CLINICS)).astype(np.int8)


def whole(high: int) -> Any:
    return RNG.integers(0, high, (ROWS, CLINICS)).astype(np.int32)


EVERY, ROW, ONE, COLUMN = (ROWS, CLINICS), (ROWS, 1), (1, 1), (1, CLINICS)
OUT = np.zeros(EVERY, np.float32)
HOURS = (np.float32(5), np.float32(7), np.float32(9))


def operands(name: str) -> tuple[Any, ...]:
    """Operands of a loop in every shape that broadcasts."""
    region = np.sort(RNG.integers(0, 5, CLINICS)).astype(np.int16)
    region_start = np.searchsorted(region, np.arange(6))
    order = np.argsort(RNG.random(EVERY), axis=1)
    flat = np.flatnonzero(mask())
    since = whole(9).astype(np.int16)
    identity = RNG.integers(0, 2**63, ROWS + CLINICS).astype(np.uint64)
    standing = np.where(mask(), floats(*EVERY), np.float32(np.inf))
    return {
        "readiness": lambda: (*(floats(*s) for s in (COLUMN, COLUMN, EVERY, EVERY, EVERY, ONE, ROW)), OUT),
        "start_hazard": lambda: (
            stages(), 1, floats(*EVERY), floats(*COLUMN), floats(*EVERY), floats(*ROW), floats(*ONE) + 1, mask(),
            floats(*EVERY), floats(*EVERY), floats(*ONE), mask(), floats(*ROW), floats(*ONE), floats(*ROW), OUT,
        ),
        "exposure": lambda: (
            np.stack([whole(2**19), whole(2**18)]), RNG.integers(0, 9, (2, ROWS, 5)), region_start, floats(*ROW),
            floats(*ONE), floats(*ROW), floats(*ONE) / 2, floats(*ROW) / 4, OUT,
        ),
        "run_clocks": lambda: (floats(*EVERY), floats(*EVERY), floats(*ROW)),
        "run_two_rates": lambda: (floats(*EVERY), mask(), floats(*ROW), floats(*ONE)),
        "run_some": lambda: (standing, flat, floats(len(flat))),
        "comply": lambda: (
            stages(), 1, mask(), floats(*COLUMN) - np.float32(0.3), floats(*ROW), floats(*ONE), floats(*ROW),
            floats(*EVERY) / 8, floats(*EVERY), floats(*EVERY), floats(*ROW),
        ),
        "hours_needed": lambda: (
            stages(), (3, 4, 5, 6, 8), floats(*EVERY), mask(), floats(*ONE), floats(*ROW), floats(*ONE), HOURS, OUT,
        ),
        "hours_left": lambda: (floats(*ROW), floats(*COLUMN), floats(*EVERY), floats(*COLUMN), OUT.copy(), OUT),
        "share_hours": lambda: (
            flat, stages(), 8, floats(*EVERY), floats(*EVERY) * (RNG.random(EVERY) < 0.9), floats(*COLUMN),
            floats(*EVERY), mask(), floats(*ROW), floats(*ONE), floats(*EVERY), floats(*EVERY), np.zeros((ROWS, 3)),
        ),
        "embed": lambda: (
            stages(), (6, 8), floats(*EVERY), floats(*EVERY), floats(*EVERY), floats(*ROW), mask(), floats(*ROW),
            floats(*EVERY), floats(*ONE), mask(), floats(*ONE), floats(*ROW), floats(*ROW),
        ),
        "abandon": lambda: (
            standing, floats(*EVERY), floats(*ONE), -floats(*ROW), mask(), floats(*ROW), mask(), floats(*EVERY),
            floats(*ROW),
        ),
        "give_up": lambda: (
            flat, floats(*COLUMN) - np.float32(0.5), mask(), mask(), floats(*EVERY), whole(14).astype(np.int16), mask(),
        ),
        "tire": lambda: (
            floats(*EVERY), floats(*ONE), floats(*EVERY) * mask(),
            *(floats(*s) for s in (EVERY, ONE, ROW, COLUMN, COLUMN, ONE, ROW)),
        ),
        "strain_of_orders": lambda: (stages(), (3, 8), *(floats(*s) for s in (EVERY, ROW, COLUMN, EVERY))),
        "learn": lambda: (
            stages(), (7, 8), mask(), floats(*EVERY), floats(*EVERY), np.float32(0.5), floats(*ONE), floats(*ROW),
        ),
        "take_root": lambda: (
            stages(), (7, 8), floats(*EVERY), whole(14).astype(np.int16), floats(*ONE), 12 * np.ones(ONE, np.float32),
            floats(*ROW),
        ),
        "effect": lambda: (flat, mask(), *(floats(*s) for s in (EVERY, EVERY, ROW, EVERY, COLUMN))),
        "depth_in_use": lambda: (flat, floats(*EVERY)),
        "released": lambda: (
            flat, stages(), (2, 9), since, 9, 5 * np.ones(ROW, np.float32), floats(*EVERY), floats(*ONE),
        ),
        "asks": lambda: (
            stages(), (1, 3, 7), since, 9, 5 * np.ones(ROW, np.float32), floats(*EVERY), floats(*ROW), mask(),
        ),
        "take_turns": lambda: (
            order, np.arange(0, ROWS, 2), (held := mask()), mask() & ~held, RNG.integers(0, CLINICS, ROWS),
        ),
        "finished": lambda: (flat, floats(*EVERY) - np.float32(0.5), since, 9, 3 * np.ones(ROW, np.float32)),
        "rooted": lambda: (flat, floats(*EVERY), floats(*ROW), since, 9, 3 * np.ones(ONE, np.float32)),
        "move": lambda: (
            flat, 4, 7, (now := stages()), since, np.stack([np.bincount(row, minlength=10) for row in now]),
            floats(*EVERY),
        ),
        "region_sums": lambda: (mask(), np.array([0, 40, 40, CLINICS, CLINICS])),
        "draw_tickets": lambda: (
            flat, region, np.float32(16), floats(ROWS, 5) * 40, floats(ROWS, 5) * 40, floats(*EVERY),
        ),
        "served_by_now": lambda: (flat, region, floats(ROWS, 5), floats(*EVERY)),
        "uniform": lambda: (identity[:ROWS], identity[ROWS:], flat, RNG.integers(0, 9, len(flat)).astype(np.uint16)),
        "uniform_everywhere": lambda: (identity[:ROWS], identity[ROWS:]),
        "draw_next": lambda: (whole(9).astype(np.uint16), identity[:ROWS], identity[ROWS:], flat),
        "standing": lambda: (standing, flat),
        "listen": lambda: (
            stages(), mask(), (7, 8, 9), RNG.integers(0, 3, EVERY).astype(np.int8), np.stack([whole(100)] * 2),
            np.zeros((2, ROWS, 5), np.int64), region, *ties(),
        ),
    }[name]()  # fmt: skip


def ties() -> tuple[Any, ...]:
    """Where each clinic's listeners begin, who they are, and how much they listen."""
    start = np.concatenate(([0], np.cumsum(RNG.integers(0, 7, CLINICS))))
    listeners = RNG.integers(0, CLINICS, start[-1]).astype(np.int32)
    return start, listeners, RNG.integers(1, 2**20, start[-1]).astype(np.int32)


NAMES = (
    "readiness", "start_hazard", "exposure", "run_clocks", "run_two_rates", "run_some", "comply", "hours_needed",
    "hours_left", "share_hours", "embed", "abandon", "give_up", "finished", "rooted", "move", "tire",
    "strain_of_orders", "learn", "take_root", "effect", "depth_in_use", "released", "asks", "take_turns",
    "region_sums", "draw_tickets", "served_by_now", "draw_next", "uniform", "uniform_everywhere", "standing",
    "listen",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_compiled_loop_and_its_twin_make_the_same_bits(name):
    """What a loop returns and what it changes in place are the same to the last bit, for operands of every shape."""
    given = operands(name)
    sides = []
    for module in (plain, compiled):
        own = [value.copy() if isinstance(value, np.ndarray) else value for value in given]
        made = getattr(module, name)(*own)
        made = made if isinstance(made, tuple) else (made,)
        if name == "take_turns":  # the order in which places are given does not matter
            made = tuple(np.sort(value) for value in made)
        sides.append([*made, *own])
    for one, other in zip(*sides, strict=True):
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype
            assert one.tobytes() == other.tobytes()


def test_every_loop_has_a_twin_and_a_test():
    """No loop exists on one side only, and none is left out above."""
    mine = {name for name, f in vars(plain).items() if isfunction(f) and f.__module__.startswith(plain.__name__)}
    here = {name for name in mine if not name.startswith("_")} - {"exp", "log", "power"}
    assert here == set(NAMES)
    assert all(callable(getattr(compiled, name)) for name in here)


def test_draws_at_cells_are_the_addressed_draws():
    """A lot at chosen cells gives what the stream gives at their addresses; everywhere, the first occurrence."""
    draws, replicates = Draws(7, "lot"), np.arange(3, 3 + ROWS)
    clinic_id = RNG.integers(0, 2**63, CLINICS).astype(np.uint64)
    lot, cells = Lot(draws, replicates, clinic_id), Cells.where(mask())
    occurrence = RNG.integers(0, 4, len(cells))
    at_cells = draws.uniform(replicates[cells.row], clinic_id[cells.column], occurrence)
    np.testing.assert_array_equal(lot.uniform(cells, occurrence), at_cells)
    np.testing.assert_array_equal(lot.everywhere(), draws.uniform(replicates[:, None], clinic_id))


@compiling.loop
def each(function: Any, x: Any) -> Any:
    """A compiled scalar function on every number."""
    out = np.empty_like(x)
    for i in range(len(x)):
        out[i] = function(x[i])
    return out


@pytest.mark.parametrize(("name", "low", "high"), [("exp", -87, 88), ("log", 1e-30, 1e30)])
def test_the_shared_polynomials_are_exp_and_log(name, low, high):
    """Both sides give the same bits, within two units in the last place of the true value (double precision)."""
    x = RNG.uniform(low, high, 400_000).astype(np.float32) if name == "exp" else floats(400_000) ** 40 + low
    ours, theirs = getattr(plain, name)(x), each(getattr(arithmetic, f"{name}_one"), x)
    assert ours.tobytes() == theirs.tobytes()
    true = getattr(np, name)(x.astype(np.float64))
    assert (np.abs(ours - true) <= 2 * np.spacing(np.abs(true).astype(np.float32))).all()


def test_a_run_without_numba_has_the_same_events():
    """The same scenario gives the same bits with compiled loops and with numpy alone."""
    code = (
        "import sim, hashlib, numpy as np\n"
        "from sim.kernels import loops\n"
        "loops()\n"  # loaded, whether it is worth it or not
        "made = sim.run('scenarios/smallest.yaml', replicates=6)\n"
        "digest = hashlib.sha256()\n"
        "for result in made.strategies.values():\n"
        "    for values in (*result.final.values(), *result.curves.values()):\n"
        "        digest.update(np.ascontiguousarray(values).tobytes())\n"
        "print(loops().__name__, digest.hexdigest())\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != SWITCH}
    ends = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment | extra, capture_output=True, text=True, check=True
        ).stdout.split()
        for extra in ({}, {SWITCH: "1"})
    ]
    assert [end[0] for end in ends] == ["sim.kernels.compiled", "sim.kernels.plain"]
    assert ends[0][1] == ends[1][1]
    assert loops() in {compiled, plain}


def test_compiled_loops_are_loaded_when_it_pays():
    """A small question is answered by the twins; as soon as a process has been asked for enough, loops are compiled."""
    code = (
        "import sys, sim\n"
        "from sim.kernels import loops\n"
        "sim.run('scenarios/smallest.yaml', replicates=2)\n"
        "print(loops().__name__, 'numba' in sys.modules)\n"
        "sim.run('scenarios/smallest.yaml', replicates=2, months=600)\n"
        "print(loops().__name__)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != SWITCH}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["sim.kernels.plain", "False", "sim.kernels.compiled"]


def test_kept_code_is_compiled_anew_when_what_it_calls_has_changed(tmp_path):
    """Compiled code holds what it calls from other files, so a change in any of them makes all that was kept stale."""
    code = (
        "import sys\n"
        "import numpy as np\n"
        "from sim.kernels import constants\n"
        "constants.__file__ = sys.argv[1]\n"
        "from sim.kernels.compiled import arithmetic\n"
        "arithmetic.exp_row(np.ones(3, np.float32))\n"
        "print(sum(arithmetic.exp_row.stats.cache_hits.values()))\n"
    )
    for name in ("before.py", "after.py"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    hits = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)],
            cwd=ROOT,
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kept")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for name in ("before.py", "before.py", "after.py")
    ]
    assert hits == ["0", "1", "0"]


def test_nothing_needs_to_be_written():
    """Where compiled code cannot be kept anywhere, it is compiled for the run, with the same results."""
    code = (
        "import numpy as np\n"
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from sim.kernels import compiled, plain\n"
        "from sim.kernels.compiled import arithmetic\n"
        "assert type(arithmetic.exp_row._cache).__name__ == 'NullCache'\n"
        "x = np.linspace(-9, 9, 99, dtype=np.float32)\n"
        "print(compiled.exp(x).tobytes() == plain.exp(x).tobytes())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
