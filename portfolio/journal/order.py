"""What may be decided next: where an initiative stands by the journal, and which steps follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from portfolio.initiative import Initiative
from portfolio.journal.book import Entry
from portfolio.journal.records import Decision, FollowUp, Outcome, Step
from sim.api import Mistake

Standing = Literal["proposed", "running", "on_hold", "stopped", "handed_over"]

AFTER: dict[Step, Standing] = {
    Step.START: "running",
    Step.CONTINUE: "running",
    Step.ADJUST: "running",
    Step.HOLD: "on_hold",
    Step.STOP: "stopped",
    Step.HAND_OVER: "handed_over",
}
"""Where an approved step leads."""

NEXT: dict[Standing, tuple[Step, ...]] = {
    "proposed": (Step.START, Step.STOP),
    "running": (Step.CONTINUE, Step.ADJUST, Step.HOLD, Step.STOP, Step.HAND_OVER),
    "on_hold": (Step.CONTINUE, Step.ADJUST, Step.STOP),
    "stopped": (Step.START,),
    "handed_over": (Step.ADJUST, Step.STOP),
}
"""What may be proposed there."""


def current(entries: Iterable[Entry]) -> list[Entry]:
    """The lines that no later line corrects."""
    known = list(entries)
    corrected = {entry.record.corrects for entry in known}
    return [entry for entry in known if entry.line.number not in corrected]


def decisions(entries: Iterable[Entry], initiative: str) -> list[Decision]:
    """The decisions about an initiative that stand, in the order of writing."""
    records = (entry.record for entry in current(entries))
    return [record for record in records if isinstance(record, Decision) and record.initiative == initiative]


def standing(initiative: Initiative, decided: Sequence[Decision]) -> Standing:
    """Where an initiative stands: after its last approved step, or as the portfolio says before the first."""
    approved = [record.step for record in decided if record.outcome is Outcome.APPROVED]
    if approved:
        return AFTER[approved[-1]]
    begun = initiative.must == "started" or initiative.stage in ("introduction", "operation")
    return "running" if begun else "proposed"


def out_of_order(record: Decision, initiative: Initiative, entries: Sequence[Entry]) -> list[Mistake]:
    """Why this step cannot follow; nothing if it can."""
    kept = [entry for entry in entries if entry.line.number != record.corrects]
    stands = standing(initiative, decisions(kept, record.initiative))
    if record.step in NEXT[stands]:
        return []
    found = f"{record.initiative} is {stands.replace('_', ' ')}, so it cannot {record.step.replace('_', ' ')}"
    return [Mistake("step", found, f"Write one of {', '.join(NEXT[stands])}")]


def wrong_correction(record: Decision | FollowUp, entries: Sequence[Entry]) -> list[Mistake]:
    """Why a line cannot be corrected by this one; nothing if it can, or if none is."""
    if record.corrects is None:
        return []
    corrected = next((entry for entry in entries if entry.line.number == record.corrects), None)
    if corrected is None:
        return [Mistake("corrects", f"there is no line {record.corrects}", "Look at 'portfolio journal show'")]
    if corrected.record.kind != record.kind or corrected.record.initiative != record.initiative:
        found = f"line {record.corrects} is a {corrected.record.kind} about {corrected.record.initiative}"
        return [Mistake("corrects", found.replace("_", "-"), "Correct a line of the same kind and initiative")]
    again = next((entry.line.number for entry in entries if entry.record.corrects == record.corrects), None)
    if again is not None:
        return [Mistake("corrects", f"line {again} corrects it already", f"Correct line {again} instead")]
    return []
