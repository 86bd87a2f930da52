"""``innomotor facts``: does the model show what is known?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in, write_file

if TYPE_CHECKING:
    from sim.facts import Fact, Outcome


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("facts", epilog="Example: innomotor facts F5 F6 --lang sv")(facts)


def facts(
    only: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Only these, such as F5 T1.")] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the outcomes as YAML, as sim/facts_outcome.yaml is.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="How many threads; the result is the same.")] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the stylised facts as experiments on the model: effect, 95 % interval, source, pass or fail."""
    from sim.facts import claims, outcomes, recorded, wording  # noqa: PLC0415 slow to load, and --help needs it not
    from studio.cli import facts_table, terminal  # noqa: PLC0415

    texts = texts_in(lang)
    chosen = _chosen(only)
    with terminal.progress(texts, shown=not as_json) as tell:
        found = outcomes(chosen, threads=threads, progress=tell)
    if out is not None:
        write_file(out, wording(found, recorded()))
    if as_json:
        print_json([_plain(outcome) for outcome in found])
    else:
        facts_table.show(found, [] if only else list(claims().values()), texts)


def _chosen(only: Sequence[str] | None) -> list[Fact]:
    """The facts with these ids, or all."""
    from sim.evidence import nearest  # noqa: PLC0415
    from sim.facts import FACTS, claims  # noqa: PLC0415

    mistakes = []
    for number in only or ():
        if number not in FACTS:
            waiting = claims().get(number)
            meant = nearest(number, FACTS)
            known = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(FACTS)}."
            remedy = f"It is not run: {waiting.rule}." if waiting else known
            mistakes.append(Mistake("ID", f"no experiment is called {number!r}", remedy))
    if mistakes:
        raise UserMistakes(mistakes)
    return [FACTS[number] for number in dict.fromkeys(only)] if only else list(FACTS.values())


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
