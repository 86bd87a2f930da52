"""A fact: what is claimed, which arms show it, how it is judged, and where it comes from."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from sim.facts.arms import Arm, Seen
from sim.facts.intervals import Interval


@dataclass(frozen=True, slots=True)
class Check:
    """One number that a claim is judged by. It holds where the whole 95 % interval lies within its bounds."""

    en: str
    """What is measured, with its unit."""
    sv: str
    """The same in Swedish."""
    interval: Interval
    least: float = -math.inf
    most: float = math.inf

    @property
    def passed(self) -> bool:
        """The whole interval is within the bounds."""
        return self.least < self.interval.low and self.interval.high < self.most


def above(least: float, en: str, sv: str, interval: Interval) -> Check:
    """It lies above a number."""
    return Check(en, sv, interval, least=least)


def below(most: float, en: str, sv: str, interval: Interval) -> Check:
    """It lies below a number."""
    return Check(en, sv, interval, most=most)


def within(least: float, most: float, en: str, sv: str, interval: Interval) -> Check:
    """It lies between two numbers."""
    return Check(en, sv, interval, least, most)


Judge = Callable[[Mapping[str, Seen]], list[Check]]


class Claim(NamedTuple):
    """A row of facts.csv, or what a plugin claims."""

    id: str
    kind: Literal["fact", "seed", "same", "later", "design", "plugin"]
    """A stylised fact; a row of the two Swedish reports that the model can answer; one that another row
    answers; one that waits for a mechanism; a requirement on the software, which is no claim about the world; one that
    a plugin makes (`of_plugins`)."""
    en: str
    """What is claimed."""
    sv: str
    """The same in Swedish."""
    rule: str
    """How it is judged; for what is not run, why not."""
    rule_sv: str
    """Why it is not run, in Swedish; empty for what is run."""
    source: str

    def in_language(self, language: str) -> str:
        """What is claimed, in ``sv`` or ``en``."""
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True, eq=False)
class Fact:
    """A claim as an experiment on the engine."""

    claim: Claim
    arms: Mapping[str, Arm]
    judge: Judge


@dataclass(frozen=True)
class Outcome:
    """What an experiment showed."""

    claim: Claim
    checks: tuple[Check, ...]
    replicates: int
    """Worlds in the arm that had fewest."""

    @property
    def passed(self) -> bool:
        """Every check holds."""
        return all(check.passed for check in self.checks)

    @property
    def deciding(self) -> Check:
        """The first check that fails, or else the first."""
        return next((check for check in self.checks if not check.passed), self.checks[0])


@cache
def claims() -> Mapping[str, Claim]:
    """Every row of facts.csv by id, in its order."""
    text = (files("sim.facts") / "facts.csv").read_text(encoding="utf-8")
    return {row["id"]: Claim(**row) for row in csv.DictReader(io.StringIO(text))}  # type: ignore[arg-type]


def fact(number: str, **arms: Arm) -> Callable[[Judge], Fact]:
    """Make a fact of the function that judges what is seen in the arms.

    Args:
        number: id of its row in facts.csv.
        arms: what is run, by name.
    """

    def made(judge: Judge) -> Fact:
        return Fact(claims()[number], arms, judge)

    return made
