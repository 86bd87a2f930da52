"""Months that have been simulated before come from the store that all commands share, and are not run again."""

from __future__ import annotations

from sim import experiment, plugin_host, store
from sim.scenario_file import ScenarioFile
from sim.store import shared
from sim.store.shared import Kept
from studio.forecasts import months
from studio.forecasts.months import SHARED, SPREAD, Months, followed


def remembered(source: ScenarioFile, strategy: str) -> Months:
    """A strategy month by month, from the store if it is there.

    Args:
        source: the scenario.
        strategy: one of its strategies.
    """
    found = shared.remembered(key_of(source, strategy), lambda: _kept(followed(source, strategy)))
    return _months(found, list(source.scenario.innovations))


def key_of(source: ScenarioFile, strategy: str) -> str:
    """Content key of one strategy of a scenario: whatever may change the months changes it."""
    rests_on = store.provenance(
        source.scenario, plugins=plugin_host.sources_of(source.scenario), inputs=experiment.inputs_of(source)
    )
    question = store.content_key(source.scenario, rests_on)
    return shared.key_of("months", code=(months,), question=question, strategy=strategy)


def _kept(found: Months) -> Kept:
    arrays = {"wage": found.wage, **{f"shared.{key}": series for key, series in found.shared.items()}}
    for name, own in found.innovations.items():
        arrays |= {f"innovation.{name}.{key}": series for key, series in own.items()}
    return Kept(arrays, {"clinics": found.clinics})


def _months(kept: Kept, names: list[str]) -> Months:
    return Months(
        kept.about["clinics"],
        kept.arrays["wage"],
        {key: kept.arrays[f"shared.{key}"] for key in SHARED},
        {name: {key: kept.arrays[f"innovation.{name}.{key}"] for key in SPREAD} for name in names},
    )
