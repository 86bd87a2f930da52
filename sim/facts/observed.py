"""What the two reports saw around innovations, inside units and of organisations: ST9, ST20 and O1-O14 of facts.csv.

Each asks whether a part of the model works in the direction that was seen. The sizes are estimates, and no fact here
speaks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.facts.arms import HELP, LET, Arm, Seen, arm, ordinary
from sim.facts.fact import Check, above, below, fact
from sim.facts.intervals import Values, jackknife, mean
from sim.facts.measures import cumulative, months_to, ratio

PLAIN = arm(LET)
"""Five years of letting an ordinary innovation happen; several facts compare with it."""

HELPED = arm(HELP)


def _meets(strategy: Any = LET, **said: Any) -> Arm:
    """The same with an innovation that says what it meets."""
    return arm(strategy, innovations=ordinary(**said))


def _begun(seen: Seen, month: int = 60) -> Values:
    """Share that has begun to try it by a month: ``(replicates,)``."""
    share: Values = (seen.started <= month).mean(axis=1)
    return share


def _vacant(*, plan: bool, vacant: bool) -> Arm:
    events = [{"month": 12, "coordinator_leaves": {"months": 24}}] if vacant else []
    return arm({"use": HELP, "levers": {"transition_plan": plan}}, events=events)


def _leaving(*, documents: bool) -> Arm:
    on = ["early_documents"] if documents else []
    return arm(HELP, events=[{"month": 36, "champions_leave": {}}], mechanisms={"on": on})


@fact(
    "ST9",
    vacant=_vacant(plan=False, vacant=True),
    filled=_vacant(plan=False, vacant=False),
    vacant_planned=_vacant(plan=True, vacant=True),
    filled_planned=_vacant(plan=True, vacant=False),
    undocumented=_leaving(documents=False),
    documented=_leaving(documents=True),
)
def who_coordinates_leaves(seen: Mapping[str, Seen]) -> list[Check]:
    """Two years without a coordinator from month 12; and all champions gone at once, with ways of working on paper."""
    reach = {name: one.at("reach", 36) for name, one in seen.items()}
    lost, lost_planned = reach["filled"] - reach["vacant"], reach["filled_planned"] - reach["vacant_planned"]
    given_up = {name: seen[name].at("abandoned", 60) for name in ("undocumented", "documented")}
    return [
        above(
            0,
            "reach lost at month 36 by two years without a coordinator",
            "spridning som två år utan samordnare kostar, månad 36",
            mean(lost),
        ),
        above(
            0,
            "the same without an owner of ordinary operation less with one",
            "detsamma utan plan för förvaltning minus med",
            mean(lost - lost_planned),
        ),
        above(
            0,
            "share given up at month 60 when all champions left at 36, without documents less with them",
            "andel som har återgått månad 60 när alla eldsjälar slutade månad 36, utan dokumentation minus med",
            mean(given_up["undocumented"] - given_up["documented"]),
        ),
    ]


def _paid(reimbursed: float, events: list[Any] | None = None) -> Arm:
    pocket = {"cost_borne": 1.0, "gain_kept": 0.2, "reimbursed": reimbursed}
    return arm(LET, innovations=ordinary(pocket=pocket), events=events or [])


@fact(
    "ST20",
    unpaid=_paid(0.0),
    paid=_paid(0.8),
    later=_paid(0.0, [{"month": 24, "reimbursement_changes": {"reimbursed": 0.8}}]),
)
def without_reimbursement_they_hesitate(seen: Mapping[str, Seen]) -> list[Check]:
    """The clinic bears the cost and keeps a fifth of the gain: with and without being paid back."""
    unpaid = _begun(seen["unpaid"])
    return [
        above(
            0,
            f"share that has begun to try it in 60 months, {en} less not reimbursed",
            f"andel som har börjat pröva inom 60 månader, {sv} minus utan ersättning",
            mean(_begun(seen[name]) - unpaid),
        )
        for name, en, sv in (
            ("paid", "reimbursed", "med ersättning"),
            ("later", "reimbursed from month 24", "med ersättning från månad 24"),
        )
    ]


def _one_region(*, told: bool) -> Arm:
    """A third of one of two regions uses it from the start."""
    return arm(
        LET,
        months=36,
        replicates=60,
        clinics={"regions": {"Norrdal": 150, "Sörvik": 150}},
        innovations=ordinary(begins=[{"region": "Norrdal", "clinics": 50, "stage": "sustained"}]),
        mechanisms={"on": ["local_results"]} if told else {},
    )


@fact("O1", told=_one_region(told=True), untold=_one_region(told=False))
def own_results_convince(seen: Mapping[str, Seen]) -> list[Check]:
    """First use in the region that has results of its own and in the other, with results told over without."""
    inside = seen["told"].region == 0
    users = {
        (name, here): ((one.used > 0) & (one.used <= 36))[:, where].sum(axis=1).astype(np.float64)
        for name, one in seen.items()
        for here, where in (("own", inside), ("other", ~inside))
    }
    own, other = ((users["told", here], users["untold", here]) for here in ("own", "other"))
    return [
        above(
            1,
            "ratio of those that come to use it within 36 months in the region with results of its own",
            "kvot för dem som börjar använda det inom 36 månader i regionen med egna resultat",
            jackknife(ratio, *own),
        ),
        above(
            0,
            "the same less in the region without",
            "detsamma minus i regionen utan",
            jackknife(lambda a, b, c, d: ratio(a, b) - ratio(c, d), *own, *other),
        ),
    ]


def _asked(name: str, strategy: Any = HELP, **sections: Any) -> Arm:
    return arm(strategy, mechanisms={"on": [name]}, **sections)


@fact(
    "O2",
    pilot=_asked("pilot_status", {"use": HELP, "levers": {"transition_plan": False}}),
    decided=arm({"use": HELP, "levers": {"transition_plan": False}}),
)
def a_pilot_takes_no_root(seen: Mapping[str, Seen]) -> list[Check]:
    """A decided change that units take for a pilot, beside one that they do not."""
    lost = seen["decided"].at("sustained", 60) - seen["pilot"].at("sustained", 60)
    return [
        above(
            0,
            "sustained share at month 60 that is lost where it is seen as a pilot",
            "varaktig användning månad 60 som går förlorad när det ses som en pilot",
            mean(lost),
        )
    ]


_GAIN = ordinary(benefit={"staff_hours_per_month": 10})


@fact("O3", free=_asked("share_of_use", innovations=_GAIN), all=arm(HELP, innovations=_GAIN))
def each_consultation_may_say_no(seen: Mapping[str, Seen]) -> list[Check]:
    """What the same clinics gain when yes or no is said in every consultation."""
    gains = [seen[name].final["benefit_sek"] for name in ("free", "all")]
    return [
        below(
            1,
            "benefit in 60 months, free to say no in each consultation over used in all",
            "nytta under 60 månader, fritt val i varje besök delat med användning i alla",
            jackknife(ratio, *gains),
        )
    ]


_INCLUDING = {"use": LET, "levers": {"inclusion": "ownership"}}


@fact(
    "O4",
    threatened=_meets(threatens=0.5),
    nobody=PLAIN,
    threatened_included=_meets(_INCLUDING, threatens=0.5),
    nobody_included=arm(_INCLUDING),
)
def threatened_roles_resist(seen: Mapping[str, Seen]) -> list[Check]:
    """Somebody's role is threatened in half of the clinics; and what inclusion wins back."""
    begun = {name: _begun(one) for name, one in seen.items()}
    lost, lost_included = (begun[f"nobody{how}"] - begun[f"threatened{how}"] for how in ("", "_included"))
    return [
        above(
            0,
            "share that has begun to try it in 60 months that is lost where roles are threatened",
            "andel som har börjat pröva inom 60 månader som går förlorad när roller hotas",
            mean(lost),
        ),
        above(0, "the same less with ownership", "detsamma minus med ägarskap", mean(lost - lost_included)),
    ]


