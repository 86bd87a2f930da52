"""Published cases: small ones are typed here with their citation; two with samples are read from INNOMOTOR_CASES."""

from __future__ import annotations

import csv
import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest
from pymcdm import normalizations
from pymcdm.methods import PROMETHEE_II, TOPSIS
from scipy.sparse import csr_array

from portfolio import smaa, sorting
from portfolio.choice import robust, solver
from portfolio.economy import acceptability, icer
from sim.api import value_of_information

CASES = Path(os.environ["INNOMOTOR_CASES"]) if "INNOMOTOR_CASES" in os.environ else None


def case(name: str, record_property) -> dict | None:
    """A published case, or None with a word in the summary about what was left out."""
    if CASES is None:
        record_property("left_out", f"set INNOMOTOR_CASES to the folder with {name} to check it")
        return None
    return json.loads((CASES / name).read_text(encoding="utf-8"))


def test_icer_table_of_the_va_herc_example():
    """Simple and extended dominance give the published table (US Dept. of Veterans Affairs, HERC; dampack)."""
    names = ["E", "D", "C", "B", "A", "UC"]
    cost = np.array([55000.0, 35000, 25000, 10000, 12000, 5000])
    effect = np.array([5.0, 4, 3, 2, 1.5, 1])
    rows = icer.increments(names, cost, effect)
    assert [row.name for row in rows] == ["UC", "B", "D", "E", "C", "A"]
    assert [row.icer for row in rows] == [None, 5000, 12500, 20000, None, None]
    assert [row.status for row in rows] == ["on_frontier"] * 4 + ["extendedly_dominated", "dominated"]


def test_mr_sort_assigns_transport_as_published():
    """Five means of transport are sorted as in the MCDA package of R, only with a veto at equality."""
    matrix = np.array([[1, 10, 1], [4, 20, 2], [2, 20, 0], [6, 40, 0], [30, 30, 3.0]]) * [-1, -1, 1]
    profiles = np.array([[3, 11, 3], [7, 25, 2.0]]) * [-1, -1, 1]
    veto = np.array([[-9, np.nan, np.nan], [np.nan, np.nan, 0]])
    assert sorting.sort(matrix, profiles, np.array([1, 3, 2.0]), 3, veto) == [0, 1, 2, 2, 2]
    just_above = np.where(np.isnan(veto), np.nan, veto - 1e-9)
    assert sorting.sort(matrix, profiles, np.array([1, 3, 2.0]), 3, just_above) != [0, 1, 2, 2, 2]


def test_smaa2_of_the_thromboprophylaxis_samples(record_property):
    """Acceptability, central weights, confidence and entropy are those of the R package smaa, on its own samples."""
    if (given := case("smaa2_thrombo_rsmaa.json", record_property)) is None:
        return
    samples = np.load(CASES / given["input"]["file"])
    values, weights = np.transpose(samples["meas"], (1, 2, 0)), samples["weights"]
    value = smaa.overall(values, weights)
    expected = given["expected"]
    acceptability_ = smaa.rank_acceptability(value)
    centre = smaa.central_weights(smaa.first_place(value), weights)
    np.testing.assert_allclose(acceptability_, expected["rank_acceptability"], atol=1e-6)
    np.testing.assert_allclose(centre, expected["central_weights"], atol=1e-6)
    np.testing.assert_allclose(smaa.confidence_factors(values, centre), expected["confidence_factor"], atol=1e-6)
    assert smaa.entropy(acceptability_) == pytest.approx(expected["ranking_entropy"], abs=1e-6)
    fixed = smaa.overall(values, np.tile([0.5, 0.2, 0.3], (len(weights), 1)))
    np.testing.assert_allclose(
        smaa.rank_acceptability(fixed), expected["rank_acceptability_fixed_w_05_02_03"], atol=1e-6
    )


