"""Events: when they happen, in which worlds, and what they change; before them everything is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import LET, compared, followed, model, same

from sim import scenario_file
from sim.errors import UserMistakes
from sim.scenario import Scenario
from studio.reports import words
from studio.texts import load

HELP = {"help": "help_it_happen"}


def heard(event: dict[str, Any], months: int = 12, replicates: int = 5, **changes: Any) -> list[list[float]]:
    """Salience in every month and world after a tailwind of 1 for one month at this time."""
    made = model(events=[{**event, "tailwind": {"salience": 1, "months": 1}}], replicates=replicates, **changes)
    blown = []
    for _ in range(months):
        followed(made, 1)
        blown.append(np.broadcast_to(made.world.salience, (replicates, 1))[:, 0].tolist())
    return np.transpose(blown).tolist()


def test_by_date_is_by_month() -> None:
    """2025-04 is month 3 of a scenario that starts in 2025-01, in every world."""
    assert heard({"date": "2025-04"}) == heard({"month": 3}) == [[0, 0, 0, 1, *[0] * 8]] * 5


def test_by_reach_each_world_has_its_own_month() -> None:
    """It happens once, in the month after reach was met, at different months in different worlds."""
    quick = {"parameters": {"external_influence": 0.07, "peer_influence": 0.7}, "months": 60}
    made = model(events=[{"reach": 0.3, "tailwind": {"salience": 1, "months": 1}}], replicates=8, **quick)
    months, reached = np.full(8, -1), np.full(8, -1)
    for month in range(60):
        reach = made.world.spreads[0].in_use.mean(axis=1)
        reached = np.where((reached < 0) & (reach >= 0.3), month, reached)
        followed(made, 1)
        now = np.broadcast_to(made.world.salience, (8, 1))[:, 0] > 0
        assert (months[now] < 0).all()
        months = np.where(now, month, months)
    np.testing.assert_array_equal(months, reached)
    assert len(set(months.tolist()) - {-1}) > 2


def test_at_random_it_comes_as_often_as_it_says() -> None:
    """Twice a year over 20 years in 50 worlds is a Poisson number of mean 2000, less those that share a month."""
    times = _storms(2.0).sum()
    expected = 240 * 50 * (1 - np.exp(-2 / 12))
    assert abs(times - expected) < 4 * np.sqrt(expected)


def _storms(rate: float) -> Any:
    made = model(
        events=[{"rate": rate, "tailwind": {"salience": 1, "months": 1}}],
        replicates=50,
        months=240,
        clinics={"regions": {"Norrdal": 3}},
        innovations={"x": {}},
    )
    blown = np.zeros((240, 50))
    for month in range(240):
        followed(made, 1)
        blown[month] = np.broadcast_to(made.world.salience, (50, 1))[:, 0]
    return blown


def test_at_random_it_is_the_same_under_every_strategy_and_in_every_block() -> None:
    """A world's storms do not depend on strategy, on other worlds or on other events."""
    both = {**LET, **HELP}
    let = heard({"rate": 3})
    assert heard({"rate": 3}, strategies=both) == let
    assert heard({"rate": 3}, replicates=2) == let[:2]
    helped = model(events=[{"rate": 3, "tailwind": {"salience": 1, "months": 1}}], strategies=HELP, replicates=5)
    told = [np.broadcast_to(followed(helped, 1).world.salience, (5, 1))[:, 0].tolist() for _ in range(12)]
    assert np.transpose(told).tolist() == let


@pytest.mark.parametrize(
    "happens",
    [
        {"reorganisation": {"capacity": 0.3, "months": 6, "champions_leave": 1.0}},
        {"coordinator_leaves": {"months": 8}},
        {"funding_ends": {}},
        {"pandemic": {"capacity": 0.2, "months": 6}},
    ],
)
def test_before_an_event_everything_is_as_it_was(happens: dict[str, Any]) -> None:
    """Until its month every curve is that of the scenario without it, and then it is not."""
    busy = {"months": 36, "replicates": 10, "strategies": HELP, "parameters": {"external_influence": 0.07}}
    plain = compared(**busy).strategies["help"]
    struck = compared(**busy, events=[{"month": 14, **happens}]).strategies["help"]
    assert same(plain, struck, months=14)
    assert not same(plain, struck, months=36)


def test_a_random_event_leaves_the_months_before_it_as_they_were() -> None:
    """Worlds in which it has not happened yet are bit for bit those of the scenario without it."""
    busy = {"replicates": 12, "strategies": HELP}
    plain, struck = model(**busy), model(**busy, events=[{"rate": 0.4, "funding_ends": {}}])
    for _ in range(24):
        depths = [followed(made, 1).world.spreads[0].depth for made in (plain, struck)]
        untouched = ~np.broadcast_to(struck.world.happened.get("funding_ends", np.zeros((1, 1), bool)), (12, 1))[:, 0]
        np.testing.assert_array_equal(depths[0][untouched], depths[1][untouched])
    assert 0 < untouched.sum() < 12
    assert not np.array_equal(*depths)


