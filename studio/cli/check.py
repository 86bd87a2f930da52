"""``innomotor validate``, ``schema`` and ``explain``: look before running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in, write_file

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from sim.plugin_host import Explanation
    from sim.scenario_file import ScenarioFile
    from studio.texts import Texts

_ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="YAML file, or the name of a shipped scenario.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("validate", epilog="Example: innomotor validate mine.yaml yours.yaml")(validate)
    app.command("schema", epilog="Example: innomotor schema --out scenario.schema.json")(schema)
    app.command("explain", epilog="Example: innomotor explain self_monitoring --lang sv")(explain)


def validate(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenarios or portfolios: files, or names of shipped ones.")
    ],
    *,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check scenarios and portfolios and tell every mistake: file, line, place, what was found, what to write."""
    texts = texts_in(lang)
    outcomes = [(name, *_read(name)) for name in scenarios]
    if as_json:
        print_json({"scenarios": [_verdict(name, mistakes) for name, _, mistakes in outcomes]})
    for name, source, _ in outcomes if not as_json else ():
        if source is not None:
            typer.echo(_praise(name, source, texts))
    wrong = [mistake for _, _, mistakes in outcomes for mistake in mistakes]
    if wrong:
        raise UserMistakes(wrong)


def schema(
    *,
    portfolio: Annotated[bool, typer.Option("--portfolio", help="Of portfolio files.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to a file instead of the terminal.")] = None,
    plugin: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Also the section of this plugin, besides those shipped and trusted."),
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give the JSON Schema of scenario files with the sections of plugins, or of portfolios, for editors."""
    content = _portfolio_schema() if portfolio else _scenario_schema(plugin or [])
    if out is None:
        print_json(content)
        return
    write_file(out, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    if as_json:
        print_json({"schema": str(out)})
    else:
        typer.echo(texts_in(lang)("cli.schema_at", path=out))


def explain(scenario: _ScenarioArgument, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Show what a scenario runs: the order of the month, levers by strategy, assumptions by evidence grade."""
    from sim import experiment, scenario_file  # noqa: PLC0415 slow to load, and --help does not need them
    from studio.cli import terminal  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    source = scenario_file.read(found(scenario), {})
    explanation = experiment.explain(source)
    if as_json:
        print_json(_plain(explanation))
    else:
        terminal.explain(explanation, source.scenario, texts_in(lang))


def _read(name: str) -> tuple[ScenarioFile | Portfolio | None, tuple[Mistake, ...]]:
    """The scenario or portfolio, or its mistakes; a portfolio's scenarios are read too."""
    from sim import scenario_file  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    try:
        path = found(name)
        return _portfolio(path) if _is_portfolio(path) else scenario_file.read(path, {}), ()
    except UserMistakes as error:
        return None, error.mistakes


def _portfolio_schema() -> dict[str, Any]:
    from portfolio import json_schema  # noqa: PLC0415 slow to load, and --help does not need it

    return json_schema.schema()


def _scenario_schema(plugins: list[str]) -> dict[str, Any]:
    from sim import scenario_file  # noqa: PLC0415 slow to load, and --help does not need it
    from sim.plugin_host import discovery, trust  # noqa: PLC0415

    for name in plugins:
        discovery.named(name, place="--plugin")
    known = {name for name, one in discovery.installed().items() if trust.trusted(one)}
    return scenario_file.schema(sorted((known | set(plugins)) - discovery.left_out()))


def _is_portfolio(path: Path) -> bool:
    """Whether a file says what only a portfolio does."""
    from portfolio.board import Portfolio  # noqa: PLC0415
    from sim.scenario import Scenario  # noqa: PLC0415
    from sim.scenario_file.sources import read_source  # noqa: PLC0415

    said = read_source(path, str(path)).data.keys()
    own = Portfolio.model_fields.keys() - Scenario.model_fields.keys()
    return len(said & own) > len(said & (Scenario.model_fields.keys() - Portfolio.model_fields.keys()))


def _portfolio(path: Path) -> Portfolio:
    from portfolio import file  # noqa: PLC0415
    from studio.criteria import brought  # noqa: PLC0415
    from studio.forecasts import SimulatedForecast  # noqa: PLC0415

    board = file.read(path, brought)
    SimulatedForecast(board, path.parent)
    return board


def _praise(name: str, source: ScenarioFile | Portfolio, texts: Texts) -> str:
    """That a file is valid, and how much it holds."""
    from portfolio.board import Portfolio  # noqa: PLC0415

    if isinstance(source, Portfolio):
        size = {part: len(getattr(source, part)) for part in ("initiatives", "criteria", "environments")}
        return texts("cli.valid_portfolio", file=name, **size)
    said = source.scenario
    counts = {"innovations": len(said.innovations), "strategies": len(said.strategies)}
    return texts("cli.valid", file=name, months=said.months, replicates=said.replicates, **counts)


def _verdict(name: str, mistakes: tuple[Mistake, ...]) -> dict[str, Any]:
    told = [{"file": m.file, "line": m.line, "place": m.place, "found": m.found, "remedy": m.remedy} for m in mistakes]
    return {"file": name, "valid": not mistakes, "mistakes": told}


def _plain(explanation: Explanation) -> dict[str, Any]:
    month = [
        {
            "phase": phase,
            "mechanisms": [dict(zip(("name", "does", "reads", "writes"), part, strict=True)) for part in parts],
        }
        for phase, parts in explanation.month
    ]
    levers = {
        name: [{"preset": preset, "until": until, "levers": _jsonable(chosen)} for preset, until, chosen in phases]
        for name, phases in explanation.levers.items()
    }
    parameters = [
        {
            "name": name,
            "value": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "unit": estimate.unit,
            "grade": estimate.grade,
            "source": estimate.source,
            "from": origin,
            "used": used,
        }
        for name, estimate, origin, used in explanation.parameters
    ]
    asleep = [{"name": name, "does": does} for name, does in explanation.asleep]
    return {"month": month, "asleep": asleep, "levers": levers, "parameters": parameters}


def _jsonable(chosen: Any) -> dict[str, Any]:
    return {
        name: value.model_dump(mode="json") if hasattr(value, "model_dump") else value for name, value in chosen.items()
    }
