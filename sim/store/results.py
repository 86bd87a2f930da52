"""A comparison as files: tables, the summary, and last the manifest that vouches for them all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
from numpy.typing import NDArray

from sim import monthly
from sim.errors import InnomotorError
from sim.store.folders import MANIFEST, PROGRAM, replaced_whole
from sim.store.key import Question
from sim.store.tables import Columns, Piece, write_csv, write_large_parquet, write_parquet

SCHEMA_VERSION = 1
"""Version of the files' layout."""

_ROWS_AT_ONCE = 250_000
_SHARES = {"median": 0.5, "p5": 0.05, "p25": 0.25, "p75": 0.75, "p95": 0.95}


class Spread(Protocol):
    """How it went, replicate by replicate (``sim.metrics.SpreadResult``)."""

    @property
    def final(self) -> Mapping[str, NDArray[np.float64]]:
        """Metrics at the horizon: ``(replicates,)``."""

    @property
    def curves(self) -> Mapping[str, NDArray[np.float32]]:
        """Month by month: ``(replicates, months + 1)``."""

    @property
    def stages(self) -> NDArray[np.float32]:
        """Shares: ``(stages, replicates, months + 1)``."""


class Strategy(Spread, Protocol):
    """How one strategy went (``sim.metrics.StrategyResult``)."""

    @property
    def innovations(self) -> Mapping[str, Spread]:
        """The same for each innovation apart."""


class Answer(Protocol):
    """A comparison of strategies (``sim.metrics.Comparison``)."""

    @property
    def scenario(self) -> Question:
        """The resolved scenario."""

    @property
    def key(self) -> str:
        """Content key."""

    @property
    def strategies(self) -> Mapping[str, Strategy]:
        """Results by strategy."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What the result rests on."""

    def summary(self) -> Mapping[str, Any]:
        """The comparison as plain data."""


def write_result(
    target: Path, comparison: Answer, *, stage_names: Sequence[str], also: Callable[[Path], None] | None = None
) -> None:
    """Write a result folder in one move; if anything fails, what was there before is there still.

    Args:
        target: the folder, as ``claim`` gave it.
        comparison: what to write.
        stage_names: names of the stages, in the order of ``Spread.stages``.
        also: writes further files (figures, a report) into the folder that it is given.

    Raises:
        InnomotorError: the disk is full or refuses.
    """
    try:
        with replaced_whole(target) as folder:
            _write_tables(folder, comparison, stage_names)
            _write_json(folder / "result.json", comparison.summary())
            if also is not None:
                also(folder)
            _write_json(folder / MANIFEST, _manifest(folder, comparison))
    except (OSError, duckdb.Error) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InnomotorError(f"The result could not be written to {target.name}: {reason}.") from error


@dataclass(frozen=True, eq=False)
class Studied:
    """A question that was studied otherwise than by comparing its strategies, and what it rests on."""

    scenario: Any
    key: str
    provenance: Mapping[str, Any]


def write_study(
    target: Path, asked: Studied, content: Mapping[str, Any], *, also: Callable[[Path], None] | None = None
) -> None:
    """Write a folder with ``result.json`` in one move; if anything fails, what was there before is there still.

    Args:
        target: the folder, as ``claim`` gave it.
        asked: what was studied.
        content: plain JSON.
        also: writes further files into the folder that it is given.

    Raises:
        InnomotorError: the disk is full or refuses.
    """
    try:
        with replaced_whole(target) as folder:
            _write_json(folder / "result.json", content)
            if also is not None:
                also(folder)
            _write_json(folder / MANIFEST, _manifest(folder, asked))
    except OSError as error:
        raise InnomotorError(f"The result could not be written to {target.name}: {error.strerror or error}.") from error


