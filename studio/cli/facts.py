"""``innomotor facts``: does the model show what is known?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in, write_file

if TYPE_CHECKING:
    from sim.facts import Fact, Outcome
    from sim.plugin_host.discovery import Plugin

MODEL = "model"
"""Asks for all facts of the model itself, and none of plugins."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("facts", epilog="Example: innomotor facts F5 F6 --lang sv")(facts)


def facts(
    only: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID...]",
            help="Only these, such as F5 T1; a plugin's name for all of its, model for the model's own.",
        ),
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the outcomes as YAML, as sim/facts_outcome.yaml is.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="How many threads; the result is the same.")] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the stylised facts, and what plugins claim, as experiments: effect, 95 % interval, source, pass or fail."""
    from sim.facts import claims, outcomes, recorded, wording  # noqa: PLC0415 slow to load, and --help needs it not
    from sim.facts.of_plugins import outcomes_of, recorded_of  # noqa: PLC0415
    from studio.cli import facts_table, terminal  # noqa: PLC0415

    texts = texts_in(lang)
    chosen, of_plugins = _chosen(only)
    found, known = [], dict(recorded())
    if chosen:
        with terminal.progress(texts, shown=not as_json) as tell:
            found += outcomes(chosen, threads=threads, progress=tell)
    for plugin, numbers in of_plugins:
        known.update(recorded_of(plugin))
        with terminal.progress(texts, shown=not as_json) as tell:
            found += outcomes_of(plugin, numbers, threads=threads, progress=tell)
    if out is not None:
        write_file(out, wording(found, known))
    if as_json:
        print_json([_plain(outcome) for outcome in found])
    else:
        facts_table.show(found, [] if only else list(claims().values()), texts)


def _chosen(only: Sequence[str] | None) -> tuple[list[Fact], list[tuple[Plugin, list[str]]]]:
    """The model's facts and the plugins' claims that are asked for.

    Without names all, but only of plugins that come with innomotor or that the user trusts: others run when named.
    """
    from sim.facts import FACTS  # noqa: PLC0415
    from sim.facts.of_plugins import claims_of  # noqa: PLC0415
    from sim.plugin_host import discovery, trust  # noqa: PLC0415

    plugins = discovery.installed()
    asked = set(only or ())
    named = {
        name: list(claims_of(plugin))
        for name, plugin in sorted(plugins.items())
        if any(one.partition(".")[0] == name for one in asked) or (not asked and trust.trusted(plugin))
    }
    claimed = {number for numbers in named.values() for number in numbers}
    _refuse_unknown(asked - claimed - named.keys() - FACTS.keys() - {MODEL}, [*FACTS, *claimed])
    named_ones = FACTS if not asked or MODEL in asked else dict.fromkeys(only or ())
    model = [FACTS[number] for number in named_ones if number in FACTS]
    own = [
        (plugins[name], [number for number in numbers if not asked or name in asked or number in asked])
        for name, numbers in named.items()
    ]
    return model, [(plugin, numbers) for plugin, numbers in own if numbers]


def _refuse_unknown(names: Iterable[str], known: Sequence[str]) -> None:
    """Tell the names that are none."""
    from sim.evidence import nearest  # noqa: PLC0415
    from sim.facts import claims  # noqa: PLC0415

    mistakes = []
    for number in sorted(names):
        waiting = claims().get(number)
        meant = nearest(number, known)
        listed = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(known)}, or a plugin's name."
        remedy = f"It is not run: {waiting.rule}." if waiting else listed
        mistakes.append(Mistake("ID", f"no experiment is called {number!r}", remedy))
    if mistakes:
        raise UserMistakes(mistakes)


def _plain(outcome: Outcome) -> dict[str, Any]:
    deciding = outcome.deciding
    return {
        "id": outcome.claim.id,
        "fact": outcome.claim.en,
        **_numbers(deciding),
        "passed": outcome.passed,
        "source": outcome.claim.source,
        "replicates": outcome.replicates,
        "checks": [{**_numbers(check), **_bounds(check), "passed": check.passed} for check in outcome.checks],
    }


def _numbers(check: Any) -> dict[str, Any]:
    interval = check.interval
    return {"measure": check.en, "effect": interval.effect, "low": interval.low, "high": interval.high}


def _bounds(check: Any) -> dict[str, float | None]:
    return {name: x if math.isfinite(x) else None for name, x in (("least", check.least), ("most", check.most))}
