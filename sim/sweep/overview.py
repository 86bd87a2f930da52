"""What lies in a folder of results: a run or a sweep, how far it has come, and what was given up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.store import reading
from sim.store.folders import MANIFEST, PROGRAM
from sim.store.ledger import LEDGER, Ledger
from sim.sweep.tasks import PLAN, written


@dataclass(frozen=True)
class Overview:
    """A folder of results."""

    folder: str
    kind: Literal["run", "sweep"]
    title: Mapping[str, str]
    """The scenario's title: ``sv`` and ``en``."""
    key: str
    tasks: int
    done: int
    variants: int
    bytes: int
    """Size of its tables."""
    cpu_seconds: float = 0.0
    factors: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Lowest and highest value, or all values, of each factor by its column."""
    given_up: Sequence[tuple[str, str, int]] = ()
    """What was given up, why, how often it was tried."""
    best: Sequence[tuple[str, int, float, float]] = ()
    """By strategy: in how many variants its median sustained use is the highest, and its lowest and highest median."""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def below(folder: Path) -> list[Overview]:
    """The results in a folder, and in the folders below it."""
    if not folder.is_dir():
        raise UserMistakes(Mistake("DIR", f"there is no folder {str(folder)!r}", "Name a folder with results"))
    places = sorted({path.parent for name in (PLAN, MANIFEST) for path in folder.rglob(name)})
    found = []
    for place in places:
        try:
            found.append(of(place, short=True))
        except InnomotorError:
            continue
    return found


def of(folder: Path, *, short: bool = False) -> Overview:
    """What one folder holds; with ``short`` without what needs its tables.

    Raises:
        UserMistakes: no results.
    """
    if (folder / PLAN).is_file():
        return _of_sweep(folder, short=short)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["program"] != PROGRAM:
            raise KeyError(PROGRAM)
        size = sum(int(file["bytes"]) for file in manifest["files"].values())
        return Overview(str(folder), "run", manifest["scenario"]["title"], manifest["key"], 1, 1, 1, size)
    except (OSError, ValueError, KeyError, TypeError):
        found = f"{folder} holds no results"
        raise UserMistakes(Mistake("DIR", found, "Name a folder that innomotor run or sweep made")) from None


def _of_sweep(folder: Path, *, short: bool) -> Overview:
    sweep = written(folder)
    title = sweep.base.with_values({}).scenario.title.model_dump()
    if not (folder / LEDGER).is_file():
        return Overview(str(folder), "sweep", title, sweep.key, len(sweep), 0, len(sweep.variants), 0)
    with closing(Ledger(folder)) as ledger:
        done, size = ledger.count(), sum(file.bytes for file in ledger.files())
        faults = [(json.dumps(what, ensure_ascii=False), error, tries) for _, error, tries, what in ledger.faults()]
        seconds = ledger.seconds()
    known = Overview(str(folder), "sweep", title, sweep.key, len(sweep), done, len(sweep.variants), size, seconds)
    if short:
        return known
    factors = {column: _range(sweep.variants.column(i).tolist()) for i, column in enumerate(sweep.columns.values())}
    best = tuple(best_strategies(folder)) if done else ()
    return Overview(**{**vars(known), "factors": factors, "given_up": faults, "best": best})


def best_strategies(folder: Path) -> list[tuple[str, int, float, float]]:
    """How often each strategy is the best by median sustained use, and its range of medians."""
    found = reading.query(
        folder,
        """
        WITH medians AS (SELECT variant, strategy, quantile_disc(sustained, 0.5) AS m FROM outcomes
                         WHERE innovation = 'all' GROUP BY ALL),
             highest AS (SELECT variant, arg_max(strategy, m) AS strategy FROM medians GROUP BY variant)
        SELECT strategy, (SELECT count(*) FROM highest h WHERE h.strategy = o.strategy), min(m), max(m)
        FROM medians o GROUP BY strategy ORDER BY 2 DESC, 1
        """,
    )
    return [(str(name), int(times), float(low), float(high)) for name, times, low, high in found.rows]


def _range(values: list[Any]) -> list[Any]:
    different = list(dict.fromkeys(values))
    if len(different) <= 8:
        return different
    return [min(different), max(different)] if all(isinstance(v, float) for v in different) else different[:8]
