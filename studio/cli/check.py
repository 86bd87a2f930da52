"""``innomotor validate``, ``schema`` and ``explain``: look before running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in, write_file

if TYPE_CHECKING:
    from sim.plugin_host import Explanation
    from sim.scenario_file import ScenarioFile

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
        list[str], typer.Argument(metavar="SCENARIO...", help="Files, or names of shipped scenarios.")
    ],
    *,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check scenario files and tell every mistake: file, line, place, what was found, what to write."""
    texts = texts_in(lang)
    outcomes = [(name, *_read(name)) for name in scenarios]
    if as_json:
        print_json({"scenarios": [_verdict(name, mistakes) for name, _, mistakes in outcomes]})
    for name, source, _ in outcomes if not as_json else ():
        if source is not None:
            said = source.scenario
            size = {"innovations": len(said.innovations), "strategies": len(said.strategies)}
            typer.echo(texts("cli.valid", file=name, months=said.months, replicates=said.replicates, **size))
    wrong = [mistake for _, _, mistakes in outcomes for mistake in mistakes]
    if wrong:
        raise UserMistakes(wrong)


def schema(
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to a file instead of the terminal.")] = None,
    plugin: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Also the section of this plugin, besides those shipped and trusted."),
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give the JSON Schema of scenario files, for editors, with the sections of plugins."""
    from sim import scenario_file  # noqa: PLC0415 slow to load, and --help does not need it
    from sim.plugin_host import discovery, trust  # noqa: PLC0415

    for name in plugin or ():
        discovery.named(name, place="--plugin")
    known = {name for name, one in discovery.installed().items() if trust.trusted(one)}
    content = scenario_file.schema(sorted((known | set(plugin or ())) - discovery.left_out()))
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


def _read(name: str) -> tuple[ScenarioFile | None, tuple[Mistake, ...]]:
    """The scenario, or its mistakes."""
    from sim import scenario_file  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    try:
        return scenario_file.read(found(name), {}), ()
    except UserMistakes as error:
        return None, error.mistakes


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
