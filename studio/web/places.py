"""Where clinics stand on the picture: Swedish regions about where they lie, clinics in each like sunflower seeds.

Positions of the regions are those of their seats of government, to a tenth of a degree; the map is made to be read from
the back row and not to be measured, so regions that would lie on each other are pushed apart.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.population import Population, canonical_region

_GOLDEN = np.pi * (3 - np.sqrt(5))
_ROUNDS = 400


@cache
def seats() -> Mapping[str, tuple[float, float]]:
    """Longitude and latitude [degrees] of the seat of every Swedish region."""
    with (files("studio.web") / "region_seats.csv").open(encoding="utf-8") as rows:
        return {row["region"]: (float(row["longitude"]), float(row["latitude"])) for row in csv.DictReader(rows)}


def places(people: Population) -> NDArray[np.float64]:
    """Where each clinic stands, 0 to 1 from the left and from the top, ``(clinics, 2)``."""
    sizes = np.diff(people.region_start)
    radius = np.sqrt(sizes / sizes.sum()) * 0.36
    centre, scale = _apart(_centres(people.regions), radius)
    spot = np.empty((len(people), 2))
    for region, (start, stop) in enumerate(zip(people.region_start[:-1], people.region_start[1:], strict=True)):
        seed = np.arange(stop - start)
        away = scale * radius[region] * 0.88 * np.sqrt((seed + 0.5) / max(1, len(seed)))
        spot[start:stop, 0] = centre[region, 0] + away * np.cos(seed * _GOLDEN)
        spot[start:stop, 1] = centre[region, 1] + away * np.sin(seed * _GOLDEN)
    return spot


def labels(people: Population, spot: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Name and place of each region, above its clinics."""
    found = []
    for region, name in enumerate(people.regions):
        inside = spot[people.region_start[region] : people.region_start[region + 1]]
        x, y = float(inside[:, 0].mean()), float(inside[:, 1].min())
        found.append({"name": name, "x": round(x, 4), "y": round(y, 4), "clinics": len(inside)})
    return found


def _centres(regions: tuple[str, ...]) -> NDArray[np.float64]:
    """Where the regions lie; in a ring where they are not all Swedish."""
    known = [seats().get(canonical_region(name) or "") for name in regions]
    if len(regions) > 1 and all(place is not None for place in known):
        degrees = np.array([place for place in known if place is not None])
        east = (degrees[:, 0] - degrees[:, 0].mean()) * np.cos(np.radians(degrees[:, 1].mean()))
        north = degrees[:, 1] - degrees[:, 1].mean()
        return np.stack([east, -north], axis=1) / max(np.ptp(east), np.ptp(north), 0.1) * 0.8
    angle = 2 * np.pi * np.arange(len(regions)) / len(regions) - np.pi / 2
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * (0.33 if len(regions) > 1 else 0.0)


def _apart(centre: NDArray[np.float64], radius: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Regions pushed away from each other until none covers another, fitted into the picture, and by what scale."""
    spot = centre.copy()
    least = radius[:, None] + radius[None, :] + 0.012
    for _ in range(_ROUNDS):
        way = spot[:, None] - spot[None, :]
        distance = np.hypot(way[..., 0], way[..., 1])
        lacking = np.where(distance < least, least - distance, 0.0)
        np.fill_diagonal(lacking, 0.0)
        if not lacking.any():
            break
        push = way / np.maximum(distance, 1e-9)[..., None] * lacking[..., None]
        spot += 0.25 * push.sum(axis=1)
    low, high = (spot - radius[:, None]).min(axis=0), (spot + radius[:, None]).max(axis=0)
    scale = 0.93 / max(float((high - low).max()), 1.0)
    return (spot - (low + high) / 2) * scale + (0.5, 0.52), scale