@fact("O5", feared=_meets(company={}), framed=_meets(company={"ethical_framework_month": 0}), nobody=PLAIN)
def companies_are_feared(seen: Mapping[str, Seen]) -> list[Check]:
    """A company stands behind it, with and without an ethical framework."""
    begun = {name: _begun(one) for name, one in seen.items()}
    return [
        above(
            0,
            f"share that has begun to try it in 60 months, {en} less with a company",
            f"andel som har börjat pröva inom 60 månader, {sv} minus med ett företag",
            mean(begun[name] - begun["feared"]),
        )
        for name, en, sv in (
            ("nobody", "without a company", "utan företag"),
            ("framed", "with an ethical framework", "med etiskt ramverk"),
        )
    ]


@fact("O6", known=_meets(existing_network=0.5), strangers=PLAIN)
def existing_networks_shorten_the_start(seen: Mapping[str, Seen]) -> list[Check]:
    """Half of the clinics already work together on the matter."""
    begun = [cumulative(seen[name].started, 60) for name in ("strangers", "known")]
    return [
        above(
            0,
            "months to 20 % that have begun to try it, without less with an existing network",
            "månader till att 20 % har börjat pröva, utan minus med befintligt nätverk",
            jackknife(lambda a, b: months_to(0.2, a) - months_to(0.2, b), *begun),
        )
    ]


