"""``innomotor sensitivity``: which assumptions matter, and which is worth finding out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli import learning
from studio.cli.options import JsonOption, LangOption, print_json, texts_in


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sensitivity", epilog="Example: innomotor sensitivity self_monitoring --lang sv")(sensitivity)


def sensitivity(
    scenario: learning.ScenarioArgument,
    *,
    by: Annotated[
        Literal["reach", "sustained", "net_benefit_sek"] | None,
        typer.Option(help="What the strategies are ranked by. [default: the goal's, else net_benefit_sek]"),
    ] = None,
    trajectories: Annotated[int | None, typer.Option(min=2, max=1000, help="Starting points of the screening.")] = None,
    base: Annotated[int | None, typer.Option(min=8, max=2**16, help="Base sample of the Sobol indices.")] = None,
    draws: Annotated[int | None, typer.Option(min=64, max=10**6, help="Draws behind the value of asking.")] = None,
    worlds: Annotated[int | None, typer.Option(min=1, max=1000, help="Worlds that every choice is tried in.")] = None,
    parameters: learning.ParametersOption = None,
    seed: learning.SeedOption = None,
    months: Annotated[int | None, typer.Option(min=1, help="How many months to look ahead.")] = None,
    out: learning.OutOption = None,
    threads: learning.ThreadsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: learning.QuietOption = False,
) -> None:
    """Say which assumptions matter to what comes of each strategy, and to which of them is best.

    Stopped or killed, the same command goes on where it was.
    """
    from sim import store  # noqa: PLC0415 slow to load, and --help does not need them
    from sim.sensitivity import study as studying  # noqa: PLC0415
    from studio.cli import terminal  # noqa: PLC0415
    from studio.reports.learning import page  # noqa: PLC0415
    from studio.reports.learning import sensitivity as reporting  # noqa: PLC0415

    texts = texts_in(lang)
    source = learning.opened(scenario, estimates=parameters, seed=seed, months=months)
    chosen = {"trajectories": trajectories, "base": base, "draws": draws, "worlds": worlds}
    size = replace(studying.Size(), **{name: value for name, value in chosen.items() if value is not None})
    place = out if out is not None else Path("results") / f"{source.path.stem}-sensitivity"
    with store.claim(place) as target:
        with terminal.progress(texts, shown=not quiet) as tell:
            study = studying.study(source, metric=by, size=size, threads=threads, progress=tell)
        studied = reporting.Studied(source, study, learning.asked_of(source))
        report, content = reporting.page(studied, texts), reporting.summary(studied)
        page.write(target, studied.asked, report, content, texts)
    if as_json:
        print_json({**content, "answer": report.answer, "folder": str(place)})
    elif not quiet:
        learning.show(report, place, texts)
