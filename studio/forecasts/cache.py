"""Months that have been simulated before are read, not run again; a file is there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import experiment, plugin_host, store
from sim.scenario_file import ScenarioFile
from studio.forecasts.months import SHARED, SPREAD, Months, followed


def remembered(source: ScenarioFile, strategy: str, folder: Path | None) -> Months:
    """A strategy month by month, from the folder if it is there.

    Args:
        source: the scenario.
        strategy: one of its strategies.
        folder: where months are kept; None to run always.
    """
    if folder is None:
        return followed(source, strategy)
    file = folder / f"{key_of(source, strategy)}.npz"
    found = _read(file, list(source.scenario.innovations))
    if found is None:
        found = followed(source, strategy)
        _write(file, found)
    return found


def key_of(source: ScenarioFile, strategy: str) -> str:
    """Content key of one strategy of a scenario: whatever may change the months changes it."""
    rests_on = store.provenance(
        source.scenario, plugins=plugin_host.sources_of(source.scenario), inputs=experiment.inputs_of(source)
    )
    content = store.content_key(source.scenario, rests_on)
    followed_things = ",".join((*SPREAD, *SHARED))
    return hashlib.sha256(f"{content}|{strategy}|{followed_things}".encode()).hexdigest()


def _read(file: Path, names: list[str]) -> Months | None:
    """What the file holds, or None where it is missing or broken."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return Months(
                int(arrays["clinics"]),
                arrays["wage"],
                {key: arrays[f"shared.{key}"] for key in SHARED},
                {name: {key: arrays[f"{name}.{key}"] for key in SPREAD} for name in names},
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _write(file: Path, months: Months) -> None:
    """Keep the months."""
    arrays: dict[str, NDArray[Any]] = {"clinics": np.array(months.clinics), "wage": months.wage}
    arrays |= {f"shared.{key}": series for key, series in months.shared.items()}
    for name, own in months.innovations.items():
        arrays |= {f"{name}.{key}": series for key, series in own.items()}
    write_arrays(file, arrays)


def write_arrays(file: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Keep arrays in a file that is there whole or not at all; a folder that cannot be written only costs time."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".making", delete=False) as making:
            np.savez_compressed(making, **arrays)  # type: ignore[arg-type]
            making.flush()
            os.fsync(making.fileno())
        Path(making.name).replace(file)
    except OSError:
        return
