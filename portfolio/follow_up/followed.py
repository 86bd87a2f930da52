"""Forecasts beside what came true: every sighting scored, each initiative summed up, and its forecast updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from portfolio.follow_up import scoring, updating
from portfolio.follow_up.promise import Promise
from portfolio.journal import Decision, Entry, FollowUp, Outcome, Step
from portfolio.journal.order import current
from portfolio.numbers import own_defaults

Floats = NDArray[np.float64]
What = Literal["adoption", "cost_sek"]
WHAT: tuple[What, ...] = ("adoption", "cost_sek")
BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One figure that was seen, beside its forecast."""

    initiative: str
    what: What
    period: str
    seen: float
    low: float
    """Value that the forecast undercut in 5 % of its worlds."""
    median: float
    high: float
    """Value that it exceeded in 5 %."""
    mean: float
    crps: float
    inside: bool | None
    """Whether it lies in the 90 % band; None where the forecast had none."""
    line: int
    """Number of the line in the journal."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an initiative's forecast has held, for adoption or for cost."""

    initiative: str
    what: What
    sightings: int
    bias: float
    """Mean of forecast minus what was seen: above zero it promised too much."""
    relative_bias: float | None
    """The same as a share of what was seen; None where nothing was."""
    crps: float
    """Mean score, in the quantity's unit; the lower the better."""
    covered: int
    """How many sightings lay in the 90 % band."""
    banded: int
    """How many had a band to lie in."""


@dataclass(frozen=True, eq=False)
class Updated:
    """A forecast after what has been seen."""

    initiative: str
    quarters: tuple[str, ...]
    before: Mapping[What, Floats]
    """5 %, median and 95 % by quarter: ``(3, quarters)``."""
    after: Mapping[What, Floats]
    total_before: Floats
    """5 %, median and 95 % of the cost of the whole plan [SEK]: ``(3,)``."""
    total_after: Floats
    weights: Floats
    """Of the worlds: ``(worlds,)``."""
    effective: float
    """How many worlds the update rests on."""
    holds: bool
    """Whether enough worlds come close to what was seen; else the forecast should be made anew."""


@dataclass(frozen=True, eq=False)
class Followed:
    """All that can be said of the forecasts so far."""

    sightings: tuple[Sighting, ...]
    verdicts: tuple[Verdict, ...]
    updates: tuple[Updated, ...]

    def coverage(self) -> tuple[int, int, tuple[float, float]]:
        """Sightings in the 90 % band, sightings with a band, and where the true share lies (95 %)."""
        banded = [one.inside for one in self.sightings if one.inside is not None]
        return sum(banded), len(banded), scoring.share_interval(sum(banded), len(banded))


def followed(entries: Sequence[Entry], promises: Mapping[str, Mapping[str, Promise]]) -> Followed:
    """Every sighting in the journal beside the forecast of the decision that it followed.

    Args:
        entries: the journal.
        promises: by snapshot's key, the promises that it holds, by initiative.
    """
    standing = current(entries)
    sightings: list[Sighting] = []
    by_initiative: dict[str, list[tuple[FollowUp, Promise]]] = {}
    for entry in standing:
        if not isinstance(entry.record, FollowUp):
            continue
        promise = promise_for(entry.record, standing, promises)
        if promise is not None:
            by_initiative.setdefault(entry.record.initiative, []).append((entry.record, promise))
            sightings += _sightings(entry, entry.record, promise)
    verdicts = [
        _verdict(name, what, some)
        for name in by_initiative
        for what in WHAT
        if (some := [one for one in sightings if (one.initiative, one.what) == (name, what)])
    ]
    updates = [one for name, seen in by_initiative.items() if (one := _updated(name, seen)) is not None]
    return Followed(tuple(sightings), tuple(verdicts), tuple(updates))


def promise_for(
    record: FollowUp, standing: Sequence[Entry], promises: Mapping[str, Mapping[str, Promise]]
) -> Promise | None:
    """The forecast to hold against a sighting: of the last decision before its period began, or else of the first."""
    decided = [
        (entry.record.date.isoformat(), promises[entry.record.snapshot][record.initiative])
        for entry in standing
        if isinstance(entry.record, Decision)
        and entry.record.initiative == record.initiative
        and entry.record.outcome is Outcome.APPROVED
        and entry.record.step in (Step.START, Step.CONTINUE, Step.ADJUST)
        and record.initiative in promises.get(entry.record.snapshot, {})
    ]
    began = period_start(record.period)
    before = [promise for date, promise in decided if date < began]
    return before[-1] if before else decided[0][1] if decided else None


