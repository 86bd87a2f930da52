"""Readiness, what results teach, and the hazard of starting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels.constants import ONE, ZERO
from sim.kernels.plain.arithmetic import exp, power
from sim.kernels.plain.operands import Bools, Floats, of_rows, places_between


def readiness(
    need: Floats,
    support: Floats,
    advantage: Floats,
    ownership: Floats,
    fatigue: Floats,
    calm: Floats,
    able: Floats,
    out: Floats,
) -> None:
    """R = (need support advantage ownership)^1/8 ((1 - fatigue) calm able)^1/2 into ``out``."""
    will = np.sqrt(np.sqrt(((need * support) * advantage) * ownership))
    energy = (ONE - fatigue) * calm
    np.sqrt((will * energy) * able, out=out)


def start_hazard(
    stage: NDArray[np.int8],
    aware: int,
    influence: Floats,
    lasting: Floats,
    readiness: Floats,
    reference: Floats,
    exponent: Floats,
    champion: Bools,
    effect: Floats,
    free: Floats,
    wanted: Floats,
    facilitated: Bools,
    ratio: Floats,
    others: Floats,
    season: Floats,
    out: Floats,
) -> None:
    """H [1/year] for the cells that are aware, 0 elsewhere, into ``out``."""
    hazard = (influence * lasting) * power(readiness / reference, exponent)
    hazard = hazard * (ONE - exp(-(free / wanted)))
    hazard = (hazard * others) * season
    hazard = hazard * (np.where(champion, effect, ONE) * np.where(facilitated, ratio, ONE))
    np.multiply(hazard, stage == aware, out=out)


def strain_of_orders(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    readiness: Floats,
    reference: Floats,
    force: Floats,
    strain: Floats,
) -> None:
    """What orders add to fatigue [1/year] where readiness lacks; the worst innovation counts, in place.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of TESTING and SUSTAINED.
        readiness: R.
        reference: its usual value.
        force: gamma_M M [1/year].
        strain: ``(replicates, clinics)``.
    """
    testing, sustained = marks
    lacking = force * np.maximum(ONE - readiness / reference, ZERO)
    lacking = np.where((stage >= testing) & (stage <= sustained), lacking, ZERO)
    np.maximum(strain, lacking, out=strain)


def learn(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    nominal: Bools,
    advantage: Floats,
    fit: Floats,
    first: np.float32,
    gain: Floats,
    rate: Floats,
) -> None:
    """A month of own results in genuine use; ``advantage`` moves towards min(1, first + gain fit) in place.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of USING and SUSTAINED.
        nominal: used in name only.
        advantage: as perceived.
        fit: how well it suits the clinic.
        first: advantage before anybody had tried.
        gain: advantage per unit of fit.
        rate: share of the way in a month.
    """
    flat = places_between(stage, *marks)
    flat = flat[~nominal.reshape(-1)[flat]]
    row = flat // stage.shape[1]
    now = advantage.reshape(-1)[flat]
    shown = np.minimum(first + of_rows(gain, row) * fit.reshape(-1)[flat], ONE)
    advantage.reshape(-1)[flat] = now + of_rows(rate, row) * (shown - now)
