"""``innomotor run``: compare the strategies of a scenario; table, figures, report."""

from __future__ import annotations

import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, hooks_are_traced, print_json, texts_in

if TYPE_CHECKING:
    from sim.metrics import Comparison
    from sim.scenario_file import ScenarioFile
    from studio.texts import Texts

_AUTO = "auto"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", epilog="Example: innomotor run self_monitoring --replicates 50 --lang sv")(run)


def run(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="YAML file, or the name of a shipped scenario.")],
    *,
    replicates: Annotated[int | None, typer.Option(min=1, help="How many possible worlds.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the draws; any whole number.")] = None,
    months: Annotated[int | None, typer.Option(min=1, help="How many months to look ahead.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the result. [default: results/SCENARIO]")
    ] = None,
    strategies: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these strategies of the scenario.")
    ] = None,
    equal_budget: Annotated[
        str | None,
        typer.Option(
            metavar="[SEK]", help="Compare at one lever budget: the cheapest strategy's, or an amount in SEK."
        ),
    ] = None,
    parameters: Annotated[
        Literal["drawn", "fixed"] | None,
        typer.Option(help="Estimates (grade C): drawn from their ranges, or fixed at their defaults. [default: drawn]"),
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="How many threads; the result is the same.")] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what it will take, in seconds and memory, and leave.")
    ] = False,
    no_numba: Annotated[
        bool, typer.Option("--no-numba", help="Without compiled loops: slower, the same result.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Compute it even if the same question has been answered before.")
    ] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Compare the strategies of a scenario: table, figures and report."""
    if no_numba:
        os.environ["INNOMOTOR_NO_NUMBA"] = "1"  # read when the loops are chosen
    from sim import answers, scenario_file, store  # noqa: PLC0415 slow to load, and --help does not need them
    from studio.cli import terminal  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    texts = texts_in(lang)
    budget = budget_of(equal_budget)
    file = found(scenario)
    chosen: dict[str, Any] = {
        "replicates": replicates,
        "seed": seed,
        "months": months,
        "estimates": parameters,
        "strategies": _names(strategies),
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    source = scenario_file.read(file, given)
    if estimate:
        _tell_workload(source, threads, texts, as_json=as_json)
        return
    place = out if out is not None else Path("results") / file.stem
    with store.claim(place) as target:
        with terminal.progress(texts, shown=not quiet) as tell:
            answer = answers.answer(
                source,
                fresh=fresh or hooks_are_traced(),  # what is not computed calls no hooks
                threads=threads,
                progress=tell,
                equal_budget=budget,
            )
        write(target, answer.comparison, texts)
    comparison, computed = answer.comparison, answer.computed
    if computed is not None and not quiet:
        told = computed.astimezone().strftime("%Y-%m-%d %H:%M")
        typer.echo(texts("store.answered", computed=told), err=True)
    if as_json:
        from_store = None if computed is None else computed.isoformat()
        print_json({**plain(comparison, place, texts), "from_store": from_store})
    elif not quiet:
        terminal.show(comparison, place, texts)


def _tell_workload(source: ScenarioFile, threads: int | None, texts: Texts, *, as_json: bool) -> None:
    """Print what the question will take on this machine."""
    from sim.workload import workload  # noqa: PLC0415

    load = workload(source, threads)
    if as_json:
        print_json({**asdict(load), "clinic_months": load.clinic_months})
        return
    numbers = texts.numbers
    typer.echo(
        texts(
            "cli.workload",
            clinics=numbers.number(load.clinics),
            months=numbers.number(load.months),
            replicates=numbers.number(load.replicates),
            strategies=numbers.number(load.strategies),
            clinic_months=numbers.number(load.clinic_months),
            seconds=numbers.number(max(1, round(load.seconds))),
            megabytes=numbers.number(round(load.megabytes)),
        )
    )


def budget_of(option: str | None) -> float | bool:
    """The lever budget that was asked for: none, the cheapest strategy's, or an amount [SEK].

    Raises:
        UserMistakes: not an amount above 0.
    """
    if option is None:
        return False
    if option == _AUTO:
        return True
    try:
        amount = float(option)
    except ValueError:
        amount = math.nan
    if not 0 < amount < math.inf:
        remedy = "Write an amount in SEK above 0, such as --equal-budget 24000000, or the option alone."
        raise UserMistakes(Mistake("--equal-budget", f"{option!r} is not an amount", remedy))
    return amount


def _names(option: str | None) -> list[str] | None:
    if option is None:
        return None
    names = [name.strip() for name in option.split(",") if name.strip()]
    if not names:
        raise UserMistakes(Mistake("--strategies", "no name is given", "Write names such as --strategies let,help."))
    return names


def write(target: Path, comparison: Comparison, texts: Texts) -> None:
    """Write tables, figures and report into a claimed folder."""
    from sim import store  # noqa: PLC0415
    from sim.metrics import STAGES  # noqa: PLC0415
    from studio.reports import page  # noqa: PLC0415

    def also(folder: Path) -> None:
        page.write(folder, comparison, texts)

    store.write_result(target, comparison, stage_names=STAGES, also=also)


def plain(comparison: Comparison, place: Path, texts: Texts) -> dict[str, Any]:
    """The summary with the answer in words and where the report is, as JSON data."""
    from studio.reports import answer, page  # noqa: PLC0415

    return {
        **comparison.summary(),
        "goal_probability": comparison.goal_probability(),
        "answer": answer.sentences(comparison, texts),
        "folder": str(place),
        "report": str(place / page.REPORT),
    }
