"""The model's own paper, sim/README.md: its tables are those of the model."""

from __future__ import annotations

import re

import pytest

from sim import evidence
from sim.facts import claims, paper

TEXT = paper.PAPER.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", paper.tables())
def test_the_tables_of_the_paper_are_fresh(name: str) -> None:
    """The month, the parameters and the validation are the model's; `make paper` writes them anew."""
    found = re.search(rf"<!-- {name} -->\n\n(.*?)\n\n<!-- /{name} -->", TEXT, re.DOTALL)
    assert found, f"the paper has no place for the table {name}"
    assert found[1] == paper.tables()[name], "Write make paper"


def test_nothing_is_left_out_of_the_paper() -> None:
    """Every parameter that the model reads and every claim that is run or waits stands in it."""
    assert [name for name, one in evidence.defaults().items() if one.used and f"`{name}`" not in TEXT] == []
    assert [c.id for c in claims().values() if c.kind != "same" and f"| {c.id} |" not in TEXT] == []


def test_the_seven_elements_of_odd_are_there() -> None:
    """Purpose to submodels, in the order of the protocol (Grimm et al. 2020)."""
    headings = re.findall(r"^## \d+\. (.*)$", TEXT, re.MULTILINE)
    assert headings[:7] == [
        "Purpose and patterns",
        "Entities, state variables, and scales",
        "Process overview and scheduling",
        "Design concepts",
        "Initialization",
        "Input data",
        "Submodels",
    ]
