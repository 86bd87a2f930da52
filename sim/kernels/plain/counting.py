"""Sums over clinics, in an order that never changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels.plain.arithmetic import power
from sim.kernels.plain.operands import Bools, Flat, Floats, of_rows


def effect(
    flat: Flat,
    nominal: Bools,
    depth: Floats,
    fidelity: Floats,
    exponent: Floats,
    fit: Floats,
    volume: Floats,
) -> NDArray[np.float64]:
    """Sum of volume x depth x fidelity^eta x fit over genuine use at flat places, rising: ``(replicates,)``."""
    flat = flat[~nominal.reshape(-1)[flat]]
    row = flat // depth.shape[1]
    weight = np.broadcast_to(volume, depth.shape)[row, flat - row * depth.shape[1]]
    d, kept, suits = (values.reshape(-1)[flat] for values in (depth, fidelity, fit))
    strength = ((weight * d) * power(kept, of_rows(exponent, row))) * suits
    return np.bincount(row, weights=strength, minlength=depth.shape[0]).astype(np.float64)


def depth_in_use(flat: Flat, depth: Floats) -> NDArray[np.float64]:
    """Sum of the depth at flat places, rising: ``(replicates,)``."""
    weights = depth.reshape(-1)[flat]
    return np.bincount(flat // depth.shape[1], weights=weights, minlength=depth.shape[0]).astype(np.float64)


def region_sums(mask: Bools, region_start: Flat) -> NDArray[np.int64]:
    """How many clinics of each region a mask holds: ``(replicates, regions)``."""
    running = np.zeros((mask.shape[0], mask.shape[1] + 1), np.int64)
    np.cumsum(mask, axis=1, out=running[:, 1:])
    return running[:, region_start[1:]] - running[:, region_start[:-1]]