def test_acceptability_and_information_of_the_vaccine_samples(record_property):
    """ICER, CEAC, incremental benefit and EVPI are those that BCEA prints (Baio & Dawid 2015)."""
    if (given := case("ceac_evpi_vaccine_bcea.json", record_property)) is None:
        return
    with (CASES / given["input"]["file"]).open() as file:
        draws = np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1:]])
    effect, cost, expected = draws[:, :2], draws[:, 2:], given["expected"]
    thresholds = np.arange(0.0, 50001.0, 100.0)
    curves = acceptability.acceptability(cost, effect, thresholds)
    gained = acceptability.incremental_benefit(cost, effect, thresholds, of=0, against=1)
    assert (cost[:, 1] - cost[:, 0]).mean() / (effect[:, 1] - effect[:, 0]).mean() == pytest.approx(
        expected["ICER"], abs=0.5
    )
    assert thresholds[np.argmax(curves.best == 1)] == expected["k_star"]
    np.testing.assert_allclose(curves.probability[:10, 0], expected["ceac_statusquo_first10"], atol=5e-4)
    np.testing.assert_allclose(gained.mean(axis=1)[:5], expected["eib_statusquo_first5"], atol=5e-3)
    evpi = [value_of_information.perfect(threshold * effect - cost) for threshold in thresholds]
    np.testing.assert_allclose(evpi[:5], expected["evpi_first5"], atol=5e-4)
    for threshold, value in ((20_000, 2.5056), (25_000, 2.4145), (30_000, 2.3736)):
        assert evpi[threshold // 100] == pytest.approx(value, abs=5e-4)


SCORES = np.array(
    [
        [46, 55, 31], [61, 49, 49], [22, 65, 57], [43, 88, 42], [8, 82, 51], [60, 92, 71], [72, 62, 38], [92, 78, 100],
        [81, 75, 37], [85, 23, 22], [50, 17, 53], [9, 37, 83], [64, 32, 51], [98, 57, 17], [9, 16, 13],
    ],
    float,
)  # fmt: skip
COST = np.array([79, 32, 31, 73, 19, 32, 94, 22, 44, 10, 27, 100, 51, 98, 2], float)
UNCONSTRAINED = [
    "011011011110101",
    "010011011110011",
    "011011011100011",
    "011111011110001",
    "010101011110101",
    "111011011110001",
    "011001011110011",
    "011111010110101",
    "110001011110101",
]
CONSTRAINED = [
    "011011011110101",
    "010011011110011",
    "011111011110001",
    "010101011110101",
    "111011011110001",
    "011001011110011",
]


@pytest.mark.parametrize(
    ("corners", "expected"),
    [(np.eye(3), UNCONSTRAINED), (np.array([[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]]), CONSTRAINED)],
)
def test_nondominated_portfolios_and_core_index_of_fifteen_projects(corners, expected):
    """All portfolios of 15 projects within 300: those that can be best are the ones that rrpm (Tervonen) lists."""
    every = np.array(list(itertools.product([False, True], repeat=15)))
    feasible = every[every @ COST <= 300]
    kept = robust.nondominated(feasible, SCORES, SCORES, corners)
    wanted = np.array([[sign == "1" for sign in row] for row in expected])
    assert {row.tobytes() for row in feasible[kept]} == {row.tobytes() for row in wanted}
    np.testing.assert_allclose(robust.core_index(feasible, kept), wanted.mean(axis=0), atol=1e-12)


def test_knapsacks_of_petersen_are_solved_to_their_published_optimum(record_property):
    """The seven R&D selection problems of Petersen 1967 come out at the optimum that OR-Library states."""
    if (given := case("knapsack_petersen_1967.json", record_property)) is None:
        return
    for problem, optimum in zip(given["input"]["problems"], given["expected"]["optimum"], strict=True):
        matrix, capacity = np.array(problem["weights"]), np.array(problem["capacity"])
        limits = solver.Limits(csr_array(matrix), np.full(len(capacity), -np.inf), capacity)
        answer = solver.best(np.array(problem["profit"]), limits)
        assert answer.value == pytest.approx(optimum, rel=1e-6)
        assert answer.status == "optimal"


def test_the_second_library_is_the_method_that_it_says():
    """pymcdm, which our ranking is compared with, gives the published TOPSIS and PROMETHEE II; its default does not.

    Tzeng & Huang 2011, Multiple Attribute Decision Making, CRC Press; Papathanasiou & Ploskas 2018,
    doi:10.1007/978-3-319-91648-4_3.
    """
    cars, more = np.array([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6.0]]), np.ones(3, int)
    weights = np.array([0.3, 0.4, 0.3])
    closeness = TOPSIS(normalizations.vector_normalization)(cars, weights, more)
    np.testing.assert_allclose(closeness, [0.5037, 0.6581, 0.7482, 0.3340], atol=1e-4)
    assert np.abs(TOPSIS()(cars, weights, more) - closeness).max() > 0.01
    sites = np.array([[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4.0]])
    method = PROMETHEE_II("vshape_2", p=np.full(4, 2.0), q=np.full(4, 1.0))
    flow = method(sites, np.array([0.4, 0.3, 0.1, 0.2]), np.ones(4, int))
    np.testing.assert_allclose(flow, [-0.26, -0.52, -0.22, 0.36, 0.7, -0.06], atol=0.005)
