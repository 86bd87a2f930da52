"""Regions, the user's own clinics, and what each clinic is like."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.interpolate import PchipInterpolator

from sim import distributions, evidence, population
from sim.errors import Mistake, UserMistakes
from sim.population import (
    ClinicRow,
    attributes,
    build,
    canonical_region,
    known_regions,
    own_clinics,
    read_clinics_csv,
)
from sim.randomness import identity
from sim.scenario import Capability, Scenario

DEFAULTS = {name: estimate.value for name, estimate in evidence.defaults().items()}


def scenario(regions: Any = "sweden", seed: int = 1, **clinics: Any) -> Scenario:
    """A scenario of these regions, and nothing else of its own."""
    return Scenario.model_validate(
        {
            "clinics": {"regions": regions, **clinics},
            "innovations": {"a": {}},
            "strategies": {"let": "let_it_happen"},
            "seed": seed,
        }
    )


def read(folder: Path, content: str | bytes) -> tuple[ClinicRow, ...]:
    """The clinics of a file with this content."""
    path = folder / "clinics.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_clinics_csv(path, "our_clinics.csv")


def mistakes(folder: Path, content: str | bytes) -> tuple[Mistake, ...]:
    """What is told of a file with this content."""
    with pytest.raises(UserMistakes) as told:
        read(folder, content)
    return told.value.mistakes


def test_examples_in_the_docstrings() -> None:
    """What the docstrings show is what happens."""
    assert all(doctest.testmod(one).failed == 0 for one in (population.regions, distributions))


# --- regions ------------------------------------------------------------------------------------------------------


def test_sweden_has_21_regions_and_about_1200_centres() -> None:
    """The figures are the ones in the data folder."""
    assert len(known_regions()) == 21
    assert abs(sum(known_regions().values()) - 1200) <= 2
    assert known_regions()["Östergötland"] == 54


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("Östergötland", "Östergötland"),
        ("Region Östergötland", "Östergötland"),
        ("REGION ÖSTERGÖTLAND", "Östergötland"),
        ("O\u0308stergo\u0308tland", "Östergötland"),
        (" Region  Jönköpings län ", "Jönköping"),
        ("Jönköpings län", "Jönköping"),
        ("Västra Götalandsregionen", "Västra Götaland"),
        ("VGR", "Västra Götaland"),
        ("Örebro län", "Örebro"),
        ("Region Örebro län", "Örebro"),
        ("Region Jämtland/Härjedalen", "Jämtland Härjedalen"),
        ("Jämtlands län", "Jämtland Härjedalen"),
        ("Södermanlands län", "Sörmland"),
        ("skåne län", "Skåne"),
        ("Oslo", None),
        ("", None),
        ("Region", None),
    ],
)
def test_a_region_is_known_however_it_is_written(written: str, region: str | None) -> None:
    """With and without Region and län, in any case, composed or not."""
    assert canonical_region(written) == region


# --- the user's file ----------------------------------------------------------------------------------------------


def test_a_plain_file(tmp_path: Path) -> None:
    """Two columns are enough; region names become the short ones."""
    rows = read(tmp_path, "region,clinic\nRegion Skåne,Söder\nNord,  Berget  norra \n")
    assert rows == (ClinicRow("Skåne", "Söder"), ClinicRow("Nord", "Berget norra"))


def test_a_swedish_spreadsheet(tmp_path: Path) -> None:
    """Byte order mark, semicolons, decimal commas, empty lines and empty columns at the end."""
    text = (
        "\ufeffRegion;Clinic;Slack;Staff;Kind;\r\nSkåne;Söder;0,05;12,5;dental_clinic;\r\n;;;;;\r\nSkåne;Norr;;;;\r\n"
    )
    assert read(tmp_path, text) == (
        ClinicRow("Skåne", "Söder", 12.5, "dental_clinic", 0.05),
        ClinicRow("Skåne", "Norr"),
    )


def test_all_mistakes_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    """Every bad cell of every row is told."""
    told = mistakes(
        tmp_path,
        "region,clinic,staff,slack\nSkåne,A,0,0.1\n,B,-3,0.6\n"
        "Region Skåne,A,många,nan\nNord,,1_0,1e-2\nNord,D,3,0.1,extra\n",
    )
    assert [(mistake.line, mistake.place) for mistake in told] == [
        (2, "staff"),
        (3, "region"),
        (3, "staff"),
        (3, "slack"),
        (4, "clinic"),
        (4, "staff"),
        (4, "slack"),
        (5, "clinic"),
        (5, "staff"),
        (5, "slack"),
        (6, "row"),
    ]
    assert str(told[4]).startswith("our_clinics.csv:4: clinic: 'A' of Skåne again, as in line 2.")


def test_a_misspelt_column_is_told_once_with_a_suggestion(tmp_path: Path) -> None:
    """The column that is missing is the one that was meant."""
    told = mistakes(tmp_path, "regoin,clinic\nSkåne,A\n")
    assert [(mistake.line, mistake.remedy) for mistake in told] == [(1, "Did you mean 'region'?")]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "no column 'region'"),
        ("region,klinik_namn\nSkåne,A\n", "no column 'clinic'"),
        ("region,clinic,region\nSkåne,A,B\n", "'region' twice"),
        ("region,clinic,wifi\nSkåne,A,B\n", "unknown column 'wifi'"),
        ("region,clinic\n", "no clinics"),
        ("region,clinic\nSkåne,A\n".encode("utf-16"), "text that is not UTF-8"),
        ("region,clinic\nSkåne,Hälsan\n".encode("latin-1"), "text that is not UTF-8"),
        ("region,clinic\nSkåne,A\x00\n", "the unseen character U+0000"),
        ("region,clinic\nSkåne,A\u202eB\n", "the unseen character U+202E"),
        ("region,clinic\nSkåne,A\x1b[2J\n", "the unseen character U+001B"),
        ('region,clinic\nSkåne,"A\n', "not readable as CSV (unexpected end of data)"),
        (f"region,clinic\nSkåne,{'A' * 121}\n", "a name of 121 characters"),
        ("region,clinic,staff\nSkåne,A,0.000000000000000\n", "'0.000000000000000'"),
        ("region;clinic;slack\nSkåne;A;0,51\n", "'0,51'"),
        ("region,clinic,staff\nSkåne,A,100001\n", "'100001'"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: str | bytes, found: str) -> None:
    """Each mistake names what was found."""
    told = mistakes(tmp_path, content)
    assert found in [mistake.found for mistake in told]
    assert all(mistake.file == "our_clinics.csv" and mistake.remedy for mistake in told)


def test_an_unseen_character_is_told_with_its_line(tmp_path: Path) -> None:
    """The line is counted from 1."""
    assert mistakes(tmp_path, "region,clinic\nSkåne,A\nSkåne,B\u200b\n")[0].line == 3


def test_a_hundred_mistakes_are_enough(tmp_path: Path) -> None:
    """The rest is told in one line."""
    told = mistakes(tmp_path, "region,clinic\n" + ",A\n" * 500)
    assert len(told) == 101
    assert "more than 100" in told[-1].found


def test_too_many_clinics_and_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits hold."""
    monkeypatch.setattr(own_clinics, "MOST_CLINICS", 3)
    text = "region,clinic\n" + "".join(f"Skåne,{number}\n" for number in range(4))
    assert mistakes(tmp_path, text)[0].found == "more than 3 clinics"
    monkeypatch.setattr(own_clinics, "MOST_BYTES", 20)
    assert mistakes(tmp_path, text)[0].place == "file"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """No file and a folder are the user's mistakes."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UserMistakes, match=r"x\.csv: file: it cannot be read"):
            read_clinics_csv(path, "x.csv")


# --- the structure ------------------------------------------------------------------------------------------------


def test_generated_clinics_are_sorted_and_named_by_number() -> None:
    """Regions by name, clinics of a region by id, names with leading zeros."""
    people = build(scenario(["Region Östergötland", "Gotland"]))
    assert people.regions == ("Gotland", "Östergötland")
    assert people.region_start.tolist() == [0, 7, 61]
    assert len(people) == len(people.names) == 61
    assert sorted(people.names[people.clinics_of(1)])[6] == "Östergötland 07"
    for region in range(2):
        assert (np.diff(people.clinic_id[people.clinics_of(region)].astype(object)) > 0).all()
    assert people.region.dtype == np.int16
    assert people.clinic_id.dtype == np.uint64


def test_a_clinic_keeps_its_id_when_its_region_grows() -> None:
    """The first clinics of a region are the same clinics whatever their number."""
    few, many = build(scenario({"Nord": 90})), build(scenario({"Nord": 110, "Syd": 5}))
    assert set(few.clinic_id.tolist()) < set(many.clinic_id.tolist())


def test_a_map_may_hold_any_region() -> None:
    """Swedish names become short, others stay."""
    people = build(scenario({"Region Skåne": 3, "Toscana": 2}))
    assert people.regions == ("Skåne", "Toscana")
    assert people.region_index("Skåne län") == 0
    assert people.region_index("Toscana") == 1
    assert people.region_index("Oslo") is None


def test_clinics_are_found_by_name() -> None:
    """A clinic has a place, and no other has the same."""
    people = build(scenario({"Nord": 12, "Syd": 3}))
    place = people.clinic_index(0, "Nord 07")
    assert place is not None
    assert people.names[place] == "Nord 07"
    assert people.clinic_index(1, "Nord 07") is None


@pytest.mark.parametrize(
    ("regions", "found"),
    [
        (["Östergöland"], "unknown region 'Östergöland'"),
        (["Skåne", "Region Skåne"], "Skåne twice"),
        ({"Skåne": 3, "Skåne län": 4}, "Skåne twice"),
        ({"Nord": 2_000_001}, "2,000,001 clinics"),
    ],
)
def test_regions_that_are_refused(regions: Any, found: str) -> None:
    """A list knows Swedish regions only, and no region comes twice."""
    with pytest.raises(UserMistakes, match=found):
        build(scenario(regions))


def test_the_users_own_clinics() -> None:
    """Ids are hashes of region and name; kinds and given figures follow their clinics."""
    rows = (
        ClinicRow("Syd", "B", staff=7.0, kind="dental_clinic"),
        ClinicRow("Nord", "A", slack=0.2),
        ClinicRow("Syd", "A"),
    )
    people = build(scenario({"csv": "x.csv"}), rows)
    assert people.regions == ("Nord", "Syd")
    assert set(people.clinic_id.tolist()) == {identity("Nord", "A"), identity("Syd", "A"), identity("Syd", "B")}
    place = people.clinic_index(1, "B")
    assert place is not None
    assert people.kinds[people.kind[place]] == "dental_clinic"
    own = attributes(people, scenario({"csv": "x.csv"}), DEFAULTS)
    assert own.staff[place] == 7.0
    assert own.hours[place] == 980.0
    assert own.slack[0] == np.float32(0.2)


def test_rows_are_needed_for_a_csv_scenario() -> None:
    """Without them there is nothing to build."""
    with pytest.raises(ValueError, match="needs the rows"):
        build(scenario({"csv": "x.csv"}))


# --- what each clinic is like -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alpha", "beta", "bound"),
    [(5, 4, 1e-7), (4, 4, 1e-7), (20, 9, 1e-7), (1, 1, 1e-7), (0.9, 1.1, 1e-6), (0.5, 0.5, 1e-6), (0.1, 3, 1e-5)],
)
def test_beta_values_are_the_beta_quantiles(alpha: float, beta: float, bound: float) -> None:
    """The curve agrees with scipy's inverse distribution function between its points and far out."""
    z = np.concatenate((np.linspace(-5, 5, 20_011), [-8.2, -7, 7, 8.2]))
    lower, upper = stats.beta.ppf(stats.norm.cdf(z), alpha, beta), stats.beta.isf(stats.norm.sf(z), alpha, beta)
    exact = np.where(z < 0, lower, upper)  # each tail by its own probability, since 1 - 1e-16 is 1
    assert np.abs(distributions.beta(z, alpha, beta) - exact).max() < bound


