"""Figures are read as they are meant, and every mistake is told with its line."""

from __future__ import annotations

import numpy as np
import pytest

from sim import experiment, observed
from sim.errors import UserMistakes
from tests.builders import source

GOOD = "month,in_use_clinics\n1,2\n2,3\n3,5\n"


@pytest.fixture(scope="module")
def clinics():
    return experiment.prepare(source(start="2025-01"), threads=1).population


@pytest.fixture
def read(tmp_path, clinics):
    def reading(text):
        file = tmp_path / "figures.csv"
        file.write_text(text, encoding="utf-8")
        return observed.read(file, source(start="2025-01").scenario, clinics)

    return reading


def mistakes(read, text):
    with pytest.raises(UserMistakes) as caught:
        read(text)
    return caught.value.mistakes


def test_figures_are_clinics_of_all(read):
    """Shares, percentages and counts are the same figures, whatever they are called."""
    counts = read(GOOD)
    shares = read("month,in_use\n1,0.1\n2,0.15\n3,0.25\n")
    percent = read("månad;i_bruk_procent\n1;10,0\n2;15 %\n3;25\n")
    assert counts.clinics.tolist() == [2, 3, 5]
    assert shares.clinics == pytest.approx(counts.clinics)
    assert percent.clinics == pytest.approx(counts.clinics)
    assert counts.kind == "in_use"
    assert counts.shares == pytest.approx([0.1, 0.15, 0.25])


def test_a_calendar_month_is_its_end(read):
    """A figure of the first month is what the model shows after one month, and one of a year after twelve."""
    assert read("month,cumulative\n2024-12,0\n2025-01,0.1\n2025-03-31,0.2\n").months.tolist() == [0, 1, 3]
    assert read("year,cumulative\n2024,0\n2025,0.1\n2026,0.4\n").months.tolist() == [0, 12, 24]


def test_regions_are_found_however_they_are_written(read):
    """Figures by region are parts of that region's clinics, and the total is theirs together."""
    found = read(
        "region,month,in_use_clinics\nRegion Norrdal,1,3\nNorrdal ,2,3\nNorrdal,3,6\nSörvik,3,2\n".replace(
            "Region ", ""
        )
    )
    assert found.regions == ("Norrdal", "Sörvik")
    assert found.of.tolist() == [12, 12, 12, 8]
    months, shares = found.total()
    assert months.tolist() == [3]
    assert shares == pytest.approx([8 / 20])


def test_months_without_a_figure_are_named_and_left_alone(read):
    """A gap is no mistake: it is told with its months and the line after it, and nothing is filled in."""
    found = read("month,in_use_clinics\n1,2\n2,2\n3,3\n7,5\n8,6\n")
    assert [(gap.first, gap.last, gap.line) for gap in found.gaps] == [(4, 6, 5)]
    assert len(found.months) == 5
    assert found.until(3).gaps == ()


def test_yearly_figures_have_no_gaps(read):
    """A gap is seen from the usual distance between figures."""
    assert read("month,in_use_clinics\n0,2\n6,2\n12,3\n").gaps == ()


def test_an_empty_cell_is_told(read):
    """A line without its figure is a mistake, since nobody can tell whether it is none or not known."""
    (one,) = mistakes(read, "month,in_use_clinics\n1,2\n2,\n3,5\n")
    assert (one.line, one.place, one.found) == (3, "in_use_clinics", "an empty cell")


def test_a_month_twice_is_told(read):
    """The second line of a month names the first."""
    (one,) = mistakes(read, "month,in_use_clinics\n1,2\n2,3\n2,4\n3,5\n")
    assert (one.line, one.found) == (4, "the same month as in line 3")


def test_months_out_of_order_are_told(read):
    """A line that lies before the one above it names it."""
    (one,) = mistakes(read, "month,in_use_clinics\n1,2\n3,3\n2,4\n")
    assert (one.line, one.found) == (4, "earlier than line 3")


def test_what_has_ever_been_used_cannot_fall(read):
    """A cumulative series that falls is told with both lines; a series of current use may fall."""
    falling = "month,{}\n1,0.2\n2,0.5\n3,0.4\n"
    (one,) = mistakes(read, falling.format("cumulative"))
    assert one.line == 4
    assert "falls below line 3" in one.found
    assert read(falling.format("in_use")).clinics.tolist() == [4, 10, 8]


@pytest.mark.parametrize(
    ("text", "found", "remedy"),
    [
        ("month,in_use\n1,0.2\n2,12\n3,0.4\n", "12 is a share above 1", "in_use_percent"),
        ("month,in_use_percent\n1,2\n2,120\n3,4\n", "120 is over 100 %", "in_use_clinics"),
        ("month,cumulative_clinics\n1,2\n2,21\n3,22\n", "21 clinics where the scenario has 20", "all your clinics"),
        ("month,in_use\n1,0.2\n2,-0.1\n3,0.4\n", "-0.1 is below 0", "0 or more"),
        ("month,in_use\n1,0.2\n2,many\n3,0.4\n", "'many' is not a number", "such as 0.12"),
        ("month,in_use\n1,0.2\n2,nan\n3,0.4\n", "'nan' is not a number", "such as 0.12"),
    ],
)
def test_impossible_figures_are_told(read, text, found, remedy):
    """A figure that cannot be is told with what it probably is instead."""
    first = mistakes(read, text)[0]
    assert (first.line, first.found) == (3, found)
    assert remedy in first.remedy


def test_other_regions_are_told(read):
    """A region that the scenario does not have is told, with the one that was probably meant."""
    (near, far) = mistakes(read, "region,month,in_use_clinics\nNordal,1,3\nNorrdal,2,3\nSkåne,3,6\n")
    assert (near.line, near.remedy) == (2, "Did you mean 'Norrdal'?")
    assert (far.line, far.remedy) == (4, "The scenario has Norrdal, Sörvik")


def test_too_few_months_are_told(read):
    """Two months say neither pace nor change; so say it rather than give a posterior."""
    (one,) = mistakes(read, "month,in_use_clinics\n1,2\n2,3\n")
    assert one.found == "2 months with figures"
    assert mistakes(read, "month,in_use_clinics\n")[0].found == "0 months with figures"


def test_months_outside_the_scenario_are_told(read):
    """Figures from before the start or after the end name what to change in the scenario."""
    early, late = mistakes(read, "month,in_use_clinics\n2024-11,2\n2025-02,3\n2027-02,4\n")
    assert "start: 2025-01" in early.remedy
    assert "months: 24" in late.remedy


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("month,users", "unknown column 'users'"),
        ("month,in_use,cumulative", "in_use and cumulative"),
        ("in_use,region", "no column of time"),
        ("month,region", "no column of figures"),
        ("month,month,in_use", "'month' twice"),
    ],
)
def test_a_wrong_first_line_is_told(read, header, found):
    """The first line says when and what; if it does not, that is told before anything else."""
    assert found in [one.found for one in mistakes(read, f"{header}\n1,2,3\n")]


def test_all_mistakes_are_told_at_once_in_order(read):
    """Whoever mends the file mends it once."""
    found = mistakes(read, "month,in_use\nx,0.1\n2,7\n3,\n")
    assert [one.line for one in found] == [2, 3, 4]


def test_figures_that_can_be_anything_stay_finite(read):
    """None and all are figures like others."""
    assert np.isfinite(read("month,in_use_clinics\n1,0\n2,0\n3,20\n").shares).all()
