"""A traced clinic is the clinic of the whole run, and its factors are those of its hazard."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from builders import model, source

from sim.errors import UserMistakes
from sim.tracing import trace
from sim.world import Stage

QUESTION: dict[str, Any] = {
    "months": 36,
    "replicates": 6,
    "strategies": {"let": "let_it_happen", "help": "help_it_happen", "make": "make_it_happen"},
    "innovations": {"b": {"begins": {"region": "Norrdal", "clinics": 2}, "obstacles": {"it": 8}}, "a": {}},
    "parameters": {"external_influence": 0.3},
    "uncertain": {"peer_influence": {"uniform": [0.3, 0.6]}, "test_months": {"uniform": [1, 6]}},
    "events": [{"month": 8, "pandemic": {"capacity": 0.5, "months": 4}}],
}


@pytest.mark.parametrize("strategy", ["let", "help", "make"])
def test_the_traced_history_is_that_of_the_whole_run(strategy: str) -> None:
    """Stage and depth of clinics of replicate 4, traced alone, equal those in a block of six replicates."""
    whole = model(strategy=strategy, **QUESTION)
    spread = next(one for one in whole.world.spreads if one.name == "b")
    stages, depths = [spread.stage[4].copy()], [spread.depth[4].copy()]
    for _ in range(36):
        whole.step()
        stages.append(spread.stage[4].copy())
        depths.append(spread.depth[4].copy())
    changed = 0
    for place in (0, 5, 13, 19):
        found = trace(source(**QUESTION), strategy, 4, whole.world.population.names[place], innovation="b")
        assert [row["stage"] for row in found.months] == [Stage(int(row[place])).name.lower() for row in stages]
        assert [row["depth"] for row in found.months] == [float(row[place]) for row in depths]
        changed += len(found.changes)
    assert changed > 0


MEETS: dict[str, Any] = {
    "threatens": 0.5,
    "pocket": {"cost_borne": 1, "gain_kept": 0.4},
    "company": {},
    "existing_network": 0.5,
}
"""An innovation that meets all that holds starts back or brings them forward."""


@pytest.mark.parametrize(
    ("strategy", "changes"),
    [
        ("let", {}),
        ("help", {}),
        ("make", {}),
        ("let", {"innovations": {**QUESTION["innovations"], "a": MEETS}, "actors": {"patients": {"share": 1}}}),
        ("let", {"innovations": {**QUESTION["innovations"], "a": {"requires": ["b"]}}}),
    ],
)
def test_the_factors_multiply_to_the_hazard(strategy: str, changes: dict[str, Any]) -> None:
    """While it waits, sum of the influences times the product of the factors is the start hazard, month by month."""
    found = trace(source(**QUESTION | changes), strategy, 0, "Norrdal 03")
    waiting = [row for before, row in pairwise(found.months) if before["stage"] == "aware"]
    assert waiting
    for row in waiting:
        influence = sum(value for name, value in row.items() if name.startswith("influence_"))
        factors = np.prod([value for name, value in row.items() if name.startswith("factor_")])
        assert row["start_hazard"] == pytest.approx(influence * factors, rel=1e-5)
        assert row["monthly_chance"] == pytest.approx(1 - np.exp(-row["start_hazard"] / 0.35 / 12), rel=1e-5)


def test_changes_and_table_tell_the_same() -> None:
    """A change of stage is a month whose stage differs from the month before; the table has a row a month."""
    found = trace(source(**QUESTION), "make", 1, "Sörvik 02")
    table = found.table()
    assert list(table.index) == list(range(37))
    assert [month for month, _, _ in found.changes] == [
        t for t in range(1, 37) if table["stage"][t] != table["stage"][t - 1]
    ]
    assert found.innovation == "a"
    assert (found.clinic, found.region) == ("Sörvik 02", "Sörvik")


def test_what_held_back_is_beside_the_mean_clinic() -> None:
    """Slowest first; over the clinics the causes are 1 on average, so what everybody lacks is nobody's own brake."""
    found = trace(source(**QUESTION), "let", 0, "Norrdal 07")
    held = found.held_back()
    assert list(held.values()) == sorted(held.values())
    assert {"influence", "readiness", "champion", "time"} <= set(held)
    waiting = [row for row in found.months[1:] if row["stage"] == "aware"]
    ratios = [row["factor_readiness"] / row["usual"]["factor_readiness"] for row in waiting]
    assert held["readiness"] == pytest.approx(np.mean(ratios))