@fact("O7", unmeasured=_meets(HELP, measured=0.0), measured=HELPED)
def what_nobody_measures_undermines(seen: Mapping[str, Seen]) -> list[Check]:
    """Results are measured and shown, or not at all."""
    return [
        above(
            0,
            f"{en} at month 60, measured less unmeasured",
            f"{sv} månad 60, uppmätt minus inte uppmätt",
            mean(seen["measured"].at(curve, 60) - seen["unmeasured"].at(curve, 60)),
        )
        for curve, en, sv in (("reach", "reach", "spridning"), ("sustained", "sustained share", "varaktig användning"))
    ]


def _with_actor(strategy: Any = LET, /, **actors: Any) -> Arm:
    return arm(strategy, actors=actors)


@fact("O8", panels=_with_actor(patients={"share": 1.0}), none=PLAIN)
def patients_give_legitimacy(seen: Mapping[str, Seen]) -> list[Check]:
    """Every region has a panel of patients that tells what is needed, or none has."""
    return [
        above(
            0,
            "share that has begun to try it in 60 months, with panels less without",
            "andel som har börjat pröva inom 60 månader, med patientpaneler minus utan",
            mean(_begun(seen["panels"]) - _begun(seen["none"])),
        )
    ]


_BUSY = {"obstacles": {"it": 64, "legal": 16, "procurement": 40}}
"""An innovation that asks eight times as much of the support functions, so that cases get stuck."""


def _queues(**actors: Any) -> Arm:
    return arm(HELP, months=48, innovations=ordinary(**_BUSY), actors=actors)


@fact(
    "O9",
    late=_queues(support_functions={}),
    early=_queues(support_functions={"early_involvement": True}),
    escalated=_queues(support_functions={}, leadership={"cases_per_month": 10}),
)
def early_involvement_shortens_the_queue(seen: Mapping[str, Seen]) -> list[Check]:
    """Support functions begin when a clinic tests, or when it has adjusted; and stuck cases reach the leadership."""
    wait = {name: one.final["queue_months"] for name, one in seen.items()}
    return [
        above(
            0,
            f"mean months at support functions, {en}",
            f"månader hos stödfunktionerna i snitt, {sv}",
            mean(wait["late"] - wait[name]),
        )
        for name, en, sv in (
            ("early", "late less early involvement", "sent minus tidigt inkopplade"),
            ("escalated", "without less with escalation", "utan minus med eskalering"),
        )
    ]