def test_the_curve_through_the_quantiles_is_scipys() -> None:
    """Monotone cubic interpolation as in scipy, where it rises, turns and rests, and at its ends."""
    for values in ([0, 1, 4, 9], [3, 1, 1, 0.5, 2, 2.5, 2.2], [0, 1, 0.9], [1, 5, -40, -40], [2, 2, 2]):
        at = np.linspace(-1.0, 2.0, len(values))
        points = np.linspace(-1.0, 2.0, 997)
        curve = distributions.monotone_cubic(-1.0, 2.0, np.array(values, float))
        assert np.allclose(curve(points), PchipInterpolator(at, values)(points), rtol=1e-12, atol=1e-12)


def test_a_shape_of_nought_gives_the_limit() -> None:
    """A mean of 0 or 1 leaves no spread."""
    z = np.array([-3.0, 0.0, 3.0])
    assert distributions.beta_by_mean(z, 0.0, 8.0).tolist() == [0, 0, 0]
    assert distributions.beta_by_mean(z, 1.0, 8.0).tolist() == [1, 1, 1]


def test_attributes_have_the_distributions_of_their_parameters() -> None:
    """Kolmogorov-Smirnov at one in a million, 20,000 clinics."""
    own = attributes(build(scenario({"Nord": 20_000})), scenario({"Nord": 20_000}), DEFAULTS)
    expected = {
        "staff": stats.lognorm(0.5, scale=18),
        "slack": stats.beta(4, 4, scale=0.1),
        "need": stats.beta(4.8, 3.2),
        "manager_support": stats.beta(4.4, 3.6),
        "prestige": stats.norm(),
        "innovativeness": stats.norm(),
    }
    for name, distribution in expected.items():
        assert stats.kstest(getattr(own, name), distribution.cdf).pvalue > 1e-6, name
    for level in own.capability:
        assert stats.kstest(level, stats.beta(9 * 0.5556, 9 * 0.4444).cdf).pvalue > 1e-6
    between = np.corrcoef(stats.norm.ppf(stats.beta.cdf(own.capability, 9 * 0.5556, 9 * 0.4444)))
    assert np.abs(between[~np.eye(6, dtype=bool)] - 0.4).max() < 0.03
    assert np.corrcoef(own.prestige, own.innovativeness)[0, 1] == pytest.approx(0.8, abs=0.015)
    assert own.threshold.min() == np.float32(0.02)
    assert own.threshold.max() == np.float32(0.98)
    assert own.leader.mean() == pytest.approx(0.1, abs=1e-4)
    assert own.prestige[own.leader].min() > own.prestige[~own.leader].max()