def test_a_reorganisation_strikes_its_region() -> None:
    """There slack falls to the share that is left and champions leave; elsewhere all is as before."""
    redrawn = {"capacity": 0.4, "months": 3, "champions_leave": 1.0, "region": "Norrdal"}
    made = followed(model(events=[{"month": 2, "reorganisation": redrawn}]), 3)
    slack = made.world.slack / made.world.attributes.slack
    np.testing.assert_allclose(slack[:, :12], 0.4, rtol=1e-6)
    np.testing.assert_allclose(slack[:, 12:], 1, rtol=1e-6)
    assert made.world.spreads[0].champion_lost[:, :12].any()


@pytest.mark.parametrize(("plan", "kept"), [(False, 0.4), (True, 0.9)])
def test_what_is_documented_goes_on_without_the_coordinator(plan: bool, kept: float) -> None:
    """While the post is vacant common support shrinks to 0.4, or to 0.9 with early structure; then it is back."""
    levers = {"training": 1, "transition_plan": plan}
    made = model(
        events=[{"month": 2, "coordinator_leaves": {"months": 2}}],
        strategies={"one": {"use": "let_it_happen", "levers": levers}},
    )
    levels = [float(followed(made, 1).world.levers.training[0, 0]) for _ in range(5)]
    assert levels == pytest.approx([1, 1, kept, kept, 1])


def test_a_phase_may_wait_for_an_event_at_random() -> None:
    """Each world comes to the next phase when the event has happened there."""
    phases = [{"until": {"event": "tailwind"}}, {"levers": {"training": 1}}]
    made = model(events=[{"rate": 1, "tailwind": {"salience": 0, "months": 1}}], strategies={"p": {"phases": phases}})
    levels = np.array([np.broadcast_to(followed(made, 1).world.levers.training, (5, 1))[:, 0] for _ in range(24)])
    assert (np.diff(levels, axis=0) >= 0).all()
    assert len({int(column.argmax()) for column in levels.T}) > 2


def refused(events: str, tmp_path: Path) -> list[str]:
    """What is wrong with these events."""
    file = tmp_path / "asked.yaml"
    text = f"start: 2025-01\nstrategies: {{let: let_it_happen}}\ninnovations: {{x: {{}}}}\nevents:\n{events}"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistakes) as caught:
        scenario_file.read(file)
    return [str(one).removeprefix(f"{tmp_path}/") for one in caught.value.mistakes]


def test_an_event_before_the_start_or_after_the_end_is_refused(tmp_path: Path) -> None:
    """With its line, whether it is written as a date or a month."""
    found = refused(
        "  - {date: 2024-11, mandate_lifts: {}}\n  - {date: 2031-01, mandate_lifts: {}}\n"
        "  - {month: 60, mandate_lifts: {}}\n",
        tmp_path,
    )
    assert found == [
        "asked.yaml:5: events.1.date: 2024-11 comes before the start, 2025-01. Write a month from 2025-01 on.",
        (
            "asked.yaml:6: events.2.date: month 72 comes after the last month, 59 (months: 60, counted from 0). "
            "Write an earlier one."
        ),
        (
            "asked.yaml:7: events.3.month: month 60 comes after the last month, 59 (months: 60, counted from 0). "
            "Write 59 or less."
        ),
    ]


def test_an_event_at_two_times_is_refused(tmp_path: Path) -> None:
    """Exactly one way to say when."""
    assert refused("  - {month: 3, rate: 0.5, mandate_lifts: {}}\n", tmp_path) == [
        "asked.yaml:5: events.1: month and rate in one entry. Write exactly one of month, date, reach, rate."
    ]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_event_can_be_told(language: Any) -> None:
    """In words, with when it happens, in the order of the months; those without a month come last."""
    events = [
        {"rate": 0.5, "reimbursement_changes": {"reimbursed": 0.5}},
        {"month": 9, "coordinator_leaves": {"months": 3}},
        {"date": "2025-03", "reorganisation": {"capacity": 0.5, "months": 6, "region": "Norrdal"}},
        {"reach": 0.2, "mandate_lifts": {}},
    ]
    base = {"innovations": {"x": {}}, "strategies": LET, "events": events}
    told = words.events(Scenario.model_validate(base), load(language))
    assert [when.split()[-1] for when, _ in told[:2]] == ["2", "9"]
    assert len(told) == 4
    assert all("{" not in text for pair in told for text in pair)
