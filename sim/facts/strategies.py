"""Facts about strategies and levers: F3-F6, F8, F9, F21, F22, T2, T3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.facts.arms import HELP, LET, MAKE, Arm, Seen, arm, ordinary
from sim.facts.fact import Check, above, below, fact, within
from sim.facts.intervals import jackknife, mean
from sim.facts.measures import cumulative, hazard, hazard_ratio, months_to, ratio


def _from_24(preset: str) -> Arm:
    phases = [{"use": LET, "until": {"month": 24}}, {"use": preset}]
    return arm({"phases": phases}, months=180)


@fact("F3", let=arm(LET, months=180), help=_from_24(HELP), make=_from_24(MAKE))
def make_help_let(seen: Mapping[str, Seen]) -> list[Check]:
    """All let it happen for two years; then hazards of going on after the test, or of complying, from the same state.

    The dose of help is the preset's: a facilitator for 57 clinics, 1 % of staff hours, champions, training, meetings.
    """
    at_risk = {name: hazard(one.committed, 30, 42) for name, one in seen.items()}
    reach = {name: one.curve("reach") for name, one in seen.items()}

    def sooner(quick: str, slow: str) -> Any:
        return jackknife(lambda a, b: months_to(0.5, b) - months_to(0.5, a), reach[quick], reach[slow])

    return [
        within(
            2,
            3.2,
            "hazard of adopting, help over let, months 31-42 after branching at 24",
            "hasard att införa, hjälp det att ske över låt det ske, månad 31–42 efter grening månad 24",
            jackknife(hazard_ratio, at_risk["help"], at_risk["let"]),
        ),
        within(
            3.4,
            12,
            "hazard of adopting, make over let, months 31-42 after branching at 24",
            "hasard att införa, få det att ske över låt det ske, månad 31–42 efter grening månad 24",
            jackknife(hazard_ratio, at_risk["make"], at_risk["let"]),
        ),
        above(
            0,
            "months to 50 %, let less help",
            "månader till 50 %, låt det ske minus hjälp det att ske",
            sooner("help", "let"),
        ),
        above(
            0,
            "months to 50 %, help less make",
            "månader till 50 %, hjälp det att ske minus få det att ske",
            sooner("make", "help"),
        ),
    ]


_SWITCH = {
    "attributes": {"complexity": 0.0},
    "effort": {"trial_hours": 2, "adjust_hours": 2, "implement_hours": 10},
    "obstacles": {},
}
_INCENTIVE = {"use": LET, "levers": {"mandate": {"monitoring": 0.5}}}


@fact(
    "F4",
    incentive=arm(
        {"phases": [{"use": LET, "until": {"month": 24}}, _INCENTIVE]},
        months=36,
        replicates=120,
        innovations=ordinary(**_SWITCH),
        parameters={"ceiling": 0.3},
    ),
)
def an_incentive_restarts(seen: Mapping[str, Seen]) -> list[Check]:
    """A simple switch; the incentive is a mandate that is half followed up, in full force after half a year."""
    one = seen["incentive"]
    ever = cumulative(one.used, 24)[:, 24]
    before, after = hazard(one.used, 12, 24), hazard(one.used, 30, 36)
    return [
        below(0.25, "share that has adopted after 24 months", "andel som har infört efter 24 månader", mean(ever)),
        within(
            5,
            12,
            "monthly hazard of adopting, 7-12 months after the incentive over the year before it",
            "månadshasard att införa, 7–12 månader efter incitamentet över året före",
            jackknife(hazard_ratio, after, before),
        ),
    ]


@fact("F5", help=arm(HELP, months=96), make=arm(MAKE, months=96))
def reach_not_depth(seen: Mapping[str, Seen]) -> list[Check]:
    """Share of use that is ordinary operation, under make and under help, both from the start."""

    def less(month: int) -> Check:
        shares = [seen[name].at(curve, month) for name in ("make", "help") for curve in ("sustained", "reach")]
        found = jackknife(lambda sm, rm, sh, rh: ratio(sm, rm) - ratio(sh, rh), *shares)
        return below(
            0,
            f"sustained over reach at year {month // 12}, make less help",
            f"varaktig användning över spridning år {month // 12}, få det att ske minus hjälp det att ske",
            found,
        )

    return [less(60), less(96)]


def _mandate(months: int, lift: int | None = None) -> Arm:
    mandate = {} if lift is None else {"lift_month": lift}
    return arm({"use": MAKE, "levers": {"mandate": mandate}}, months=months)


@fact("F6", kept=_mandate(60), lifted=_mandate(60, 48), saturated=_mandate(108, 96))
def a_lifted_mandate(seen: Mapping[str, Seen]) -> list[Check]:
    """Twelve months after a lift at month 48 beside its continuation; and after a lift at month 96 beside itself."""
    fall = {name: seen["kept"].at(name, 60) - seen["lifted"].at(name, 60) for name in ("reach", "nominal", "sustained")}
    own = seen["saturated"].at("reach", 96) - seen["saturated"].at("reach", 108)
    return [
        above(
            0.05,
            "reach 12 months after the lift, kept less lifted",
            "spridning 12 månader efter att beslutet hävts, behållet minus hävt",
            mean(fall["reach"]),
        ),
        above(
            0,
            "fall in nominal use less 5 times the fall in sustained use",
            "fall i användning på pappret minus 5 gånger fallet i varaktig användning",
            mean(fall["nominal"] - 5 * fall["sustained"]),
        ),
        above(
            0,
            "own reach at the lift in month 96 less 12 months later",
            "egen spridning när beslutet hävs månad 96 minus 12 månader senare",
            mean(own),
        ),
    ]


_HELD = (6, 12, 24, 36, 48, 72, 120)
_STAFF = 6.0


def _facilitated(held: int) -> Arm:
    levers = {"facilitators_fte": _STAFF if held else 0}
    return arm({"use": LET, "levers": levers}, parameters={"practices_per_facilitator": max(held, 1)})


@fact("F8", alone=_facilitated(0), **{f"held_{held}": _facilitated(held) for held in _HELD})
def facilitation_dilutes(seen: Mapping[str, Seen]) -> list[Check]:
    """Six facilitators who hold more or fewer clinics each: what they add to adoption in five years."""
    alone = (seen["alone"].used <= 60).mean(axis=1)
    gain = {held: (seen[f"held_{held}"].used <= 60).mean(axis=1) - alone for held in _HELD}
    best = max((held for held in _HELD if 15 <= held <= 75), key=lambda held: float(gain[held].mean()))
    each = {held: gain[held] * len(seen["alone"].region) / (held * _STAFF) for held in _HELD}
    return [
        above(
            0,
            "adoptions added for each clinic held, 12 less 72 clinics per facilitator",
            "fler införanden per stödd enhet, 12 minus 72 enheter per processledare",
            mean(each[12] - each[72]),
        ),
        above(
            0,
            f"total adoption added, at best ({best}) less 6 clinics per facilitator",
            f"fler införanden i allt, som bäst ({best}) minus 6 enheter per processledare",
            mean(gain[best] - gain[6]),
        ),
        above(
            0,
            f"total adoption added, at best ({best}) less 120 clinics per facilitator",
            f"fler införanden i allt, som bäst ({best}) minus 120 enheter per processledare",
            mean(gain[best] - gain[120]),
        ),
        above(
            0,
            "total adoption added, 72 less 120 clinics per facilitator",
            "fler införanden i allt, 72 minus 120 enheter per processledare",
            mean(gain[72] - gain[120]),
        ),
    ]


@fact(
    "F9",
    tailored=arm(HELP, parameters={"tailored": 1.0}),
    untailored=arm(HELP, parameters={"tailored": 0.0}),
)
def tailored_support(seen: Mapping[str, Seen]) -> list[Check]:
    """The same support, fitted to the unit or not."""
    gain = seen["tailored"].at("sustained", 60) - seen["untailored"].at("sustained", 60)
    return [
        above(
            0,
            "sustained share at month 60, tailored less untailored",
            "varaktig användning månad 60, anpassat minus inte anpassat stöd",
            mean(gain),
        )
    ]


_LEVERS: Mapping[str, Mapping[str, Any]] = {
    "visibility": {"visibility": 1.5},
    "facilitators": {"facilitators_fte": 21},
    "protected_time": {"protected_time": 0.02},
    "training": {"training": 1},
    "meeting_places": {"meeting_places": 1},
    "early_adopters": {"early_adopter_investment": 0.2},
    "support_priority": {"support_priority": 0.5},
    "inclusion": {"inclusion": "ownership"},
    "lead_by_example": {"lead_by_example": 1},
    "mandate": {"mandate": {}},
    "remove_old_way": {"remove_old_way": 1},
    "transition_plan": {"transition_plan": True},
}
_CALLED = {
    "visibility": "synlighet",
    "facilitators": "processledare",
    "protected_time": "avsatt tid",
    "training": "utbildning",
    "meeting_places": "mötesplatser",
    "early_adopters": "satsning på tidiga användare",
    "support_priority": "förtur hos stödfunktioner",
    "inclusion": "delaktighet",
    "lead_by_example": "ledningen går före",
    "mandate": "beslut om obligatoriskt införande",
    "remove_old_way": "utmönstring av det gamla",
    "transition_plan": "plan för överlämning till förvaltning",
}


def _lever(levers: Mapping[str, Any]) -> Arm:
    return arm({"use": LET, "levers": levers}, months=180, replicates=20)


@fact("F21", none=_lever({}), **{name: _lever(levers) for name, levers in _LEVERS.items()})
def any_action_helps(seen: Mapping[str, Seen]) -> list[Check]:
    """Each lever alone at an ordinary dose, against none of them; leave to adapt it is in all arms (F22)."""
    return [
        above(
            2,
            f"months to 50 % won by {name.replace('_', ' ')} alone",
            f"vunna månader till 50 % med enbart {_CALLED[name]}",
            jackknife(
                lambda a, b: months_to(0.5, b) - months_to(0.5, a), one.curve("reach"), seen["none"].curve("reach")
            ),
        )
        for name, one in seen.items()
        if name != "none"
    ]


@fact(
    "F22",
    free=arm({"use": LET, "levers": {"reinvention": "free"}}, months=120),
    restricted=arm({"use": LET, "levers": {"reinvention": "restricted"}}, months=120),
)
def adaptation(seen: Mapping[str, Seen]) -> list[Check]:
    """The receiver may change it freely, or not."""
    free, restricted = seen["free"], seen["restricted"]
    reach = free.at("reach", 120) - restricted.at("reach", 120)
    return [
        above(
            0.03,
            "reach at month 120, free less restricted",
            "spridning månad 120, fri minus begränsad anpassning",
            mean(reach),
        ),
        above(
            0.05,
            "fidelity of use at month 120, restricted less free",
            "trohet mot originalet månad 120, begränsad minus fri anpassning",
            mean(restricted.fidelity - free.fidelity),
        ),
    ]


@fact("T2", let=arm(LET, months=36, replicates=80))
def a_third_goes_on(seen: Mapping[str, Seen]) -> list[Check]:
    """Clinics whose first test began in the first year: did it lead on?"""
    let = seen["let"]
    tried = let.started <= 12
    on = tried & (let.committed < let.declined)
    off = tried & (let.declined < let.committed)
    went_on, ended = on.sum(axis=1).astype(np.float64), (on | off).sum(axis=1).astype(np.float64)
    return [
        within(
            0.33,
            0.38,
            "share of first tests begun in the first year that lead on",
            "andel av de första testerna under år ett som leder vidare",
            jackknife(ratio, went_on, ended),
        )
    ]


@fact("T3", make=arm(MAKE))
def in_name_first(seen: Mapping[str, Seen]) -> list[Check]:
    """Nominal over reported use early and late under a mandate from the start."""
    nominal, reported = seen["make"].curve("nominal"), seen["make"].curve("reported")
    early = jackknife(ratio, nominal[:, 18], reported[:, 18])
    fall = jackknife(
        lambda n, r, n_late, r_late: ratio(n, r) - ratio(n_late, r_late),
        *(curve[:, month] for month in (18, 42) for curve in (nominal, reported)),
    )
    return [
        above(
            0,
            "nominal share of reported use, month 18 less month 42",
            "andel på pappret av rapporterad användning, månad 18 minus månad 42",
            fall,
        ),
        within(
            0.15,
            0.65,
            "nominal share of reported use at month 18",
            "andel på pappret av rapporterad användning månad 18",
            early,
        ),
    ]
