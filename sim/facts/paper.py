"""Writes the generated tables into `sim/README.md`, the model's own paper: ``make paper``."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import builtin, evidence
from sim.facts.fact import claims
from sim.facts.recorded import RecordedCheck, recorded
from sim.month import in_order

PAPER = Path(__file__).parents[1] / "README.md"


def written(text: str) -> str:
    """The paper with its tables as they are today.

    Args:
        text: the paper, each table between ``<!-- name -->`` and ``<!-- /name -->``.
    """
    for name, table in tables().items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = between.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)  # type: ignore[misc]
    return text


def tables() -> Mapping[str, str]:
    """Every generated table by its name in the paper."""
    return {"month": _month(), "parameters": _parameters(), "facts": _facts(), "waiting": _waiting()}


def _month() -> str:
    actors = [("steer", part.name, _does(part)) for part in builtin.innomotor_actors()]
    mechanisms = in_order(builtin.innomotor_mechanisms())
    every = [(part.phase.name.lower(), part.name, _does(part)) for part in mechanisms]
    outer = [row for row in every if row[0] == "outer"]
    rest = [row for row in every if row[0] != "outer"]
    return _table(("phase", "process", "what happens"), [*outer, *actors, *rest])


def _does(part: type[Any]) -> str:
    """The first line of its docstring, and whether it runs unasked."""
    first = (part.__doc__ or "").partition("\n")[0]
    return first if getattr(part, "by_default", True) else f"{first} *Only where a scenario asks for it.*"


def _parameters() -> str:
    rows = [
        (f"`{name}`", e.symbol, f"{e.value:g}", f"{e.low:g} to {e.high:g}", e.unit, e.grade, e.source)
        for name, e in evidence.defaults().items()
        if e.used
    ]
    return _table(("parameter", "symbol", "value", "range", "unit", "grade", "source"), rows)


def _facts() -> str:
    rows = []
    for number, known in recorded().items():
        check = known.deciding
        shown = "shown" if known.passed else f"**not shown.** {known.remark.get('en', '')}"
        found = f"{check.effect:.3g} ({check.low:.3g} to {check.high:.3g})"
        rows.append((number, claims()[number].en, check.en, found, _bounds(check), shown, claims()[number].source))
    return _table(("", "fact", "measured", "effect (95 %)", "bounds", "outcome", "source"), rows)


def _bounds(check: RecordedCheck) -> str:
    if math.isinf(check.most):
        return f"above {check.least:g}"
    return f"below {check.most:g}" if math.isinf(check.least) else f"{check.least:g} to {check.most:g}"


def _waiting() -> str:
    rows = [(c.id, c.en, c.rule, c.source) for c in claims().values() if c.kind in ("later", "design")]
    return _table(("", "claim", "why not", "source"), rows)


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def main() -> None:
    """Write the paper anew."""
    PAPER.write_text(written(PAPER.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAPER}\n")


if __name__ == "__main__":
    main()
