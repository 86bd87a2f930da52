"""The funder: how far the money goes, what happens when it ends, and what nobody pays for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model, same

from sim import scenario_file
from sim.errors import UserMistakes

REGIONS = {"Norrdal": 24, "Sörvik": 16}
TRAINING = {"one": {"use": "let_it_happen", "levers": {"training": 1}}}


def with_money(*stages: dict[str, Any], months: int = 24, **funder: Any) -> dict[str, Any]:
    """A year of training costs 40 x 20,000 SEK; these stages pay for it."""
    return {
        "clinics": {"regions": REGIONS},
        "months": months,
        "replicates": 3,
        "strategies": TRAINING,
        "actors": {"funder": {"stages": list(stages), **funder}},
    }


def test_enough_money_changes_nothing() -> None:
    """A funder who can pay for all that is wanted leaves every bit as it was."""
    rich = with_money({"sek_per_year": 1e9, "months": 24})
    plain = {key: value for key, value in rich.items() if key != "actors"}
    assert same(compared(**rich).strategies["one"], compared(**plain).strategies["one"])


def test_levers_shrink_to_what_the_money_buys() -> None:
    """With a quarter of the price a quarter of the training is given, and a quarter is what it costs."""
    made = with_money({"sek_per_year": 200_000, "months": 24})
    assert followed(model(**made), 1).world.levers.training.tolist() == [[0.25]] * 3
    np.testing.assert_allclose(compared(**made).strategies["one"].final["cost_levers_sek"], 400_000, rtol=1e-5)


def test_money_comes_in_stages() -> None:
    """A second stage that is twice as large buys twice as much from its first month."""
    made = model(**with_money({"sek_per_year": 2e5, "months": 6}, {"sek_per_year": 4e5, "months": 6}, months=12))
    levels = [float(followed(made, 1).world.levers.training[0, 0]) for _ in range(12)]
    assert levels == pytest.approx([0.25] * 6 + [0.5] * 6)


def test_a_stage_may_ask_for_reach() -> None:
    """Money that is paid out from half of the clinics on is not paid while two of forty use it."""
    waits = with_money({"sek_per_year": 1e6, "months": 24, "from_reach": 0.5}, months=6)
    assert followed(model(**waits), 6).world.levers.training.tolist() == [[0.0]] * 3


@pytest.mark.parametrize(("planned", "kept"), [(False, 0.0), (True, 0.5)])
def test_at_the_end_a_part_stays_where_it_was_planned(planned: bool, kept: float) -> None:
    """After the last stage ordinary operation keeps kept_after_funding of it, or nothing."""
    made = model(**with_money({"sek_per_year": 1e9, "months": 3}, transition_plan=planned))
    levels = [float(followed(made, 1).world.levers.training[0, 0]) for _ in range(5)]
    assert levels == pytest.approx([1, 1, 1, kept, kept])


def test_bought_time_is_paid_out_of_the_same_purse() -> None:
    """What the levers cost is what has been paid in, but for bought time in clinics that begin within a month."""
    chosen = with_money({"sek_per_year": 600_000, "months": 24})
    result = compared(**chosen | {"strategies": {"help": "help_it_happen"}}).strategies["help"]
    transition_plan = 2 * 150_000 * 2  # not bought: the region's own
    assert (result.final["cost_levers_sek"] - transition_plan <= 2 * 600_000 * 1.05).all()
    assert (result.final["cost_levers_sek"] - transition_plan > 0.9 * 2 * 600_000).all()


def mistakes(text: str, tmp_path: Path) -> list[str]:
    """What is wrong with a scenario."""
    file = tmp_path / "asked.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistakes) as caught:
        scenario_file.read(file)
    return [str(one).removeprefix(str(tmp_path) + "/") for one in caught.value.mistakes]


HEAD = """\
clinics: {regions: {Norrdal: 24, Sörvik: 16}}
innovations: {x: {}}
"""


def test_a_lever_that_nobody_pays_for_is_refused(tmp_path: Path) -> None:
    """With its line, what it costs and what there is."""
    asked = HEAD + (
        "actors: {funder: {stages: [{sek_per_year: 500000, months: 12}], pays_for: [training, visibility]}}\n"
        "strategies:\n  one:\n    use: let_it_happen\n    levers:\n      training: 1\n      meeting_places: 1\n"
    )
    assert mistakes(asked, tmp_path) == [
        (
            "asked.yaml:8: strategies.one.levers.training: training alone costs 800_000 SEK a year, and no stage of "
            "the funder has more than 500_000. Lower the lever, or give the funder more."
        ),
        (
            "asked.yaml:9: strategies.one.levers.meeting_places: nobody pays for meeting_places; the funder pays for "
            "training and visibility. Add meeting_places to pays_for of the funder, or set the lever to 0."
        ),
    ]


def test_negative_capacity_is_refused(tmp_path: Path) -> None:
    """With its line, among all other mistakes about actors."""
    asked = HEAD + (
        "strategies: {let: let_it_happen}\nactors:\n  innovation_support: {facilitators: -1, rule: luck}\n"
        "  funder:\n    stages: [{sek_per_year: -5, months: 0}]\n"
    )
    found = mistakes(asked, tmp_path)
    assert [one.split(":")[1] for one in found] == ["5", "5", "7", "7"]
    assert "facilitators: -1 is too low" in found[0] or "facilitators: -1 is too low" in found[1]
