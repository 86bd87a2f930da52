"""What ``calibrate`` and ``forecast`` share: their options, and figures compared with simulations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.errors import Mistake, UserMistakes

if TYPE_CHECKING:
    from sim import store
    from sim.calibration.posterior import Posterior, Reference
    from sim.calibration.table import Fit
    from sim.scenario_file import ScenarioFile
    from studio.reports.learning.page import Page
    from studio.texts import Texts

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="YAML file, or the name of a shipped scenario.")
]
ObservedOption = Annotated[
    str,
    typer.Option(
        "--observed",
        metavar="FILE",
        help="CSV file of figures: month (or year), in_use or cumulative (…_percent, …_clinics), and perhaps region.",
    ),
]
StrategyOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="What was done meanwhile. [default: the scenario's first strategy]")
]
InnovationOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Whose figures they are, where the scenario has several.")
]
FitOption = Annotated[
    str | None,
    typer.Option(
        metavar="A,B",
        help="Parameters to fit. [default: external_influence, peer_influence, ceiling and what the scenario draws]",
    ),
]
SimulationsOption = Annotated[int, typer.Option(min=200, max=100_000, help="How many simulations to compare with.")]
ParametersOption = Annotated[
    Literal["drawn", "fixed"] | None,
    typer.Option(help="Estimates (grade C) beside them: drawn from their ranges, or fixed. [default: drawn]"),
]
SeedOption = Annotated[int | None, typer.Option(min=0, help="Seed of the draws; any whole number.")]
OutOption = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the result.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, help="How many threads; the result is the same.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")]


@dataclass(frozen=True, eq=False)
class Compared:
    """Figures compared with simulations."""

    fit: Fit
    ready: Reference
    found: Posterior


def opened(scenario: str, **given: Any) -> ScenarioFile:
    """A scenario by path or name, with what the command line says in place of it."""
    from sim import scenario_file  # noqa: PLC0415 slow to load, and --help does not need it
    from studio.cli.shipped import found  # noqa: PLC0415

    return scenario_file.read(found(scenario), {name: value for name, value in given.items() if value is not None})


def figures_file(name: str, scenario: Path) -> Path:
    """A file of figures by path, or by name one that lies beside the scenario or comes with innomotor."""
    from importlib.resources import files  # noqa: PLC0415

    path = Path(name)
    carried = (scenario.parent / name, Path(str(files("sim"))) / "data" / name)
    if path.exists() or path.name != name:
        return path
    return next((file for file in carried if file.is_file()), path)


def compared(
    source: ScenarioFile,
    observed: str,
    *,
    fit: str | None,
    strategy: str | None,
    innovation: str | None,
    simulations: int,
    threads: int | None,
    texts: Texts,
    quiet: bool,
) -> Compared:
    """Figures read, simulations made or found in the store, and what resembles what."""
    from sim import observed as seen  # noqa: PLC0415
    from sim.calibration import posterior, table  # noqa: PLC0415
    from sim.parameters import draw_of  # noqa: PLC0415
    from studio.cli import terminal  # noqa: PLC0415

    made = table.prepared(
        source,
        fit=names_of(fit),
        strategy=strategy,
        innovation=innovation,
        simulations=simulations,
        threads=threads,
    )
    figures = seen.read(figures_file(observed, source.path), made.source.scenario, made.experiment.population)
    with terminal.progress(texts, shown=not quiet) as tell:
        simulated = table.simulated(made, figures.last, tell)
    ready = posterior.reference(made, simulated, figures, draw_of(made.replicates))
    return Compared(made, ready, posterior.posterior(made, simulated, figures, ready))


def names_of(option: str | None) -> list[str]:
    """Names separated by commas.

    Raises:
        UserMistakes: the option holds none.
    """
    if option is None:
        return []
    names = [name.strip() for name in option.split(",") if name.strip()]
    if not names:
        raise UserMistakes(Mistake("--fit", "no name is given", "Write names such as --fit peer_influence,ceiling"))
    return names


def asked_of(source: ScenarioFile) -> store.Studied:
    """What a study of a scenario rests on."""
    from sim import experiment, store  # noqa: PLC0415

    grounds = experiment.rests_on(source)
    return store.Studied(source.scenario, store.content_key(source.scenario, grounds), grounds)


def show(page: Page, place: Path, texts: Texts) -> None:
    """The answer, its warnings, the tables, and where the report is."""
    import textwrap  # noqa: PLC0415

    from rich.markup import escape  # noqa: PLC0415

    from studio.cli.terminal import new_console, plain_table  # noqa: PLC0415
    from studio.reports.page import REPORT  # noqa: PLC0415

    console = new_console()
    for section in page.sections:
        if section.table is not None:
            table = plain_table(section.table.caption, section.table.headings[0])
            for heading in section.table.headings[1:]:
                table.add_column(escape(heading), justify="right")
            for row in section.table.rows:
                table.add_row(*map(escape, row))
            console.print(table)
            console.print()
    for sentence in [*page.answer, *(f"! {warning}" for warning in page.warnings)]:
        broken = textwrap.fill(sentence, console.width)
        console.print(broken, markup=False, highlight=False, soft_wrap=True)
    console.print()
    console.print(texts("cli.report_at", path=place / REPORT), markup=False, highlight=False, soft_wrap=True)
