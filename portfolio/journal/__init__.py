"""Decide and remember: gate decisions and follow-ups in a journal that is only added to.

Each line is chained to the one before by its hash (``chain``); ``records`` says what a line may hold, ``snapshots``
what a decision rested on, ``book`` keeps them in a file, ``order`` knows which step may follow.
"""

from portfolio.journal.book import Entry, Journal
from portfolio.journal.chain import Fault, Line
from portfolio.journal.records import Decision, FollowUp, Level, Outcome, Step
from portfolio.journal.snapshots import Snapshot, taken

__all__ = [
    "Decision",
    "Entry",
    "Fault",
    "FollowUp",
    "Journal",
    "Level",
    "Line",
    "Outcome",
    "Snapshot",
    "Step",
    "taken",
]