def period_start(period: str) -> str:
    """First day of a year or quarter, as ISO date.

    >>> period_start("2026-Q3"), period_start("2026")
    ('2026-07-01', '2026-01-01')
    """
    month = 3 * int(period[-1]) - 2 if "Q" in period else 1
    return f"{period[:4]}-{month:02}-01"


def period_end(period: str) -> str:
    """First day after a year or quarter, as ISO date.

    >>> period_end("2026-Q4"), period_end("2026-Q1")
    ('2027-01-01', '2026-04-01')
    """
    year, quarter = int(period[:4]), int(period[-1]) if "Q" in period else 4
    return period_start(f"{year + quarter // 4}-Q{quarter % 4 + 1}")


def _sightings(entry: Entry, record: FollowUp, promise: Promise) -> list[Sighting]:
    made = []
    for what in WHAT:
        seen = getattr(record, what)
        if seen is None:
            continue
        draws = promise.at(what, record.period)
        low, median, high = scoring.quantiles(draws, BAND).tolist()
        inside = low <= seen <= high if low < high else None
        score = scoring.crps(draws, seen)
        made.append(
            Sighting(
                record.initiative,
                what,
                record.period,
                seen,
                low,
                median,
                high,
                float(draws.mean()),
                score,
                inside,
                entry.line.number,
            )
        )
    return made


def _verdict(name: str, what: What, some: Sequence[Sighting]) -> Verdict:
    bias = float(np.mean([one.mean - one.seen for one in some]))
    seen = float(np.mean([one.seen for one in some]))
    banded = [one.inside for one in some if one.inside is not None]
    return Verdict(
        name,
        what,
        len(some),
        bias,
        bias / seen if seen else None,
        float(np.mean([one.crps for one in some])),
        sum(banded),
        len(banded),
    )


def _updated(name: str, seen: Sequence[tuple[FollowUp, Promise]]) -> Updated | None:
    """The update of the latest promise by all that has been seen under it; None where it had one world only."""
    promise = seen[-1][1]
    records = [record for record, own in seen if own is promise]
    found = [one for what in WHAT if (one := _evidence(what, records, promise)) is not None]
    if not found:
        return None
    own = own_defaults()
    weight = updating.weights(sum(updating.log_likelihood(one, own["forecast_persistence"].value) for one in found))
    effective = updating.effective_worlds(weight)
    series = {what: getattr(promise, what) for what in WHAT}
    return Updated(
        name,
        promise.quarters,
        {what: _bands(series[what]) for what in WHAT},
        {what: _bands(series[what], weight) for what in WHAT},
        scoring.quantiles(promise.cost_sek.sum(axis=1), BAND),
        scoring.quantiles(promise.cost_sek.sum(axis=1), BAND, weight),
        weight,
        effective,
        effective >= own["least_effective_worlds"].value,
    )


def _evidence(what: What, records: Sequence[FollowUp], promise: Promise) -> updating.Evidence | None:
    """What was seen of a quantity that the worlds differ in."""
    some = [(record.period, seen) for record in records if (seen := getattr(record, what)) is not None]
    said = np.array([promise.at(what, period) for period, _ in some]).T
    if not some or np.ptp(said, axis=0).max() == 0:
        return None
    seen = np.array([value for _, value in some], np.float64)
    own = own_defaults()
    share = own[f"forecast_discrepancy_{'adoption' if what == 'adoption' else 'cost'}"].value
    scale = np.ones_like(seen) if what == "adoption" else np.maximum(said.mean(axis=0), 1.0)
    return updating.Evidence(
        said / scale, seen / scale, np.array([_quarter(period, promise) for period, _ in some], np.float64), share
    )


def _quarter(period: str, promise: Promise) -> int:
    """Place of the last quarter of a period in the plan."""
    return max(i for i, quarter in enumerate(promise.quarters) if quarter == period or quarter[:4] == period)


def _bands(series: Floats, weight: Floats | None = None) -> Floats:
    return np.array([scoring.quantiles(column, BAND, weight) for column in series.T]).T
