"""Everything that the report rests on, computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolio.board import Portfolio
from portfolio.choice import choose as choosing
from portfolio.choice.choose import Choice
from portfolio.clinics import Tested, tried_in_clinics
from portfolio.economy.appraisal import Appraisal, appraise
from portfolio.follow_up import Followed
from portfolio.forecast import Forecast
from portfolio.journal import Entry
from portfolio.ranking import Ranking, rank
from portfolio.unknowns import Unknowns, worth_finding_out


@dataclass(frozen=True, eq=False)
class Pack:
    """The results of every step."""

    board: Portfolio
    file: Path
    """The portfolio's file."""
    key: str
    """SHA-256 of what the results rest on."""
    ranking: Ranking
    tested: Tested
    choice: Choice
    """The plan after its test in the clinics, with its robustness, frontier and prices."""
    unknowns: Unknowns
    appraisals: dict[str, Appraisal]
    """Of every initiative that may be chosen, those already decided too."""
    journal: Sequence[Entry] = ()
    followed: Followed | None = None

    @property
    def plan(self) -> tuple[str, ...]:
        """Names of the chosen initiatives, in the order of their start."""
        return tuple(commitment.initiative for commitment in self.choice.commitments)


def gathered(
    board: Portfolio,
    file: Path,
    key: str,
    forecast: Forecast,
    *,
    solved: int = choosing.SOLVED_DRAWS,
    pool_of: choosing.Search = choosing.search,
    journal: Sequence[Entry] = (),
    followed: Followed | None = None,
) -> Pack:
    """Rank, choose, test in the clinics, appraise, and ask what is worth finding out.

    Args:
        board: the portfolio.
        file: where it was read from.
        key: of what it rests on.
        forecast: simulates.
        solved: in how many possible worlds the best portfolio is sought.
        pool_of: finds the best portfolios of those worlds; a caller may remember them.
        journal: the decisions so far.
        followed: how earlier forecasts have held.
    """
    ready = choosing.prepared(board, forecast)
    tested = tried_in_clinics(board, ready, choosing.choose(ready, board), forecast)
    choice = choosing.with_robustness(choosing.with_prices(tested.choice, board), board, solved=solved, pool_of=pool_of)
    unknowns = worth_finding_out(board, choice, forecast, pool_of)
    decided = {
        one.initiative: appraise(board, one, forecast)
        for one in choice.commitments
        if one.initiative not in unknowns.appraisals
    }
    return Pack(
        board, file, key, rank(board), tested, choice, unknowns, {**decided, **unknowns.appraisals}, journal, followed
    )
