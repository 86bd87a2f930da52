"""The recorded outcomes: what the facts showed when somebody last looked at them, failures with their reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from sim.facts.fact import Check, Outcome

UNKNOWN = "not yet known"

HEAD = """\
# What the stylised facts showed on this version of the model, written by `make facts`; remarks are written by hand.
# A recorded failure is a failure that is known and shown, not one that is excused: the test fails when an outcome
# changes either way. Effects with their 95 % intervals, which must lie wholly between `least` and `most`.
"""


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """One number as it was."""

    en: str
    sv: str
    effect: float
    low: float
    high: float
    passed: bool
    least: float = -math.inf
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact's outcome as it was."""

    passed: bool
    replicates: int
    checks: tuple[RecordedCheck, ...]
    remark: Mapping[str, str] = field(default_factory=dict)
    """By language: which mechanism or parameter makes it fail, or what a pass hangs on, in a sentence or two."""

    @property
    def deciding(self) -> RecordedCheck:
        """The first check that failed, or else the first."""
        return next((check for check in self.checks if not check.passed), self.checks[0])


@cache
def recorded() -> Mapping[str, Recorded]:
    """The recorded outcomes by the facts' ids."""
    return read((files("sim") / "facts_outcome.yaml").read_bytes())


def read(content: bytes) -> Mapping[str, Recorded]:
    """The outcomes in a file as ``wording`` writes it."""
    rows = yaml.load(content, Loader=yaml.CSafeLoader) or {}
    return MappingProxyType(
        {
            number: Recorded(**{**row, "checks": tuple(RecordedCheck(**c) for c in row["checks"])})
            for number, row in rows.items()
        }
    )


def wording(found: Iterable[Outcome], known: Mapping[str, Recorded]) -> str:
    """The file of outcomes anew; what was written by hand is kept."""
    rows = {}
    for outcome in found:
        number = outcome.claim.id
        row: dict[str, Any] = {"passed": outcome.passed, "replicates": outcome.replicates}
        remark = known[number].remark if number in known else {}
        if remark or not outcome.passed:
            row["remark"] = dict(remark) or dict.fromkeys(("en", "sv"), UNKNOWN)
        rows[number] = row | {"checks": [_plain(check) for check in outcome.checks]}
    return HEAD + yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=118)


def _plain(check: Check) -> dict[str, Any]:
    numbers = {name: float(f"{getattr(check.interval, name):.4g}") for name in ("effect", "low", "high")}
    bounds = {
        name: float(f"{getattr(check, name):.6g}") for name in ("least", "most") if math.isfinite(getattr(check, name))
    }
    return {"en": check.en, "sv": check.sv, **numbers, "passed": check.passed, **bounds}
