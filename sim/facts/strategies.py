"""Facts about strategies and levers: F3-F6, F8, F9, F21, F22, T2, T3."""

from __future__ import annotations

from collections.abc import Mapping

from sim.facts.arms import HELP, LET, MAKE, Seen, arm
from sim.facts.fact import Check, above, fact, within
from sim.facts.intervals import Values, jackknife, mean


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


@fact("T3", make=arm(MAKE))
def in_name_first(seen: Mapping[str, Seen]) -> list[Check]:
    """Nominal over reported use early and late under a mandate from the start."""
    nominal, reported = seen["make"].curve("nominal"), seen["make"].curve("reported")
    early = jackknife(_share, nominal[:, 18], reported[:, 18])
    fall = jackknife(
        lambda n, r, n_late, r_late: _share(n, r) - _share(n_late, r_late),
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


def _share(part: Values, whole: Values) -> float:
    """One mean over another."""
    return float(part.mean() / whole.mean())
