"""What the model was tried on: the recorded outcomes of the stylised facts, failures with their reason."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.facts import Check, claims, recorded
from sim.facts.recorded import RecordedCheck
from studio.reports import words
from studio.texts import Texts


@dataclass(frozen=True, slots=True)
class Row:
    """One known fact, as the model showed it when the outcomes were recorded."""

    number: str
    claim: str
    measured: str
    """The number that decided: the first that failed, or else the first."""
    effect: str
    rule: str
    passed: bool
    verdict: str
    remark: str
    source: str


def rows(texts: Texts) -> list[Row]:
    """Every fact that is run, in the order of the table."""
    return [_row(number, texts) for number in recorded()]


def waiting(texts: Texts) -> list[tuple[str, str]]:
    """Each claim that the model cannot answer, and why."""
    swedish = texts.language == "sv"
    left = [claim for claim in claims().values() if claim.kind == "later"]
    return [(claim.in_language(texts.language), claim.rule_sv if swedish else claim.rule) for claim in left]


def counts(texts: Texts) -> str:
    """How many of how many are shown."""
    known = recorded().values()
    return texts("facts.summary", passed=sum(one.passed for one in known), n=len(known))


def effect(value: float, low: float, high: float, texts: Texts) -> str:
    """An effect and its interval, with three significant figures."""
    middle, least, most = (words.plain(x, texts, 3) for x in (value, low, high))
    return f"{middle} ({least}\u00a0–\u00a0{most})"


def rule(check: Check | RecordedCheck, texts: Texts) -> str:
    """What the interval must satisfy, in words."""
    least, most = words.plain(check.least, texts), words.plain(check.most, texts)
    if math.isinf(check.most):
        return texts("facts.above", least=least)
    return (
        texts("facts.below", most=most) if math.isinf(check.least) else texts("facts.between", least=least, most=most)
    )


def _row(number: str, texts: Texts) -> Row:
    claim, known = claims()[number], recorded()[number]
    check = known.deciding
    return Row(
        number=number,
        claim=claim.in_language(texts.language),
        measured=check.sv if texts.language == "sv" else check.en,
        effect=effect(check.effect, check.low, check.high, texts),
        rule=rule(check, texts),
        passed=known.passed,
        verdict=texts("facts.passed" if known.passed else "facts.failed"),
        remark=known.remark.get(texts.language, ""),
        source=claim.source,
    )