_FIVE = ("Västra Götaland", "Skåne", "Stockholm", "Halland", "Uppsala")


def _five(**sections: Any) -> Arm:
    begins = [{"region": name, "clinics": 10, "stage": "sustained"} for name in _FIVE]
    return arm(LET, months=48, innovations=ordinary(begins=begins), **sections)


@fact("O10", meeting=_five(actors={"national_network": {"members": _FIVE}}), apart=_five())
def a_national_network_carries_it(seen: Mapping[str, Seen]) -> list[Check]:
    """Five regions have begun and meet, and others join them; or nobody meets."""
    region, first = seen["apart"].region, (seen["apart"].used == 0).any(axis=0)
    others = ~np.isin(region, region[first])
    share = {name: (one.started[:, others] <= 48).mean(axis=1) for name, one in seen.items()}
    return [
        above(
            0,
            "share of clinics of the other 16 regions that has begun to try it in 48 months, meeting less not",
            "andel av enheterna i övriga 16 regioner som har börjat pröva inom 48 månader, med möten minus utan",
            mean(share["meeting"] - share["apart"]),
        )
    ]


def _funded(years: int, *, plan: bool = False) -> Arm:
    stages = [{"sek_per_year": 1e9, "months": 12 * years}]
    return arm(
        {"use": HELP, "levers": {"transition_plan": False}},
        months=72,
        actors={"funder": {"stages": stages, "transition_plan": plan}},
    )


@fact("O11", ended=_funded(2), lasting=_funded(6), handed_over=_funded(2, plan=True))
def what_is_not_anchored_disappears(seen: Mapping[str, Seen]) -> list[Check]:
    """Money for two years, for six, and for two with a part taken over: use after six."""
    kept = {name: one.at("sustained", 72) for name, one in seen.items()}
    return [
        above(
            0,
            f"sustained share at month 72, {en} less money for two years",
            f"varaktig användning månad 72, {sv} minus pengar i två år",
            mean(kept[name] - kept["ended"]),
        )
        for name, en, sv in (
            ("lasting", "money for six years", "pengar i sex år"),
            ("handed_over", "a part taken over", "en del övertagen"),
        )
    ]


@fact("O12", short=_with_actor(HELP, supplier={"clinics_per_month": 3}), ample=HELPED)
def demand_exceeds_capacity(seen: Mapping[str, Seen]) -> list[Check]:
    """The supplier can equip three clinics a month, or as many as want."""
    return [
        above(
            0,
            "reach at month 60, as many as want less three a month",
            "spridning månad 60, så många som vill minus tre i månaden",
            mean(seen["ample"].at("reach", 60) - seen["short"].at("reach", 60)),
        )
    ]


@fact("O13", studied=_with_actor(academia={"months": 12, "studies": 2}), unstudied=PLAIN)
def studies_convince_where_they_are_made(seen: Mapping[str, Seen]) -> list[Check]:
    """Two studies of a year each, from the time that ten clinics use it."""
    return [
        above(
            0,
            "share that has begun to try it in 60 months, studied less not",
            "andel som har börjat pröva inom 60 månader, med studier minus utan",
            mean(_begun(seen["studied"]) - _begun(seen["unstudied"])),
        )
    ]


@fact("O14", asked=_with_actor(HELP, innovation_support={"rule": "those_who_ask"}), by_lot=HELPED)
def support_that_is_asked_for_works_better(seen: Mapping[str, Seen]) -> list[Check]:
    """The same facilitators go to clinics that ask for them, or by lot."""
    return [
        above(
            0,
            "sustained share at month 60, to those that ask less by lot",
            "varaktig användning månad 60, till dem som ber om stöd minus efter lott",
            mean(seen["asked"].at("sustained", 60) - seen["by_lot"].at("sustained", 60)),
        )
    ]
