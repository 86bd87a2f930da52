"""Whether what is learnt from figures can be trusted, in full: ``python -m tests.evidence.learning``, ten minutes.

Simulation-based calibration of two scenarios, and forecasts of two real series from every month around the change of
policy, beside a Bass fit and the last trend.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from sim import observed, scenario_file
from sim.calibration import checking, posterior, table
from sim.calibration.table import Fit, Table
from sim.forecast.backtest import Backtest, backtest
from sim.observed import Observed
from sim.parameters import draw_of

ROOT = Path(__file__).parents[2]
SERIES = {
    "hospital_records_usa": ("us_hospital_ehr.csv", 24, (24, 36, 48)),
    "trimethoprim_england": ("england_trimethoprim.csv", 29, (26, 29, 32, 35)),
}
"""Scenario, its figures, the last month before the change of policy, and from which months to forecast."""


def opened(name: str, simulations: int) -> tuple[Fit, Observed, Table]:
    """A scenario with its series and the simulations to compare them with."""
    file, _, _ = SERIES[name]
    fit = table.prepared(scenario_file.read(ROOT / "scenarios" / f"{name}.yaml"), simulations=simulations)
    series = observed.read(ROOT / "sim" / "data" / file, fit.source.scenario, fit.experiment.population)
    return fit, series, table.simulated(fit, series.last)


def calibrated(scenario: str, strategy: str, months: int, simulations: int) -> checking.Checked:
    """Simulation-based calibration of a scenario on monthly figures of all its clinics."""
    source = scenario_file.read(ROOT / "scenarios" / f"{scenario}.yaml")
    fit = table.prepared(source, strategy=strategy, simulations=simulations)
    made, along = table.simulated(fit, months), np.arange(1, months + 1)
    clinics = np.full(months, float(len(fit.experiment.population)))
    shape = Observed("in_use", (), along, np.full(months, -1), np.zeros(months), clinics, ())
    return checking.checked(posterior.reference(fit, made, shape, draw_of(fit.replicates)), simulations)


def _tell(name: str, one: Backtest) -> None:
    for who, score in one.scores.items():
        bands = f"50 % {score.covered_50:.2f}  90 % {score.covered_90:.2f}"
        sys.stdout.write(f"{name:22} from {one.until:3}: {who:11} CRPS {score.crps:.4f}  {bands}\n")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=4000)
    simulations = parser.parse_args().simulations
    for name, (_, _, origins) in SERIES.items():
        fit, series, made = opened(name, simulations)
        for until in origins:
            _tell(name, backtest(fit, made, series, until))
    for scenario, strategy, months in (("smallest", "help", 18), ("self_monitoring", "help", 18)):
        found = calibrated(scenario, strategy, months, simulations // 2)
        for name in found.names:
            held = f"50 % {found.coverage(name, 0.5):.3f}  90 % {found.coverage(name, 0.9):.3f}"
            ranks = f"ranks {found.histogram(name).tolist()}  p {found.p_value(name):.3f}"
            sys.stdout.write(f"{scenario:16} {name:22} {ranks}  {held}\n")


if __name__ == "__main__":
    main()
