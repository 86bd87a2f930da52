"""``innomotor forecast``: where a roll-out is heading, and what each strategy from here on would change."""

from __future__ import annotations

from pathlib import Path

import typer

from studio.cli import learning
from studio.cli.options import JsonOption, LangOption, print_json, texts_in


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    example = "Example: innomotor forecast trimethoprim_england --observed england_trimethoprim.csv"
    app.command("forecast", epilog=example)(forecast)


def forecast(
    scenario: learning.ScenarioArgument,
    *,
    observed: learning.ObservedOption,
    fit: learning.FitOption = None,
    strategy: learning.StrategyOption = None,
    innovation: learning.InnovationOption = None,
    simulations: learning.SimulationsOption = 2000,
    parameters: learning.ParametersOption = None,
    seed: learning.SeedOption = None,
    out: learning.OutOption = None,
    threads: learning.ThreadsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: learning.QuietOption = False,
) -> None:
    """Say where an ongoing roll-out is heading, and what each strategy from here on would change and cost."""
    from sim import store  # noqa: PLC0415 slow to load, and --help does not need them
    from sim.forecast import conditioned  # noqa: PLC0415
    from studio.cli import terminal  # noqa: PLC0415
    from studio.reports.learning import forecast as reporting  # noqa: PLC0415
    from studio.reports.learning import page  # noqa: PLC0415

    texts = texts_in(lang)
    source = learning.opened(scenario, estimates=parameters, seed=seed)
    place = out if out is not None else Path("results") / f"{source.path.stem}-forecast"
    with store.claim(place) as target:
        made = learning.compared(
            source,
            observed,
            fit=fit,
            strategy=strategy,
            innovation=innovation,
            simulations=simulations,
            threads=threads,
            texts=texts,
            quiet=quiet,
        )
        with terminal.progress(texts, shown=not quiet) as tell:
            found = conditioned.forecast(made.fit, made.found, tell)
        heading = reporting.Heading(made.fit, found, learning.asked_of(made.fit.source))
        report, content = reporting.page(heading, texts), reporting.summary(heading)
        page.write(target, heading.asked, report, content, texts)
    if as_json:
        print_json({**content, "answer": report.answer, "warnings": report.warnings, "folder": str(place)})
    elif not quiet:
        learning.show(report, place, texts)