def test_a_scenario_sets_the_mean_of_a_capability() -> None:
    """The one that is named moves; the others stay as they were."""
    usual = attributes(build(scenario()), scenario(), DEFAULTS)
    changed = scenario(capability={"change_leadership": 0.3})
    own = attributes(build(changed), changed, DEFAULTS)
    place = list(Capability).index(Capability.CHANGE_LEADERSHIP)
    assert own.capability[place].mean() == pytest.approx(0.3, abs=0.02)
    assert (np.delete(own.capability, place, axis=0) == np.delete(usual.capability, place, axis=0)).all()


def test_a_drawn_parameter_gives_a_row_for_each_replicate() -> None:
    """Each row is what that value alone would give; the other attributes keep one row for all."""
    values = {
        "capability_mean": [0.4, 0.6],
        "staff_median": [10.0, 30.0],
        "slack_mean": [0.0, 0.08],
        "threshold_alpha": [1.0, 3.0],
    }
    drawn = {name: np.array(value)[:, None] for name, value in values.items()}
    people = build(scenario())
    both = attributes(people, scenario(capability={"measurement": 0.5}), DEFAULTS | drawn)
    assert both.capability.shape == (6, 2, len(people))
    assert both.staff.shape == both.hours.shape == both.slack.shape == both.threshold.shape == (2, len(people))
    assert both.need.shape == both.prestige.shape == both.leader.shape == (len(people),)
    for row in range(2):
        alone = DEFAULTS | {name: value[row] for name, value in values.items()}
        one = attributes(people, scenario(capability={"measurement": 0.5}), alone)
        for name in ("staff", "hours", "slack", "threshold"):
            assert (getattr(both, name)[row] == getattr(one, name)).all()
        assert (both.capability[:, row] == one.capability).all()


def test_one_replicate_with_a_drawn_parameter_keeps_its_row() -> None:
    """An array of one row gives one row."""
    own = attributes(build(scenario()), scenario(), DEFAULTS | {"need_mean": np.array([[0.5]])})
    assert own.need.shape == (1, 1201)


def test_who_leads_may_differ_between_replicates() -> None:
    """Each replicate has the leaders that its own share gives; more share, the same and some more."""
    shares = (0.1, 0.2)
    people = build(scenario())
    drawn = attributes(people, scenario(), DEFAULTS | {"leader_share": np.array(shares)[:, None]}).leader
    for row, share in zip(drawn, shares, strict=True):
        assert (row == attributes(people, scenario(), DEFAULTS | {"leader_share": share}).leader).all()
        assert row.mean() == pytest.approx(share, abs=0.01)
    assert (drawn[0] <= drawn[1]).all()


def test_another_seed_gives_other_clinics() -> None:
    """The structure stays, what they are like does not."""
    people = build(scenario())
    one, other = (attributes(people, scenario(seed=seed), DEFAULTS) for seed in (0, 1))
    assert (one.staff != other.staff).mean() > 0.99
