"""The six stories of the workshop: on the real engine, their lesson shows in most possible worlds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import yaml

from sim import experiment, scenario_file
from sim.metrics import Comparison
from studio.cli import shipped
from studio.web.pages.start import STORIES

WORLDS = 24
MOST = 0.8
"""Share of the worlds in which a lesson must show; over fewer a conclusion is called open."""


def more(metric: str, a: str, b: str) -> Callable[[Comparison], float]:
    """Share of the worlds in which strategy a ends with more of a metric than b."""
    return lambda found: found.concluded(found.strategies[a], found.strategies[b], metric).worlds


def on_paper_when_it_is_lifted(found: Comparison) -> float:
    """Share of the worlds in which, the month before the lift, a larger part of the use is on paper by decree alone."""
    make, help_ = (found.strategies[name].curves for name in ("make", "help"))
    shares = [curves["nominal"][:, 41] / curves["reach"][:, 41] for curves in (make, help_)]
    return float((shares[0] > shares[1]).mean())


def wide_but_shallow(found: Comparison) -> float:
    """Share of the worlds in which less than every fifth clinic has it in ordinary operation by the network alone."""
    return float((found.strategies["network"].final["sustained"] < 0.2).mean())


LESSONS: dict[str, list[Callable[[Comparison], float]]] = {
    "pilot": [more("sustained", "own_results", "decision"), more("sustained", "owner", "decision")],
    "adaptation": [more("sustained", "guided", "copy"), more("sustained", "free", "copy")],
    "handover": [more("sustained", "handover", "project"), more("abandoned", "project", "handover")],
    "coordinator": [more("sustained", "structure", "persons")],
    "all_present": [wide_but_shallow, more("sustained", "at_home", "network")],
    "decree": [on_paper_when_it_is_lifted, more("sustained", "both", "make"), more("sustained", "both", "help")],
}


@pytest.mark.parametrize("story", STORIES)
def test_the_lesson_of_a_story_shows(story: str) -> None:
    """In at least four of five worlds."""
    found = experiment.run(shipped.stories()[story], replicates=WORLDS)
    assert [round(lesson(found), 2) for lesson in LESSONS[story] if lesson(found) < MOST] == []


def test_every_region_is_present_in_time() -> None:
    """In the story of the network, a typical world has users in most of the 21 regions at the end, few of them deep."""
    source = scenario_file.read(shipped.stories()["all_present"], {"replicates": 8})
    ready = experiment.prepare(source)
    users = np.zeros((8, len(ready.population)), bool)

    def look(model: experiment.SpreadModel, rows: slice, month: int) -> None:
        users[rows] = model.world.spreads[0].in_use

    ready.run([ready.schedules["network"]], watcher=look)
    regions = np.stack([users[:, ready.population.region == region].any(axis=1) for region in range(21)])
    assert np.median(regions.sum(axis=0)) >= 16


@pytest.mark.parametrize("story", STORIES)
def test_a_story_says_what_is_its_own(story: str) -> None:
    """A question first, references to the reports or the literature, and what is invented."""
    text = shipped.stories()[story].read_text(encoding="utf-8")
    assert text.splitlines()[1].endswith("?")
    assert "Invented:" in text
    assert ("A:" in text or "B:" in text) != ("From the literature" in text)
    assert set(yaml.safe_load(text)["title"]) == {"sv", "en"}
