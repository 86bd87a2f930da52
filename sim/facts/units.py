"""Facts about units, their time and their people: F10, F11, F16, F17, F19."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.facts.arms import HELP, LET, NEVER, ORDINARY, Arm, Seen, arm, ordinary
from sim.facts.fact import Check, above, below, fact, within
from sim.facts.intervals import Values, jackknife, mean
from sim.facts.measures import ratio


def _carried(depth: float, *, lost: bool, structure: bool = False) -> Arm:
    """Everybody uses it at a depth, each carried by a champion; in month 1 they all leave, or none."""
    parameters = {"begin_depth_using": depth, "champion_turnover": 0.0, "champion_emergence": 0.0}
    return arm(
        {"use": LET, "levers": {"transition_plan": structure}},
        months=7,
        replicates=60,
        clinics={"regions": {"Norrdal": 1000}},
        innovations=ordinary(begins=[{"region": "Norrdal", "clinics": 1000, "stage": "using"}]),
        parameters=parameters,
        events=[{"month": 1, "champions_leave": {"share": 1.0}}] if lost else [],
    )


@fact(
    "F10",
    shallow_lost=_carried(0.3, lost=True),
    shallow_kept=_carried(0.3, lost=False),
    deep_lost=_carried(0.95, lost=True),
    deep_kept=_carried(0.95, lost=False),
    structured_lost=_carried(0.3, lost=True, structure=True),
    structured_kept=_carried(0.3, lost=False, structure=True),
)
def shallow_use_needs_its_champion(seen: Mapping[str, Seen]) -> list[Check]:
    """The same worlds with and without their champions; nobody else leaves or emerges in those months."""
    risk = {name: (one.abandoned <= 7).mean(axis=1) for name, one in seen.items()}
    pairs = [risk[f"{kind}_{fate}"] for kind in ("shallow", "structured") for fate in ("lost", "kept")]
    smaller = jackknife(lambda a, b, c, d: ratio(a, b) - ratio(c, d), *pairs)
    return [
        above(
            1.5,
            "risk ratio of giving up within 6 months, champion lost, depth .3",
            "riskkvot för återgång inom 6 månader, eldsjälen borta, förankring 0,3",
            jackknife(ratio, risk["shallow_lost"], risk["shallow_kept"]),
        ),
        within(
            0.8,
            1.25,
            "the same at depth .95",
            "detsamma vid förankring 0,95",
            jackknife(ratio, risk["deep_lost"], risk["deep_kept"]),
        ),
        above(
            0,
            "risk ratio at depth .3 without early structure less with it",
            "riskkvot vid förankring 0,3 utan tidig struktur minus med",
            smaller,
        ),
    ]


def _several(count: int) -> Arm:
    names = [f"initiative_{number}" for number in range(count)]
    regions = {"Norrdal": 120, "Sörvik": 90, "Västmark": 60, "Östanå": 30}
    return arm(
        HELP,
        months=96,
        replicates=16,
        clinics={"regions": regions},
        innovations={name: dict(ORDINARY) for name in names},
    )


@fact("F11", one=_several(1), two=_several(2), four=_several(4), eight=_several(8))
def many_embed_less(seen: Mapping[str, Seen]) -> list[Check]:
    """Like initiatives that share clinics, facilitators and support functions: sustained share of each at month 96."""
    kept = {name: one.at("sustained", 96) for name, one in seen.items()}
    steps = (("one", "two", "1", "2"), ("two", "four", "2", "4"), ("four", "eight", "4", "8"))
    return [
        above(
            0.5,
            "share of the sustained use of one that is lost with eight at once",
            "andel av varaktig användning som går förlorad med åtta på en gång",
            jackknife(lambda a, b: 1 - ratio(b, a), kept["one"], kept["eight"]),
        ),
        *(
            above(
                0,
                f"sustained share of each, {few} less {many} at once",
                f"varaktig användning av var och en, {few} minus {many} på en gång",
                mean(kept[a] - kept[b]),
            )
            for a, b, few, many in steps
        ),
    ]


def _as_complex_as(complexity: float) -> Arm:
    return arm(LET, months=96, innovations=ordinary(attributes={"complexity": complexity}))


@fact("F16", simple=_as_complex_as(0.0), complex=_as_complex_as(1.0))
def what_is_complex_lasts_less(seen: Mapping[str, Seen]) -> list[Check]:
    """Of those that began to use it at least two years before the end: which had not given it up two years later."""

    def survival(one: Seen) -> Any:
        followed = (one.used != NEVER) & (one.used <= one.months - 24)
        kept = followed & (one.abandoned.astype(np.int32) - one.used > 24)
        return jackknife(ratio, kept.sum(axis=1).astype(float), followed.sum(axis=1).astype(float))

    return [
        within(0.30, 0.55, "two-year survival of complex use", "kvar efter två år, komplex", survival(seen["complex"])),
        above(0.95, "two-year survival of simple use", "kvar efter två år, enkel", survival(seen["simple"])),
    ]


_SLACK = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)


def _with_slack(times: float, bought: float = 0.0) -> Arm:
    return arm({"use": HELP, "levers": {"protected_time": bought}}, months=96, parameters={"slack_mean": 0.05 * times})


@fact(
    "F17",
    **{f"times_{number}": _with_slack(times) for number, times in enumerate(_SLACK)},
    bought=_with_slack(1.0, bought=0.01),
)
def slack_saturates(seen: Mapping[str, Seen]) -> list[Check]:
    """Help without bought time in clinics with an eighth to four times the usual slack; and with bought time."""
    kept = [seen[f"times_{number}"].at("sustained", 96) for number in range(len(_SLACK))]
    doublings: list[NDArray[np.float64]] = [b - a for a, b in pairwise(kept)]
    shown = [f"{times:g}" for times in _SLACK]
    rises = [
        above(
            0,
            f"sustained share at month 96, slack x {shown[i + 1]} less x {shown[i]}",
            f"varaktig användning månad 96, luft × {shown[i + 1]} minus × {shown[i]}".replace(".", ","),
            mean(doublings[i]),
        )
        for i in range(len(doublings) - 1)
    ]
    return [
        *rises,
        below(
            0.03,
            "sustained share at month 96, slack x 4 less x 2",
            "varaktig användning månad 96, luft × 4 minus × 2",
            mean(doublings[-1]),
        ),
        above(
            0.03,
            "sustained share at month 96, 1 % bought time less none, at the usual slack",
            "varaktig användning månad 96, 1 % köpt tid minus ingen, vid vanlig luft",
            mean(seen["bought"].at("sustained", 96) - kept[_SLACK.index(1.0)]),
        ),
    ]


def _shocked(events: list[Any]) -> Arm:
    return arm(HELP, months=54, events=events)


@fact("F19", shock=_shocked([{"month": 24, "pandemic": {"capacity": 0.4, "months": 6}}]), none=_shocked([]))
def a_shock_leaves_a_lag(seen: Mapping[str, Seen]) -> list[Check]:
    """Six months with 40 % of the change capacity, from month 24 under help."""

    def less(curve: str, month: int) -> Values:
        difference: Values = seen["shock"].at(curve, month) - seen["none"].at(curve, month)
        return difference

    return [
        below(
            0,
            "reach at the end of the shock, with it less without",
            "spridning vid krisens slut, med minus utan",
            mean(less("reach", 30)),
        ),
        *(
            below(
                0,
                f"sustained share {after} months after the shock, with it less without",
                f"varaktig användning {after} månader efter krisen, med minus utan",
                mean(less("sustained", 30 + after)),
            )
            for after in (12, 24)
        ),
    ]
