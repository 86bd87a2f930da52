"""Initiatives that build on one another, and what several of them cost a clinic together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import compared, everything_but, followed, model

from sim import scenario_file
from sim.errors import UserMistakes
from sim.world import Stage

REGIONS = {"Norrdal": 12, "Sörvik": 8}
MAKE = {"make": {"use": "make_it_happen"}}


def everywhere(stage: str, *regions: str, **changes: Any) -> dict[str, Any]:
    """An innovation that every clinic of these regions has begun with; by default every clinic."""
    begins = [{"region": region, "clinics": REGIONS[region], "stage": stage} for region in regions or REGIONS]
    return {"begins": begins, **changes}


@pytest.mark.parametrize("strategies", [{"let": "let_it_happen"}, MAKE], ids=["let", "make"])
def test_nobody_begins_without_what_it_builds_on(strategies: dict[str, Any]) -> None:
    """Where the journal is not in use nobody begins with the app, of own accord or by order; where it is, some do."""
    innovations = {"app": {"requires": ["journal"]}, "journal": everywhere("sustained", "Norrdal")}
    quiet = {"external_influence": 0.07, "pipeline_external": 2.0, "return_after_abandonment": 0.05}
    chosen = {"innovations": innovations, "strategies": strategies, "parameters": quiet, "replicates": 20}
    made = followed(model(**chosen, mechanisms={"off": ["abandonment"]}), 12)
    app, journal = made.world.spreads
    without = (journal.stage < Stage.USING) & (app.stage != Stage.UNAWARE)
    assert (app.stage[without] == Stage.AWARE).all()
    assert (app.stage[~without] > Stage.AWARE).any()


def test_use_in_name_only_is_nothing_to_build_on() -> None:
    """A journal that is used on paper does not let the app begin."""
    made = model(innovations={"app": {"requires": ["journal"]}, "journal": everywhere("using")})
    made.world.spreads[1].nominal[:, :5] = True
    app = followed(made, 1).world.spreads[0]
    assert (app.start_hazard[:, :5] == 0).all()
    assert (app.start_hazard[:, 5:] > 0).any()


def test_time_is_bought_once_for_a_clinic() -> None:
    """Where three innovations wait at support functions, a month of bought time is what it is for one of them."""
    waiting = {name: everywhere("testing", obstacles={"it": 4000}) for name in "abc"}
    bought = {"one": {"use": "let_it_happen", "levers": {"protected_time": 0.02}}}
    paid = {}
    for names in ("a", "ab", "abc"):
        innovations = {name: waiting[name] for name in names}
        made = model(
            innovations=innovations, strategies=bought, mechanisms=everything_but("obstacles", "work"), replicates=2
        )
        followed(made, 1)
        hours = 0.02 * float(made.world.attributes.hours.sum(dtype=float))
        paid[names] = sum(spread.amounts["cost_levers_sek"] for spread in made.world.spreads)
        np.testing.assert_allclose(paid[names], hours * 450, rtol=1e-5)


def test_equipment_is_bought_on_paper_too() -> None:
    """Every clinic that has come to use it in name only has paid what it costs to begin."""
    paper = {"superficial_share": 0.65, "mandate_effect": 12.0, "internalisation": 0.0}
    made = compared(
        innovations={"x": {"cost": {"start_sek": 1000}}},
        strategies=MAKE,
        parameters=paper,
        mechanisms=everything_but("mandate", "internalisation", "readiness"),
        replicates=10,
    )
    result = made.strategies["make"]
    nominal = np.rint(result.curves["nominal"][:, -1] * 20)
    assert nominal.any()
    np.testing.assert_allclose(result.final["cost_innovation_sek"], nominal * 1000)


def refused(text: str, tmp_path: Path) -> list[str]:
    """What is wrong with these innovations."""
    file = tmp_path / "asked.yaml"
    file.write_text(f"strategies: {{let: let_it_happen}}\ninnovations:\n{text}", encoding="utf-8")
    with pytest.raises(UserMistakes) as caught:
        scenario_file.read(file)
    return [str(one).removeprefix(f"{tmp_path}/") for one in caught.value.mistakes]


def test_a_circle_of_prerequisites_is_refused(tmp_path: Path) -> None:
    """Once, with the line of the first of them and the way round."""
    found = refused("  a: {requires: [b]}\n  b: {requires: [c]}\n  c:\n    requires: [a]\n", tmp_path)
    told = "a requires b requires c requires a, so that none of them can ever begin. Take one of them out."
    assert found == [f"asked.yaml:3: innovations.a.requires: {told}"]


def test_a_prerequisite_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """With the line and what was probably meant; requiring oneself is a circle of one."""
    assert refused("  journal: {}\n  app: {requires: [jurnal, app]}\n", tmp_path) == [
        (
            "asked.yaml:4: innovations.app.requires.1: unknown innovation 'jurnal'. Did you mean 'journal'? "
            "Possible: journal and app."
        ),
        "asked.yaml:4: innovations.app.requires: app requires itself, so that it can never begin. Take app out.",
    ]
