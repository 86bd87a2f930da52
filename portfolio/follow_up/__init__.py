"""Follow-up: what a decision promised, how the promise has held, and what it says after what has been seen."""

from portfolio.follow_up.followed import Followed, Sighting, Updated, Verdict, followed, period_end
from portfolio.follow_up.promise import Promise, kept, promised

__all__ = ["Followed", "Promise", "Sighting", "Updated", "Verdict", "followed", "kept", "period_end", "promised"]
