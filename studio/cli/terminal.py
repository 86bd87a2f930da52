"""What the terminal shows: progress on stderr, tables on stdout."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from sim import strategies
from sim.evidence import Estimate
from sim.metrics import Comparison
from sim.plugin_host import Explanation
from sim.scenario import Scenario
from studio.reports import answer, budget, key_figures, words
from studio.reports.grounds import ORDER
from studio.reports.page import REPORT
from studio.texts import Texts

_SHOWN = ("reach", "nominal", "sustained", "months_to_50", "cost_sek", "net_benefit_sek")
_WIDE = 110


@contextmanager
def progress(texts: Texts, *, shown: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr, if that is a terminal; gives what to tell about the progress."""
    console = Console(stderr=True)
    if not shown or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(texts("cli.running"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(comparison: Comparison, place: Path, texts: Texts) -> None:
    """The key figures, the answer, and where the report is."""
    console = new_console()
    console.print(_key_figures(comparison, texts))
    console.print(f"[dim]{escape(texts('cli.table_note'))}[/dim]\n")
    for sentence in answer.sentences(comparison, texts):
        broken = textwrap.fill(sentence, console.width)  # unlike rich, it keeps no-break spaces
        console.print(broken, markup=False, highlight=False, soft_wrap=True)
    console.print()
    for key, path in (("cli.report_at", place / REPORT), ("cli.tables_at", place)):
        console.print(texts(key, path=path), markup=False, highlight=False, soft_wrap=True)


def explain(explanation: Explanation, scenario: Scenario, texts: Texts) -> None:
    """The order of the month, the levers, and the parameters by grade."""
    console = new_console()
    console.print(_month(explanation, texts))
    console.print(_asleep(explanation, texts))
    console.print(_levers(explanation, scenario, texts))
    console.print(_parameters(explanation, texts))
    console.print(f"[dim]{escape(texts('report.rests_names'))}[/dim]")


def new_console() -> Console:
    """Standard output, wide enough for the tables where it is no terminal."""
    console = Console()
    if not sys.stdout.isatty():
        console.width = _WIDE
    return console


def _key_figures(comparison: Comparison, texts: Texts) -> Table:
    scenario, numbers = comparison.scenario, texts.numbers
    title = texts(
        "cli.table_title",
        title=scenario.title.in_language(texts.language),
        clinics=numbers.number(comparison.clinics),
        months=scenario.months,
        replicates=numbers.number(scenario.replicates),
    )
    table = plain_table(title, texts("report.strategy"))
    rows = key_figures.key_figures(comparison, texts)
    headings = [texts(f"metric.{metric}") for metric in _SHOWN]
    shown = [row for row in rows if row.heading in (*headings, texts("report.goal_row"))]
    for row in shown:
        unit = "" if row.heading == texts("report.goal_row") else row.unit
        table.add_column(escape(f"{row.heading}\n{unit}".strip()), justify="right")
    names, apart = words.strategy_names(scenario, texts), budget.apart(comparison)
    for name in budget.compared(comparison):
        table.add_row(escape(names[name]), *_cells(shown, list(comparison.strategies).index(name)))
    if apart:
        table.add_row(f"[italic]{escape(texts('cli.apart'))}[/italic]")
    for name in apart:
        table.add_row(escape(names[name]), *_cells(shown, list(comparison.strategies).index(name)))
    return table


def _cells(rows: Sequence[key_figures.Row], place: int) -> list[str]:
    """One strategy's median and range of each key figure."""
    cells = [row.cells[place] for row in rows]
    return [f"[bold]{escape(cell.middle)}[/bold]\n[dim]{escape(cell.range)}[/dim]" for cell in cells]


def _month(explanation: Explanation, texts: Texts) -> Table:
    table = plain_table(texts("cli.month_title"), texts("cli.phase"))
    for key in ("cli.mechanism", "cli.does", "cli.uses"):
        table.add_column(escape(texts(key)), overflow="fold")
    for phase, parts in explanation.month:
        for i, (name, does, reads, writes) in enumerate(parts):
            uses = f"{', '.join(reads)} → {', '.join(writes)}" if reads or writes else ""
            table.add_row(
                phase.lower() if i == 0 else "",
                escape(name),
                escape(texts.of_model("mechanism", name, does)),
                escape(uses),
            )
        table.add_section()
    return table


def _asleep(explanation: Explanation, texts: Texts) -> Table:
    table = plain_table(texts("cli.asleep_title"), texts("cli.mechanism"))
    table.add_column(escape(texts("cli.does")), overflow="fold")
    for name, does in explanation.asleep:
        table.add_row(escape(name), escape(texts.of_model("mechanism", name, does)))
    return table


def _levers(explanation: Explanation, scenario: Scenario, texts: Texts) -> Table:
    table = plain_table(texts("cli.levers_title"), texts("report.strategy"))
    for key in ("report.phase", "report.when", "report.levers"):
        table.add_column(escape(texts(key)))
    names = words.strategy_names(scenario, texts)
    for name, phases in explanation.levers.items():
        steps = strategies.schedule(name, scenario.strategies[name], 1, scenario.parameters).steps
        for i, ((preset, _, chosen), step) in enumerate(zip(phases, steps, strict=True)):
            when = words.until(step.until, texts, alone=len(phases) == 1)
            said = "; ".join(words.lever(lever, value, texts) for lever, value in chosen.items()) or texts("lever.none")
            table.add_row(
                escape(names[name]) if i == 0 else "", escape(texts(f"preset.{preset}")), escape(when), escape(said)
            )
        table.add_section()
    return table


def _parameters(explanation: Explanation, texts: Texts) -> Table:
    table = plain_table(texts("cli.parameters_title"), texts("report.parameter"))
    for key in ("report.value", "report.plausible", "report.unit", "cli.grade", "cli.from", "report.source"):
        table.add_column(escape(texts(key)), overflow="fold")

    def doubt(row: tuple[str, Estimate, str, bool]) -> tuple[bool, int]:
        _, estimate, origin, used = row
        return not used, ORDER.index(origin if origin in ORDER else estimate.grade)

    for name, estimate, origin, used in sorted(explanation.parameters, key=doubt):
        shown = name if used else texts("cli.unused", name=name)
        unit, called = texts.of_model("unit", estimate.unit, estimate.unit), texts.of_model("parameter", name, "")
        shown = f"{shown}\n{called}" if called else shown
        value, low, high = (words.plain(x, texts) for x in (estimate.value, estimate.low, estimate.high))
        where = texts(f"cli.origin.{origin}")
        table.add_row(*map(escape, (shown, value, f"{low}–{high}", unit, estimate.grade, where, estimate.source)))
    return table


def plain_table(title: str, first: str) -> Table:
    """A table without lines, under a title, with its first column."""
    table = Table(
        title=escape(title), title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False
    )
    table.add_column(escape(first), no_wrap=False)
    return table
