"""Uppsala: prototypes of companies are evaluated by those who would use them, and managers learn to lead change.

A prototype passes application, triage, decision, test and report before clinics are offered it. The test is of
usability only; it is done at the training centre or in a clinic, and a place that is tested in shapes what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugins.uppsala.evaluation import REPORTED, PrototypeEvaluation
from plugins.uppsala.learning import ManagerTraining, StructuredDialogue
from plugins.uppsala.needs import NeedFinding
from plugins.uppsala.picture import where_it_fits
from plugins.uppsala.settings import UppsalaSettings
from sim.api import Fact, Figure, Mechanism, Metric, Preset, Spread, Strategy, Text, World, hookimpl


@hookimpl
def innomotor_settings() -> type[UppsalaSettings]:
    """The region's ways, each to be switched on and off."""
    return UppsalaSettings


@hookimpl
def innomotor_mechanisms(settings: UppsalaSettings) -> Sequence[type[Mechanism]]:
    """Those that the settings switch on."""
    chosen: Mapping[type[Mechanism], bool] = {
        PrototypeEvaluation: settings.evaluate != "nowhere",
        NeedFinding: settings.shadowing,
        ManagerTraining: settings.manager_training,
        StructuredDialogue: settings.dialogue,
    }
    return [kind for kind, on in chosen.items() if on]


@hookimpl
def innomotor_strategies() -> Mapping[str, Strategy]:
    """Help, for what comes out of the evaluation."""
    return {"evaluated": Strategy(use=Preset.HELP)}


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """How soon there is a report, how many are turned away, and how well it fits those that did not test it."""
    months = Text(sv="månader", en="months")
    evaluated = ("step", "applied", "reported", "host", "times_away")
    reads = frozenset({"fit", *(f"uppsala_{state}" for state in evaluated)})
    return [
        Metric(
            name="months_to_application",
            title=Text(sv="Månader till ansökan", en="Months to the application"),
            unit=months,
            meaning=Text(
                sv="Månad då företaget först hittade till formuläret och ansökte; > betyder att det aldrig gjorde det.",
                en="Month in which the company first found the form and applied; > means that it never did.",
            ),
            of=_months_to_application,
            reads=reads,
            more_is_better=False,
        ),
        Metric(
            name="months_to_report",
            title=Text(sv="Månader till rapport", en="Months to the report"),
            unit=months,
            meaning=Text(
                sv="Månad då prototypens utvärdering var klar; > betyder att den aldrig blev det.",
                en="Month in which the prototype's evaluation was done; > means that it never was.",
            ),
            of=_months_to_report,
            reads=reads,
            more_is_better=False,
        ),
        Metric(
            name="turned_away",
            title=Text(sv="Avvisade i triagen", en="Turned away in triage"),
            unit=Text(sv="gånger", en="times"),
            meaning=Text(
                sv="Hur ofta prototypen avvisades för att den inte svarade mot ett verkligt behov.",
                en="How often the prototype was turned away since it did not answer to a real need.",
            ),
            of=_turned_away,
            reads=reads,
            more_is_better=False,
        ),
        Metric(
            name="fit_elsewhere",
            title=Text(sv="Passform hos andra", en="Fit elsewhere"),
            unit=Text(sv="0–1", en="0-1"),
            meaning=Text(
                sv="Medelpassform i de enheter där prototypen inte testades.",
                en="Mean fit in the clinics in which the prototype was not tested.",
            ),
            of=_fit_elsewhere,
            reads=reads,
            more_is_better=True,
        ),
    ]


def _months_to_report(world: World) -> NDArray[np.float64]:
    done = [
        np.where(_of(one, "uppsala_step", world) == REPORTED, _of(one, "uppsala_reported", world), np.inf)[:, 0]
        for one in world.spreads
    ]
    mean: NDArray[np.float64] = np.mean(done, axis=0, dtype=np.float64)
    return mean


def _months_to_application(world: World) -> NDArray[np.float64]:
    first = [_of(one, "uppsala_applied", world)[:, 0] for one in world.spreads]
    whole: NDArray[np.float64] = np.mean([np.where(month < 0, np.inf, month) for month in first], axis=0)
    return whole.astype(np.float64)


def _turned_away(world: World) -> NDArray[np.float64]:
    away = [_of(one, "uppsala_times_away", world)[:, 0] for one in world.spreads]
    mean: NDArray[np.float64] = np.mean(away, axis=0, dtype=np.float64)
    return mean


def _fit_elsewhere(world: World) -> NDArray[np.float64]:
    others = np.stack([_of(one, "uppsala_host", world) == 0 for one in world.spreads])
    fit = np.stack([np.broadcast_to(one.fit, world.shape) for one in world.spreads])
    mean: NDArray[np.float64] = (fit * others).sum(axis=(0, 2), dtype=np.float64) / np.maximum(
        others.sum(axis=(0, 2)), 1
    )
    return mean


def _of(spread: Spread, state: str, world: World) -> NDArray[Any]:
    """A state of the evaluation; nothing under a strategy that evaluates nowhere."""
    return np.asarray(getattr(spread, state, np.zeros(world.shape, np.float32)))


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """Fit elsewhere beside the time that the test took."""
    return [where_it_fits()]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the region has learnt must show in the plugin's own scenario."""
    return [
        Fact(
            id="the_centre_fits_elsewhere",
            claim=Text(
                sv="Det som testats på träningscentret passar bättre hos andra än det som testats i en klinik.",
                en="What was tested at the training centre fits others better than what was tested in a clinic.",
            ),
            source="A:1016-1023",
            metric="uppsala.fit_elsewhere",
            more="centre",
            less="in_a_clinic",
        ),
        Fact(
            id="ST21",
            claim=Text(
                sv="Ersättning för klinikens tid gör att utvärderingen i klinik blir klar tidigare.",
                en="Paying the clinic for its time makes the evaluation in a clinic come to an end sooner.",
            ),
            source="A:5284-5290, A:881-884",
            metric="uppsala.months_to_report",
            more="unpaid",
            less="in_a_clinic",
        ),
        Fact(
            id="companies_do_not_find_the_form",
            claim=Text(
                sv="Utan upprepad information hittar företagen senare till formuläret.",
                en="Without repeated information companies find the form later.",
            ),
            source="A:935-937",
            metric="uppsala.months_to_application",
            more="silent",
            less="centre",
        ),
        Fact(
            id="shadowing_meets_needs",
            claim=Text(
                sv="Skuggning gör att färre prototyper avvisas för att de saknar ett verkligt behov.",
                en="Shadowing makes fewer prototypes be turned away for want of a real need.",
            ),
            source="A:939-943",
            metric="uppsala.turned_away",
            more="centre",
            less="shadowed",
        ),
    ]
