"""Which clinics there are, in which regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from numpy.typing import NDArray

from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.evidence import nearest
from sim.population.own_clinics import MOST_CLINICS, ClinicRow
from sim.population.regions import canonical_region, known_regions, tidy
from sim.randomness import Draws, identity
from sim.scenario import CsvFile, PluginClinics, Scenario

_MOST_REGIONS = np.iinfo(np.int16).max


@dataclass(frozen=True, eq=False)
class Population:
    """Regions and their clinics, sorted by region and then by clinic id."""

    regions: tuple[str, ...]
    """Names of the regions, in order."""
    region: NDArray[np.int16]
    """Place in `regions`, `(clinics,)`."""
    region_start: NDArray[np.int64]
    """Clinics of region r are region_start[r]:region_start[r+1], `(regions + 1,)`."""
    names: Sequence[str]
    """Name of each clinic, unique in its region."""
    kinds: tuple[str, ...]
    """Kinds of unit, sorted."""
    kind: NDArray[np.int16]
    """Place in `kinds`, `(clinics,)`."""
    clinic_id: NDArray[np.uint64]
    """Hash of region and name, the address of every draw, `(clinics,)`."""
    given_staff: NDArray[np.float64] | None = None
    """Persons, NaN where not said, `(clinics,)`; None when no clinic has it."""
    given_slack: NDArray[np.float64] | None = None
    """Share of staff hours free for change, NaN where not said, `(clinics,)`; None when no clinic has it."""
    _places: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """Number of clinics."""
        return len(self.clinic_id)

    def region_index(self, name: str) -> int | None:
        """Place in `regions` of a region however it is written, or None when it is not there."""
        for known in (name, tidy(name), canonical_region(name)):
            if known in self.regions:
                return self.regions.index(known)
        return None

    def clinics_of(self, region: int) -> slice:
        """The clinics of the region at that place in `regions`."""
        return slice(int(self.region_start[region]), int(self.region_start[region + 1]))

    def clinic_index(self, region: int, name: str) -> int | None:
        """Place of a clinic of that region by its name, or None when there is none so called."""
        clinics = self.clinics_of(region)
        if self.regions[region] not in self._places:
            self._places[self.regions[region]] = {
                self.names[place]: place for place in range(clinics.start, clinics.stop)
            }
        return self._places[self.regions[region]].get(tidy(name))


class NumberedNames(Sequence[str]):
    """Names such as 'Östergötland 07', made when they are asked for."""

    def __init__(self, regions: tuple[str, ...], region: NDArray[np.int16], number: NDArray[np.int32]) -> None:
        """Keep what the names are made of.

        Args:
            regions: names of the regions.
            region: place in `regions`, `(clinics,)`.
            number: number within the region, from 1, `(clinics,)`.
        """
        self._regions = regions
        self._region = region
        self._number = number
        self._width = [max(2, len(str(count))) for count in np.bincount(region, minlength=len(regions))]

    def __len__(self) -> int:
        """Number of clinics."""
        return len(self._region)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Name of one clinic, or of several."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        region = int(self._region[place])
        return f"{self._regions[region]} {int(self._number[place]):0{self._width[region]}d}"


def build(scenario: Scenario, rows: tuple[ClinicRow, ...] | None = None) -> Population:
    """The population of a scenario.

    Args:
        scenario: its `clinics` say which regions, how many clinics and of what kind.
        rows: the user's own clinics, where the scenario names a CSV file.

    Raises:
        UserMistakes: unknown Swedish regions in a list, a region twice, or too many clinics.
        ValueError: the scenario names a CSV file and no rows are given.
    """
    if isinstance(scenario.clinics.regions, CsvFile | PluginClinics):
        if not rows:
            raise ValueError("a scenario with its own clinics needs the rows of its CSV file")
        return _of_rows(rows, scenario.clinics.kind)
    return _numbered(_counts(scenario.clinics.regions), scenario.clinics.kind)


def _counts(regions: str | Mapping[str, int] | tuple[str, ...]) -> dict[str, int]:
    """Number of clinics by canonical region name."""
    place = "clinics.regions"
    if isinstance(regions, str):
        return dict(known_regions())
    given = list(regions.items()) if isinstance(regions, Mapping) else [(name, -1) for name in regions]
    mistakes: list[Mistake] = []
    counts: dict[str, int] = {}
    for name, count in given:
        region = canonical_region(name) or tidy(name)
        if region in counts:
            mistakes.append(Mistake(place, f"{region} twice", "Write each region once"))
        if count < 0 and region not in known_regions():
            meant = nearest(region, known_regions())
            advice = f"Did you mean {meant!r}?" if meant else f"Write its number of clinics, as {{{region}: 12}}"
            mistakes.append(Mistake(place, f"unknown region {name!r}", advice))
        counts[region] = count if count >= 0 else known_regions().get(region, 0)
    if sum(counts.values()) > MOST_CLINICS:
        mistakes.append(Mistake(place, f"{sum(counts.values()):,} clinics", f"Give at most {MOST_CLINICS:,}"))
    if len(counts) > _MOST_REGIONS:
        mistakes.append(Mistake(place, f"{len(counts):,} regions", f"Give at most {_MOST_REGIONS:,}"))
    if mistakes:
        raise UserMistakes(mistakes)
    return counts


def _numbered(counts: Mapping[str, int], kind: str) -> Population:
    """Clinics that are known by their number only; the id is a hash of region and number."""
    regions = tuple(sorted(counts))
    sizes = np.array([counts[name] for name in regions], dtype=np.int64)
    region = np.repeat(np.arange(len(regions), dtype=np.int16), sizes)
    parts = [np.arange(1, size + 1, dtype=np.int32) for size in sizes]
    ids = [
        Draws(identity(name), "numbered clinic").bits(clinic=part) for name, part in zip(regions, parts, strict=True)
    ]
    clinic_id = np.concatenate(ids)
    order = np.lexsort((clinic_id, region))
    return _checked(
        Population(
            regions=regions,
            region=region,
            region_start=_starts(region, len(regions)),
            names=NumberedNames(regions, region, np.concatenate(parts)[order]),
            kinds=(kind,),
            kind=np.zeros(len(region), dtype=np.int16),
            clinic_id=clinic_id[order],
        )
    )


def _of_rows(rows: tuple[ClinicRow, ...], kind: str) -> Population:
    """The user's own clinics; the id is a hash of region and name."""
    regions = tuple(sorted({row.region for row in rows}))
    kinds = tuple(sorted({row.kind or kind for row in rows}))
    if max(len(regions), len(kinds)) > _MOST_REGIONS:
        raise UserMistakes(Mistake("clinics.regions", "too many regions or kinds", f"Give at most {_MOST_REGIONS:,}"))
    region = _places([row.region for row in rows], regions)
    clinic_id = np.fromiter((identity(row.region, row.name) for row in rows), dtype=np.uint64, count=len(rows))
    order = np.lexsort((clinic_id, region))
    return _checked(
        Population(
            regions=regions,
            region=region[order],
            region_start=_starts(region, len(regions)),
            names=tuple(rows[place].name for place in order),
            kinds=kinds,
            kind=_places([row.kind or kind for row in rows], kinds)[order],
            clinic_id=clinic_id[order],
            given_staff=_given((row.staff for row in rows), order),
            given_slack=_given((row.slack for row in rows), order),
        )
    )


def _places(labels: Iterable[str], known: tuple[str, ...]) -> NDArray[np.int16]:
    place = {label: number for number, label in enumerate(known)}
    return np.fromiter((place[label] for label in labels), dtype=np.int16)


def _given(values: Iterator[float | None], order: NDArray[np.int64]) -> NDArray[np.float64] | None:
    column = np.fromiter((np.nan if value is None else value for value in values), dtype=np.float64, count=len(order))
    return None if np.isnan(column).all() else column[order]


def _starts(region: NDArray[np.int16], regions: int) -> NDArray[np.int64]:
    """First clinic of each region and the number of all, `(regions + 1,)`."""
    return np.concatenate(([0], np.cumsum(np.bincount(region, minlength=regions)))).astype(np.int64)


def _checked(population: Population) -> Population:
    """The population itself, refused when two clinics have the same id."""
    in_order = np.sort(population.clinic_id)
    if len(in_order) > 1 and bool((in_order[1:] == in_order[:-1]).any()):
        raise InnomotorError("two clinics have the same id; change the name of one clinic or region")
    return population
