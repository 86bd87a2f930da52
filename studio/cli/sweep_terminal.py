"""What ``sweep`` and ``results`` show: how far it has come, and what has been computed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from sim.store.reading import Rows
from sim.sweep.driver import State
from sim.sweep.overview import Overview
from studio.reports import words
from studio.texts import Texts

_WIDE = 110


@contextmanager
def sweeping(texts: Texts, *, shown: bool) -> Iterator[Callable[[State], None] | None]:
    """How far a sweep has come, on stderr: a bar with rate and time left, or a line a minute where it is not one."""
    console = Console(stderr=True)
    if not shown:
        yield None
    elif not console.is_terminal:
        yield _line_a_minute(texts)
    else:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[told]}"),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(texts("sweep.running"), total=None, told="")

            def tell(state: State) -> None:
                told = texts("sweep.rate", **_pace(state, texts))
                done = state.before + state.done + len(state.given_up)
                bar.update(task, completed=done, total=state.total, told=told)

            yield tell


def _line_a_minute(texts: Texts) -> Callable[[State], None]:
    last = time.monotonic()

    def tell(state: State) -> None:
        nonlocal last
        if time.monotonic() - last >= 60:
            last = time.monotonic()
            done, total = (texts.numbers.number(count) for count in (state.before + state.done, state.total))
            print(texts("sweep.line", done=done, total=total, **_pace(state, texts)), file=sys.stderr)  # noqa: T201

    return tell


def _pace(state: State, texts: Texts) -> dict[str, str]:
    left = state.seconds_left
    rate = state.rate * 60
    return {
        "rate": texts.numbers.number(rate, 0 if rate >= 10 else 1),
        "left": "–" if left is None else texts.duration(left),
    }


def results(found: Sequence[Overview], folder: Path, texts: Texts) -> None:
    """The results in a folder, one a line."""
    console = _console()
    if not found:
        console.print(texts("sweep.nothing", path=folder), markup=False, highlight=False)
        return
    table = _table(texts("sweep.folder"))
    for key in ("sweep.kind", "sweep.title", "sweep.variants", "sweep.tasks", "sweep.size"):
        table.add_column(escape(texts(key)), justify="left" if key in ("sweep.kind", "sweep.title") else "right")
    for one in found:
        done = f"{texts.numbers.number(one.done)} / {texts.numbers.number(one.tasks)}"
        size = f"{texts.numbers.number(one.bytes / 1e6, 1)} MB"
        kind = texts(f"sweep.kind_{one.kind}")
        table.add_row(
            *map(escape, (one.folder, kind, one.title[texts.language], texts.numbers.number(one.variants), done, size))
        )
    console.print(table)


def result(one: Overview, texts: Texts) -> None:
    """One folder: what varies, which strategy is best how often, what was given up."""
    console, numbers = _console(), texts.numbers
    results([one], Path(one.folder), texts)
    if one.factors:
        factors = _table(texts("sweep.factor"))
        factors.add_column(escape(texts("sweep.values")))
        for name, values in one.factors.items():
            factors.add_row(
                escape(name),
                escape(" · ".join(words.plain(v, texts) if isinstance(v, float) else str(v) for v in values)),
            )
        console.print(factors)
    if one.best:
        best = _table(texts("report.strategy"))
        for key in ("sweep.best_in", "sweep.between"):
            best.add_column(escape(texts(key)), justify="right")
        for name, times, low, high in one.best:
            best.add_row(escape(name), numbers.number(times), f"{numbers.percent(low)}–{numbers.percent(high)}")
        console.print(best)
    for what, why, attempts in one.given_up:
        console.print(texts("sweep.given_up", what=what, why=why, attempts=attempts), markup=False, highlight=False)


def rows(found: Rows) -> None:
    """The answer to a query; whole, and nothing but it."""
    console = Console(width=None if sys.stdout.isatty() else 400)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in found.columns:
        table.add_column(escape(column), no_wrap=True)
    for row in found.rows:
        table.add_row(
            *(escape("" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else str(cell)) for cell in row)
        )
    console.print(table)


def _console() -> Console:
    console = Console()
    if not sys.stdout.isatty():
        console.width = _WIDE
    return console


def _table(first: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(escape(first))
    return table
