"""Nollvision Cancer: a test bed whose money ends, screening that must reach those at high risk, and standing abroad.

Fear of contact between care and industry, an ethical framework and threatened roles are the model's own, which a
scenario names beside this plugin. It asks what survives when the funding ends. Every number is an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence

from plugins.nollvision_cancer import outcomes
from plugins.nollvision_cancer.settings import CancerSettings
from plugins.nollvision_cancer.testbed import HighRisk, Legitimacy, SharedTests, TestBed
from sim.api import Fact, Figure, Mechanism, Metric, Text, hookimpl


@hookimpl
def innomotor_settings() -> type[CancerSettings]:
    """The test bed's money, how high-risk groups are sought, and standing abroad."""
    return CancerSettings


@hookimpl
def innomotor_mechanisms(settings: CancerSettings) -> Sequence[type[Mechanism]]:
    """Those that the settings switch on."""
    always: list[type[Mechanism]] = [TestBed, SharedTests, HighRisk]
    return [*always, Legitimacy] if settings.international else always


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """What is left of the test bed, and whom screening reaches."""
    return outcomes.METRICS


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """What survives."""
    return [outcomes.FIGURE]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the evaluation tells must show in the plugin's own scenario."""
    return [
        Fact(
            id="idling_keeps_it_alive",
            claim=Text(
                sv="På sparlåga finns mer kvar av testbädden än om den stänger.",
                en="Idling leaves more of the test bed than closing does.",
            ),
            source="B:3085-3086",
            metric="nollvision_cancer.survives",
            more="idles",
            less="closes",
        ),
        Fact(
            id="structure_bears_a_new_coordinator",
            claim=Text(
                sv="Med struktur från början bromsar ett byte av koordinator testbädden mindre.",
                en="With structure from the start a change of coordinator slows the test bed less.",
            ),
            source="B:1192-1204, B:1222-1224 (ST9)",
            metric="nollvision_cancer.service",
            more="structured",
            less="idles",
        ),
    ]
