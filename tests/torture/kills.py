"""Random kills: of the driver, its workers, the whole group; by KILL, INT and TERM; with changing worker counts."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from torture import ground

from sim.randomness import Draws

WHOM = ("driver", "worker", "group")
PATIENCE = 240
"""How long a busy machine may take to end a sweep, or to carry it to its end [s]."""
HOW = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)


@dataclass
class Tally:
    """What was done and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    idle: int = 0
    """Of these, how many met a sweep that had just come to its end."""
    finished: int = 0
    """Sweeps that came to their end in between; the next began anew."""
    lost: int = 0
    """Times that an acknowledged result was gone."""
    orphans: int = 0
    wrong_codes: list[str] = field(default_factory=list)
    same: bool = False


def random_kills(folder: Path, kills: int, variants: int, *, replicates: int = 3, seed: int = 1) -> Tally:
    """Kill a sweep again and again, then let it end, and compare with one that was let alone."""
    plan = ground.ground(folder, variants, replicates)
    reference, out = folder / "reference", folder / "out"
    assert ground.swept(plan, reference).returncode == 0
    tally, draws = Tally(), Draws(seed, "torture")
    for number in range(kills):
        whom, how, workers, wait = draws.uniform(number, occurrence=[0, 1, 2, 3])
        if (out / "manifest.json").exists():
            tally.finished += 1
            assert ground.same(out, reference)
            shutil.rmtree(out)
        before = ground.done(out)
        target = WHOM[int(whom * 3)]
        signal_ = signal.SIGKILL if target == "worker" else HOW[int(how * 3)]
        _one(plan, out, tally, target, signal_, 1 + int(workers * 3), wait, before)
        tally.lost += ground.done(out) < before
    last = ground.swept(plan, out)
    assert last.returncode == 0, last.stderr
    tally.same = ground.same(out, reference)
    return tally


def _one(
    plan: Path, out: Path, tally: Tally, target: str, how: signal.Signals, workers: int, wait: float, before: int
) -> None:
    process = ground.begun(plan, out, "--workers", str(workers))
    ground.wait_until_done(out, before + 1 if wait > 0.5 else 0, seconds=20)
    time.sleep(3 * wait if wait <= 0.5 else wait)
    tally.kills[f"{target} {how.name}"] += 1
    tally.idle += process.poll() is not None
    if target == "group":
        with suppress(OSError):
            os.killpg(process.pid, how)
    elif target == "driver":
        process.send_signal(how)
    else:
        for worker in [one for one in ground.members(process.pid) if one != process.pid][:1]:
            with suppress(OSError):
                os.kill(worker, how)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE)
    expected = (0, 130) if how != signal.SIGKILL or target == "worker" else (0, -signal.SIGKILL)
    begun = bool(told)  # a signal that comes before the interpreter has begun ends it without a word
    if process.returncode not in expected and (begun or process.returncode != -how):
        tally.wrong_codes.append(f"{target} {how.name}: {process.returncode} {told[-300:]}")
    tally.orphans += len(ground.left_behind(process.pid))
