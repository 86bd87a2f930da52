"""The contract of a plugin: every promise, tried out, and what was found.

``innomotor plugins check`` prints it. The promises stand in the order in which they are tried; when a plugin cannot be
loaded or does not run, those that rest on it are left out.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sim.errors import InnomotorError
from sim.plugin_check import running, written
from sim.plugin_check.question import Question
from sim.plugin_host import portrait
from sim.plugin_host.discovery import Plugin


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of a plugin."""

    name: str
    kept: bool
    found: str
    """What was seen; where it is broken, what broke it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a plugin's promises are worth."""

    promises: tuple[Promise, ...]
    nanoseconds: float | None
    """Cost per clinic-month of all its parts together [ns]."""

    @property
    def kept(self) -> bool:
        """Every one of them."""
        return all(promise.kept for promise in self.promises)

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        promises = [asdict(promise) for promise in self.promises]
        return {"kept": self.kept, "nanoseconds_per_clinic_month": self.nanoseconds, "promises": promises}


def examine(plugin: Plugin, only: Container[str] | None = None) -> Verdict:
    """Try the promises of a plugin, in some seconds.

    Args:
        plugin: whose.
        only: names of those to try; by default all.
    """
    promises: list[Promise] = []
    question = Question(plugin)
    before = running.Runs(question.without_plugin())
    steps = [
        ("answers", lambda: _answers(plugin)),
        ("documented", lambda: written.undocumented(plugin)),
        ("sources", lambda: written.unsourced(plugin)),
        ("runs", lambda: running.faults(question)),
        ("declares", lambda: running.undeclared(question)),
        ("repeats", lambda: running.not_repeated(question)),
        ("any_block", lambda: running.depends_on_blocks(question)),
        ("off_is_off", lambda: running.not_off(question, before)),
        ("facts", lambda: running.not_shown(question)),
    ]
    for name, found in steps:
        if only is not None and name not in only:
            continue
        wrong = _told(found)
        promises.append(Promise(name, not wrong, "; ".join(wrong) or _KEPT[name]))
        if wrong and name in ("answers", "runs"):
            return Verdict(tuple(promises), None)
    if only is not None and "cost" not in only:
        return Verdict(tuple(promises), None)
    cost = running.cost(question)
    promises.append(Promise("cost", cost.ratio <= running.MOST, cost.sentence))
    return Verdict(tuple(promises), round(cost.nanoseconds, 1))


def _answers(plugin: Plugin) -> list[str]:
    portrait.of(plugin)
    return []


def _told(found: Any) -> list[str]:
    """What is wrong, also where the plugin broke down on the way."""
    try:
        answer: Iterator[str] | list[str] = found()
        return list(answer)
    except InnomotorError as error:
        return [str(error)]


_KEPT = {
    "answers": "every hook answers with what belongs there",
    "documented": "README, module, parts and settings are explained",
    "sources": "every number has value, range, unit and source",
    "runs": "no exception, NaN, wrong shape, dtype or range, undeclared state or global random number",
    "declares": "no state changes that is not declared",
    "repeats": "two runs are the same, bit for bit",
    "any_block": "the size of a block changes no bit",
    "off_is_off": "switched off, and before and after it is loaded, the model is the same, bit for bit",
    "facts": "every claim that it makes shows in its own scenario, or is recorded as one that does not",
}
PROMISES = (*_KEPT, "cost")
"""Names of all promises, in order."""