def _write_tables(folder: Path, comparison: Answer, stage_names: Sequence[str]) -> None:
    spreads = list(_spreads(comparison))
    outcomes = [(names, _outcomes(spread)) for names, spread in spreads]
    write_parquet(folder / "outcomes.parquet", outcomes)
    write_csv(folder / "outcomes.csv", outcomes)
    curves = (piece for names, spread in spreads for piece in _curves(names, spread, stage_names))
    write_large_parquet(folder / "curves.parquet", curves)
    write_csv(folder / "curves.csv", [part for names, spread in spreads for part in _bands(names, spread, stage_names)])
    summary = comparison.summary()
    write_csv(folder / "summary.csv", _summary_rows(summary, "strategies", ("strategy",)))
    if differences := _summary_rows(summary, "differences", ("strategy_a", "strategy_b")):
        write_csv(folder / "differences.csv", differences)


def _spreads(comparison: Answer) -> Iterator[tuple[dict[str, str], Spread]]:
    for strategy, result in comparison.strategies.items():
        yield {"strategy": strategy, "innovation": "all"}, result
        for innovation, spread in result.innovations.items():
            yield {"strategy": strategy, "innovation": innovation}, spread


def _outcomes(spread: Spread) -> Columns:
    replicates = len(next(iter(spread.final.values())))
    return {"replicate": np.arange(replicates, dtype=np.int32), **spread.final}


def _curves(names: Mapping[str, str], spread: Spread, stage_names: Sequence[str]) -> Iterator[Piece]:
    """Every month of every replicate, some replicates at a time."""
    _, replicates, months = spread.stages.shape
    step = max(1, _ROWS_AT_ONCE // months)
    for first in range(0, replicates, step):
        rows = np.arange(first, min(first + step, replicates), dtype=np.int32)
        followed = _followed(spread, stage_names)
        yield (
            names,
            {
                "replicate": np.repeat(rows, months),
                "month": np.tile(np.arange(months, dtype=np.int32), len(rows)),
                **{name: values[first : rows[-1] + 1].ravel() for name, values in followed.items()},
            },
        )
        monthly.let_go(spread.stages)


def _bands(names: Mapping[str, str], spread: Spread, stage_names: Sequence[str]) -> Iterator[Piece]:
    """Quantiles over the replicates, month by month, one piece per metric."""
    for metric, values in _followed(spread, stage_names).items():
        quantiles = monthly.quantiles(values, list(_SHARES.values()))
        months = np.arange(values.shape[1], dtype=np.int32)
        named = np.full(len(months), metric, dtype=object)
        yield names, {"month": months, "metric": named, **dict(zip(_SHARES, quantiles, strict=True))}


def _followed(spread: Spread, stage_names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    stages = {f"stage_{name}": spread.stages[i] for i, name in enumerate(stage_names)}
    return {**spread.curves, **stages}


def _summary_rows(summary: Mapping[str, Any], part: str, columns: tuple[str, ...]) -> list[Piece]:
    """The summary's quantiles as rows: one piece for each strategy (or pair) and innovation."""
    rows: list[Piece] = []
    for innovation, body in {"all": summary, **summary["innovations"]}.items():
        for name, metrics in body[part].items():
            who = dict(zip(columns, name.split("-"), strict=True))
            labels = [label for label, value in next(iter(metrics.values())).items() if not isinstance(value, Mapping)]
            values = {
                label: np.array([np.nan if m[label] is None else m[label] for m in metrics.values()], dtype=np.float64)
                for label in labels
            }
            rows.append(
                ({"innovation": innovation, **who}, {"metric": np.array(list(metrics), dtype=object), **values})
            )
    return rows


def _manifest(folder: Path, comparison: Answer | Studied) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "program": PROGRAM,
        "schema_version": SCHEMA_VERSION,
        "key": comparison.key,
        "seed": comparison.scenario.seed,
        "provenance": dict(comparison.provenance),
        "scenario": comparison.scenario.model_dump(mode="json", exclude_none=True),
        "files": {
            path.relative_to(folder).as_posix(): {
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "bytes": path.stat().st_size,
            }
            for path in files
        },
    }


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
