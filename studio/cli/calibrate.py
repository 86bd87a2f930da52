"""``innomotor calibrate``: what observed figures say of the parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli import learning
from studio.cli.options import JsonOption, LangOption, print_json, texts_in


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    example = "Example: innomotor calibrate trimethoprim_england --observed england_trimethoprim.csv"
    app.command("calibrate", epilog=example)(calibrate)


def calibrate(
    scenario: learning.ScenarioArgument,
    *,
    observed: learning.ObservedOption,
    fit: learning.FitOption = None,
    strategy: learning.StrategyOption = None,
    innovation: learning.InnovationOption = None,
    simulations: learning.SimulationsOption = 2000,
    checks: Annotated[
        int, typer.Option(min=20, max=10_000, help="How many series with known parameters to check it on.")
    ] = 200,
    parameters: learning.ParametersOption = None,
    seed: learning.SeedOption = None,
    out: learning.OutOption = None,
    threads: learning.ThreadsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: learning.QuietOption = False,
) -> None:
    """Say what observed figures tell of the parameters, and how weakly: ranges before and after, checked."""
    from sim import store  # noqa: PLC0415 slow to load, and --help does not need them
    from sim.calibration.checking import checked  # noqa: PLC0415
    from studio.reports.learning import calibration, page  # noqa: PLC0415

    texts = texts_in(lang)
    source = learning.opened(scenario, estimates=parameters, seed=seed)
    place = out if out is not None else Path("results") / f"{source.path.stem}-calibration"
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
        check = checked(made.ready, checks)
        learnt = calibration.Learnt(made.fit, made.found, check, learning.asked_of(made.fit.source))
        report, content = calibration.page(learnt, texts), calibration.summary(learnt)
        page.write(target, learnt.asked, report, content, texts)
    if as_json:
        print_json({**content, "answer": report.answer, "warnings": report.warnings, "folder": str(place)})
    elif not quiet:
        learning.show(report, place, texts)