def test_a_clinic_without_a_champion_is_held_back_by_that() -> None:
    """Among clinics that waited, those without a champion show it as a brake, and those with one do not."""
    question = source(**QUESTION)
    seen = set()
    for number in range(1, 9):
        found = trace(question, "let", 0, f"Norrdal {number:02}")
        waiting = [row["champion"] for row in found.months[1:] if row["stage"] == "aware"]
        if waiting and len(set(waiting)) == 1:
            seen.add(waiting[0])
            assert (found.held_back()["champion"] > 1) == waiting[0]
    assert seen == {True, False}


def test_what_an_innovation_meets_is_among_the_causes() -> None:
    """Each has a factor of its own: 1 beside the mean clinic where all meet it, above and below it where some do."""
    question = source(**QUESTION | {"innovations": {"a": MEETS}})
    held = [trace(question, "let", 0, f"Norrdal {number:02}").held_back() for number in range(1, 11)]
    would = [one for one in held if one["clinic_and_innovation"] > 0]
    assert would
    for one in would:
        assert one["wrong_pocket"] == pytest.approx(1)
        assert one["contact_fear"] == pytest.approx(1)
    for cause in ("existing_network", "threatened_roles"):
        assert min(one[cause] for one in would) < 1 < max(one[cause] for one in would)


def test_a_clinic_that_lacks_what_is_required_cannot_start() -> None:
    """Its factor is 0 until it uses what the innovation builds on."""
    question = source(**QUESTION | {"innovations": {**QUESTION["innovations"], "a": {"requires": ["b"]}}})
    found = trace(question, "let", 0, "Sörvik 02", innovation="a")
    assert found.months[1]["factor_prerequisites"] == 0
    assert found.held_back()["prerequisites"] < 1


def test_every_hazard_of_the_clinic_is_recorded() -> None:
    """Under a mandate the hazards of starting, complying and giving up stand side by side while their clocks run."""
    rows = trace(source(**QUESTION), "make", 0, "Norrdal 07").months[1:]
    aware = [row["hazard_start"] for row in rows if row["stage"] == "aware"]
    assert all(hazard >= 0 for hazard in aware if not np.isnan(hazard))
    assert any(row["hazard_mandate"] > 0 for row in rows)
    assert {"hazard_abandonment", "hazard_champion_turnover"} <= set(rows[-1])


def test_advisers_are_whom_the_clinic_listens_to() -> None:
    """Their weights sum to 1, less what is lost across regions, and those that began were in use from the start."""
    found = trace(source(**QUESTION), "let", 0, "Norrdal 03", innovation="b")
    weight = sum(one.weight for one in found.advisers)
    assert 0.7 - 1e-5 <= weight <= 1 + 1e-5
    whole = model(**{**QUESTION, "replicates": 1})
    begun = whole.world.spreads[1].in_use[0]
    names = {str(whole.world.population.names[k]) for k in np.flatnonzero(begun)}
    assert all((one.in_use_from == 0) == (one.name in names) for one in found.advisers)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("lett", 0, "Norrdal 03"), "Did you mean 'let'?"),
        (("let", 6, "Norrdal 03"), "from 0 to 5"),
        (("let", -1, "Norrdal 03"), "from 0 to 5"),
        (("let", 0, "Norrdal 3"), "Did you mean 'Norrdal 0"),
        (("let", 0, "Norrdal 03", "c"), "there is no innovation 'c'"),
    ],
)
def test_what_is_not_there_is_told_kindly(arguments: tuple[Any, ...], says: str) -> None:
    """An unknown strategy, replicate, clinic or innovation is the user's mistake, with a remedy."""
    with pytest.raises(UserMistakes, match=says):
        trace(source(**QUESTION), *arguments)


def test_with_no_cause_changed_it_starts_when_it_did() -> None:
    """A cause that was as usual all along does not move the start, and luck is the hazard that the start took."""
    moved = 0
    for clinic in ("Norrdal 03", "Norrdal 05", "Norrdal 07", "Norrdal 09"):
        found = trace(source(**QUESTION), "let", 0, clinic)
        first = next((month for month, before, after in found.changes if (before, after) == ("aware", "testing")), None)
        assert found.start_as_usual_in("season") == first
        moved += first is not None
        slower = [cause for cause, ratio in found.held_back().items() if ratio < 0.9]
        for cause in slower:
            sooner = found.start_as_usual_in(cause)
            assert first is None or sooner is None or sooner <= first + 1
    assert moved
