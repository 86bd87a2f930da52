"""`make torture`: every fault, really done, and a table of what happened. Takes some ten minutes."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from torture import cluster, faults, kills, pages


def main() -> int:
    """Do every fault in a folder of its own; 1 if one of them was not survived."""
    arguments = argparse.ArgumentParser(prog="make torture")
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--variants", type=int, default=48)
    arguments.add_argument("--replicates", type=int, default=40)
    given = arguments.parse_args()
    table = Table("fault", "what happened", "seconds")
    failed = 0
    console = Console(width=None if sys.stdout.isatty() else 150)
    trials: dict[str, Callable[[Path], str]] = {
        f"{given.kills} random kills": partial(
            _kills, kills_=given.kills, variants=given.variants, replicates=given.replicates
        ),
        "disk full": faults.disk_full,
        "read-only folder": faults.read_only,
        "two processes on one folder": faults.two_at_once,
        "clock jumps": faults.clock_jump,
        "part corrupted by hand": faults.corrupted_part,
        "Dask worker killed": cluster.worker_killed,
        "Dask scheduler killed": cluster.scheduler_killed,
        "Dask: strangers": cluster.stranger_refused,
        "pages on the built wheel": pages.matrix,
        "ten pages at once": pages.ten_at_once,
    }
    with tempfile.TemporaryDirectory(prefix="torture-") as place:
        for number, (name, trial) in enumerate(trials.items()):
            began = time.monotonic()
            try:
                told = trial(Path(place) / str(number))
            except Exception as error:  # a fault that was not survived is told, and the others are done
                failed += 1
                told = f"[red]NOT SURVIVED[/]: {type(error).__name__}: {str(error)[:600]}"
            console.print(f"{name}: {told}")
            table.add_row(name, told, f"{time.monotonic() - began:.0f}")
    console.print(table)
    console.print("Poison, hogs, endless loops, forged replies, orphans: tests/unit/test_executor.py, in `make test`.")
    return 1 if failed else 0


def _kills(folder: Path, kills_: int, variants: int, replicates: int) -> str:
    tally = kills.random_kills(folder, kills_, variants, replicates=replicates)
    done = ", ".join(f"{count} {name}" for name, count in sorted(tally.kills.items()))
    assert (tally.lost, tally.orphans, tally.wrong_codes, tally.same) == (0, 0, [], True), tally
    late = f"{tally.idle} of them too late"
    return f"{done} ({late}); nothing acknowledged lost, no orphans, {tally.finished + 1} datasets, all the same"


if __name__ == "__main__":
    sys.exit(main())
