"""What the two Swedish reports saw, where the model can be asked: the rows ST of facts.csv."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.facts.arms import HELP, LET, Arm, Seen, arm, ordinary
from sim.facts.fact import Check, above, below, fact, within
from sim.facts.intervals import Values, jackknife, mean
from sim.facts.measures import ratio

_FIRST_REGIONS = ("Västra Götaland", "Skåne", "Stockholm", "Halland", "Uppsala")


@fact(
    "ST1",
    help=arm(
        HELP,
        months=60,
        innovations=ordinary(begins=[{"region": name, "clinics": 1, "stage": "using"} for name in _FIRST_REGIONS]),
    ),
)
def presence_is_not_spread(seen: Mapping[str, Seen]) -> list[Check]:
    """Five regions have begun, with facilitation: where is it after five years, and how deep (ST1, ST2)?"""
    helped = seen["help"]
    regions = np.unique(helped.region)
    present = np.stack([(helped.used[:, helped.region == region] <= 60).any(axis=1) for region in regions], axis=1)
    return [
        above(
            20,
            "regions of 21 in which some clinic has used it within 60 months",
            "regioner av 21 där någon enhet har använt det inom 60 månader",
            mean(present.sum(axis=1).astype(np.float64)),
        ),
        below(
            0.5,
            "sustained share of all clinics at the same time",
            "varaktig användning bland alla enheter vid samma tid",
            mean(helped.at("sustained", 60)),
        ),
    ]


@fact(
    "ST3",
    help=arm(
        HELP,
        months=48,
        replicates=400,
        clinics={"regions": {"Umeå": 10, "Skellefteå": 6, "Inlandet": 10}},
        innovations={
            "ordinary": {
                "begins": [{"region": "Umeå", "clinics": 1, "stage": "sustained"}],
                "attributes": {"relative_advantage": 0.6, "complexity": 0.6, "trialability": 0.6, "observability": 0.6},
                "effort": {"trial_hours": 30, "adjust_hours": 50, "implement_hours": 160},
                "obstacles": {"it": 6, "medtech": 2},
            }
        },
    ),
)
def a_few_units_in_some_years(seen: Mapping[str, Seen]) -> list[Check]:
    """One clinic of some 26 has it: how many have come to use it after four years of help?"""
    began = (seen["help"].used <= 48).sum(axis=1)
    return [
        below(
            3.5,
            "units of 26 that have come to use it after 4 years",
            "enheter av 26 som har börjat använda det efter 4 år",
            mean(began.astype(np.float64)),
        ),
        above(
            0.05,
            "share of worlds in which at most 3 units have come to use it after 4 years (seen once)",
            "andel världar där högst 3 enheter har börjat använda det efter 4 år (sett en gång)",
            mean((began <= 3).astype(np.float64)),
        ),
    ]


def _money_ends(*, plan: bool) -> Arm:
    levers = {"transition_plan": plan}
    return arm({"use": HELP, "levers": levers}, months=72, events=[{"month": 36, "funding_ends": {}}])


@fact("ST7", handed_over=_money_ends(plan=True), left=_money_ends(plan=False))
def success_reverts_without_an_owner(seen: Mapping[str, Seen]) -> list[Check]:
    """Bought support ends after three years, with and without a plan for ordinary operation; three years later."""
    planned, left = seen["handed_over"], seen["left"]
    return [
        above(
            0,
            "share that has given it up 36 months after the support ended, without a plan less with",
            "andel som har återgått 36 månader efter att stödet upphörde, utan plan minus med",
            mean(left.at("abandoned", 72) - planned.at("abandoned", 72)),
        ),
        below(
            0,
            "sustained share without a plan, month 72 less month 48",
            "varaktig användning utan plan, månad 72 minus månad 48",
            mean(left.at("sustained", 72) - left.at("sustained", 48)),
        ),
    ]


def _turnover(rate: float) -> Arm:
    return arm(HELP, parameters={"champion_turnover": rate})


@fact("ST8", steady=_turnover(0.08), restless=_turnover(0.40))
def turnover_pauses_it(seen: Mapping[str, Seen]) -> list[Check]:
    """Champions leave at the lowest and at the highest plausible rate."""
    return [
        above(
            0,
            "sustained share at month 60, champion turnover 8 % less 40 % a year",
            "varaktig användning månad 60, 8 % minus 40 % av eldsjälarna slutar per år",
            mean(seen["steady"].at("sustained", 60) - seen["restless"].at("sustained", 60)),
        )
    ]


def _interest(events: list[Any]) -> Arm:
    return arm(LET, months=72, events=events)


@fact("ST12", boom=_interest([{"month": 24, "tailwind": {"salience": 1.0, "months": 24}}]), none=_interest([]))
def a_tailwind_carries(seen: Mapping[str, Seen]) -> list[Check]:
    """Two years of outer interest: reach when it is over, and two years later."""
    return [
        above(
            0,
            f"reach at month {month}, with the tailwind less without",
            f"spridning månad {month}, med medvinden minus utan",
            mean(seen["boom"].at("reach", month) - seen["none"].at("reach", month)),
        )
        for month in (48, 72)
    ]


@fact(
    "ST13",
    above=arm({"use": LET, "levers": {"mandate": {}}}, months=96),
    below=arm(HELP, months=96),
    both=arm({"use": HELP, "levers": {"mandate": {}}}, months=96),
)
def from_above_and_from_below(seen: Mapping[str, Seen]) -> list[Check]:
    """A mandate alone, help alone, and a mandate with help: what lasts after eight years?"""
    both = seen["both"].at("sustained", 96)
    return [
        above(
            0,
            f"sustained share at month 96, both less {en} alone",
            f"varaktig användning månad 96, båda minus enbart {sv}",
            mean(both - seen[name].at("sustained", 96)),
        )
        for name, en, sv in (("above", "a mandate", "beslut"), ("below", "help", "hjälp"))
    ]


def _usable(share: float) -> Arm:
    return arm(LET, months=96, parameters={"effective_slack": share})


@fact("ST16", usual=_usable(0.6), all_of_it=_usable(0.9))
def time_that_cannot_be_taken(seen: Mapping[str, Seen]) -> list[Check]:
    """Set-aside time that can be used to 60 % and to 90 %."""
    return [
        above(
            0,
            "sustained share at month 96, 90 % of the slack usable less 60 %",
            "varaktig användning månad 96, 90 % av luften användbar minus 60 %",
            mean(seen["all_of_it"].at("sustained", 96) - seen["usual"].at("sustained", 96)),
        )
    ]


def _champions(month: int | None) -> Arm:
    events = [] if month is None else [{"month": month, "champions_leave": {"share": 1.0}}]
    return arm(LET, months=96, parameters={"champion_turnover": 0.0, "champion_emergence": 0.0}, events=events)


@fact("ST18", never=_champions(None), early=_champions(1), late=_champions(72))
def champions_matter_early(seen: Mapping[str, Seen]) -> list[Check]:
    """First starts in the two years after month 1, and after month 72, with champions over without."""

    def starts(name: str, since: int) -> Values:
        firsts = seen[name].started
        count: NDArray[np.float64] = ((firsts > since) & (firsts <= since + 24)).sum(axis=1).astype(np.float64)
        return count

    early = (starts("never", 1), starts("early", 1))
    late = (starts("never", 72), starts("late", 72))
    return [
        above(1, "ratio of first starts, months 2-25", "kvot för första starter, månad 2–25", jackknife(ratio, *early)),
        above(
            0,
            "ratio of first starts in months 2-25 less in months 73-96",
            "kvot för första starter månad 2–25 minus månad 73–96",
            jackknife(lambda a, b, c, d: ratio(a, b) - ratio(c, d), *early, *late),
        ),
    ]


def _paid(share: float) -> Arm:
    return arm({"use": LET, "levers": {"protected_time": share}}, months=60)


@fact("ST21", paid=_paid(0.02), unpaid=_paid(0.0))
def paid_time_frees_engagement(seen: Mapping[str, Seen]) -> list[Check]:
    """Clinics are paid for their time: do more of them take part?"""
    paid, unpaid = ((seen[name].started <= 60).mean(axis=1) for name in ("paid", "unpaid"))
    return [
        above(
            0,
            "share that has begun to try it in 60 months, 2 % of staff hours paid less none",
            "andel som har börjat pröva inom 60 månader, 2 % av arbetstiden betald minus ingen",
            mean(paid - unpaid),
        )
    ]


def _system(capability: float, support: float) -> Arm:
    parameters = {"capability_mean": capability, "manager_support_mean": support, "need_mean": support}
    return arm(HELP, parameters=parameters)


@fact("ST23", ready=_system(0.7, 0.75), unready=_system(0.35, 0.35))
def an_unready_system_gates(seen: Mapping[str, Seen]) -> list[Check]:
    """The same good form of support in a system that is ready all over, and in one that is not."""
    return [
        above(
            0.05,
            f"{en} at month 60, ready less unready system",
            f"{sv} månad 60, mottagligt minus inte mottagligt system",
            mean(seen["ready"].at(curve, 60) - seen["unready"].at(curve, 60)),
        )
        for curve, en, sv in (("reach", "reach", "spridning"), ("sustained", "sustained share", "varaktig användning"))
    ]


@fact(
    "ST24",
    let=arm(
        LET,
        months=24,
        replicates=400,
        clinics={"regions": {"Skåne": 33}, "kind": "municipality"},
        innovations=ordinary(begins=[{"region": "Skåne", "clinics": 2, "stage": "implementing"}]),
    ),
)
def two_pilots_and_little_else(seen: Mapping[str, Seen]) -> list[Check]:
    """Two of Skåne's 33 municipalities are implementing it: two years later, how many of the others use it?"""
    used = (seen["let"].used <= 24).sum(axis=1)
    return [
        within(
            1,
            2 + 0.15 * 31,
            "municipalities of 33 that have come to use it within 24 months",
            "kommuner av 33 som har börjat använda det inom 24 månader",
            mean(used.astype(np.float64)),
        ),
        above(
            0.05,
            "share of worlds in which the pilots and at most 2 others of 33 use it within 24 months (seen once)",
            "andel världar där piloterna och högst 2 andra av 33 använder det inom 24 månader (sett en gång)",
            mean(((used >= 2) & (used <= 4)).astype(np.float64)),
        ),
    ]
