"""Who may take up an innovation: regions, clinics, and what each clinic is like at the start.

A clinic is known by a hash of its region and name, never by its place in a file, and everything about it is an
addressed draw on that hash. So a clinic is the same whatever else the population holds, and in whatever order.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.special import betaincinv, betaln, ndtr

from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.evidence import nearest
from sim.randomness import Draws, identity
from sim.scenario import Capability, CsvFile, PluginClinics, Scenario

MOST_CLINICS = 2_000_000
"""More clinics than this are refused."""
MOST_BYTES = 256 * 2**20
"""A larger file of clinics is refused [bytes]."""

Parameter = float | NDArray[np.floating[Any]]
"""One number, or `(replicates, 1)` where it is drawn anew in every replicate."""

_MOST_REGIONS = np.iinfo(np.int16).max
_MOST_MISTAKES = 100
_LONGEST_NAME = 120


# --- regions ----------------------------------------------------------------------------------------------------


@cache
def known_regions() -> Mapping[str, int]:
    """Estimated number of primary care centres of each Swedish region, by its short name.

    An estimate: 1,200 centres allocated by population and rounded; sources in ``data/README.md``.
    """
    text = (files("sim") / "data" / "swedish_regions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return MappingProxyType({row["region"]: int(row["primary_care_centres_estimate"]) for row in rows})


@lru_cache(maxsize=4096)
def canonical_region(name: str) -> str | None:
    """Short name of a Swedish region however people write it, or None when there is no such region.

    >>> canonical_region("Region Jönköpings län"), canonical_region("västra götalandsregionen")
    ('Jönköping', 'Västra Götaland')
    >>> canonical_region("Oslo") is None
    True
    """
    return _spellings().get(_folded(name))


@cache
def _spellings() -> Mapping[str, str]:
    """Short name by every accepted spelling, folded."""
    other = {"Sörmland": ["Södermanland"], "Jämtland Härjedalen": ["Jämtland"], "Västra Götaland": ["VGR"]}
    spellings: dict[str, str] = {}
    for region in known_regions():
        for base in [region, *other.get(region, [])]:
            forms = [base, f"{base} län", f"{base}s län", f"{base}sregionen"]
            spellings |= {_folded(prefix + form): region for prefix in ("", "Region ") for form in forms}
    return spellings


def _folded(name: str) -> str:
    return _tidy(re.sub(r"[/\-–]", " ", name)).casefold()


def _tidy(name: str) -> str:
    """Composed characters and single spaces, so that the same name is the same text."""
    return " ".join((name if name.isascii() else unicodedata.normalize("NFC", name)).split())


# --- the user's own clinics -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """One clinic of the user's file."""

    region: str
    """Short name of a Swedish region, or the name as written."""
    name: str
    """Name of the clinic, unique in its region."""
    staff: float | None = None
    """Persons, or None where not given."""
    kind: str | None = None
    """What kind of unit, or None where not given."""
    slack: float | None = None
    """Share of staff hours free for change, 0 to 0.5, or None where not given."""


_COLUMNS = ("region", "clinic", "staff", "kind", "slack")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def read_clinics_csv(path: Path, label: str) -> tuple[ClinicRow, ...]:
    """The clinics of a CSV file with the columns region and clinic, and if wished staff, kind and slack.

    UTF-8 with or without a byte order mark; comma or semicolon, and with semicolon also decimal comma.

    Args:
        path: the file.
        label: its name as the user wrote it, for the messages.

    Raises:
        UserMistakes: everything that is wrong with the file, each with its line.
    """
    text = _text(path, label)
    semicolon = text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolon else ",", strict=True)
    mistakes: list[Mistake] = []
    rows: list[ClinicRow] = []
    try:
        columns = _header(next(lines, []), label, mistakes)
        reader = _Rows(columns, label, decimal_comma=semicolon)
        for cells in lines if {"region", "clinic"} <= columns.keys() else ():
            if any(cell.strip() for cell in cells):
                rows.append(reader.row(cells, lines.line_num, mistakes))
            if len(mistakes) > _MOST_MISTAKES or len(rows) > MOST_CLINICS:
                break
    except csv.Error as error:
        mistakes.append(
            Mistake("row", f"not readable as CSV ({error})", "Close every quotation mark", label, lines.line_num)
        )
    mistakes += _count_mistakes(len(rows), label) if not mistakes else []
    if mistakes:
        raise UserMistakes(_at_most(mistakes, label))
    return tuple(rows)


def _text(path: Path, label: str) -> str:
    """The file's text, refused when it is too large, not UTF-8, or holds characters that cannot be seen."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserMistakes(
            Mistake(
                "file", f"it cannot be read ({error.strerror or 'not a file'})", "Write the name of a CSV file", label
            )
        ) from None
    if len(raw) > MOST_BYTES:
        found = f"more than {MOST_BYTES // 2**20} MB"
        raise UserMistakes(Mistake("file", found, f"Give at most {MOST_BYTES // 2**20} MB", label))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        remedy = "Save the file as UTF-8 ('CSV UTF-8' in a spreadsheet)"
        raise UserMistakes(Mistake("file", "text that is not UTF-8", remedy, label, line)) from None
    unseen = _unseen(text, label)
    if unseen:
        raise UserMistakes(_at_most(unseen, label))
    return text


def _unseen(text: str, label: str) -> list[Mistake]:
    """The first control, direction and zero-width characters, each with its line."""
    hits = islice(_UNSEEN.finditer(text), _MOST_MISTAKES + 1)
    found = [(text.count("\n", 0, hit.start()) + 1, f"the unseen character U+{ord(hit[0]):04X}") for hit in hits]
    return [Mistake("text", what, "Delete it", label, line) for line, what in found]


def _header(cells: list[str], label: str, mistakes: list[Mistake]) -> dict[str, int]:
    """Place of each column by its name; what is wrong is added to the mistakes."""
    found = [cell.strip().casefold() for cell in cells]
    missing = [column for column in _COLUMNS if column not in found]
    for place, name in enumerate(found):
        if name and name not in _COLUMNS:
            meant = nearest(name, missing)
            advice = f"Did you mean {meant!r}?" if meant else f"Delete it, or write one of {', '.join(_COLUMNS)}"
            mistakes.append(Mistake("columns", f"unknown column {cells[place].strip()!r}", advice, label, 1))
            missing = [column for column in missing if column != meant]
        elif name and name in found[:place]:
            mistakes.append(Mistake("columns", f"{name!r} twice", "Keep one of the two", label, 1))
    needed = [column for column in ("region", "clinic") if column in missing]
    mistakes += [Mistake("columns", f"no column {name!r}", "Write it in the first line", label, 1) for name in needed]
    return {name: place for place, name in enumerate(found) if name}


class _Rows:
    """Makes clinics of the cells of a file, and notes what is wrong with them."""

    def __init__(self, columns: Mapping[str, int], label: str, *, decimal_comma: bool) -> None:
        self._columns = columns
        self._label = label
        self._number = re.compile(
            r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?" if decimal_comma else r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
        )
        self._seen: dict[tuple[str, str], int] = {}
        self._width = len(columns)
        self._named = frozenset(columns.values())

    def row(self, cells: list[str], line: int, mistakes: list[Mistake]) -> ClinicRow:
        """The clinic of one line; what is wrong with it is added to the mistakes."""

        def tell(place: str, found: str, remedy: str) -> None:
            mistakes.append(Mistake(place, found, remedy, self._label, line))

        if len(cells) > self._width and any(cells[place].strip() for place in {*range(len(cells))} - self._named):
            tell("row", "more cells than columns", "Put a text that holds the separator in quotation marks")
        region = self._name(cells, "region", tell)
        name = self._name(cells, "clinic", tell)
        region = canonical_region(region) or region
        first = self._seen.setdefault((region, name), line)
        if first != line and region and name:
            tell(
                "clinic",
                f"{name!r} of {region} again, as in line {first}",
                "Give every clinic of a region its own name",
            )
        staff = self._quantity(cells, "staff", tell, lambda x: 0 < x <= 100_000, "a number of persons above 0")
        slack = self._quantity(cells, "slack", tell, lambda x: 0 <= x <= 0.5, "a share from 0 to 0.5, such as 0.05")
        kind = self._cell(cells, "kind")
        if len(kind) > _LONGEST_NAME:
            tell("kind", f"{len(kind)} characters", f"Write at most {_LONGEST_NAME}")
        return ClinicRow(region, name, staff, kind or None, slack)

    def _cell(self, cells: list[str], column: str) -> str:
        place = self._columns.get(column)
        return "" if place is None or place >= len(cells) else _tidy(cells[place])

    def _name(self, cells: list[str], column: str, tell: Callable[[str, str, str], None]) -> str:
        name = self._cell(cells, column)
        if not name:
            tell(column, "no name", f"Write the name of the {column}")
        if len(name) > _LONGEST_NAME:
            tell(column, f"a name of {len(name)} characters", f"Write at most {_LONGEST_NAME}")
        return name

    def _quantity(
        self,
        cells: list[str],
        column: str,
        tell: Callable[[str, str, str], None],
        holds: Callable[[float], bool],
        what: str,
    ) -> float | None:
        text = self._cell(cells, column)
        if not text:
            return None
        value = float(text.replace(",", ".")) if self._number.fullmatch(text) else None
        if value is None or not holds(value):
            tell(column, repr(text), f"Write {what}, or leave the cell empty")
        return value


def _count_mistakes(count: int, label: str) -> list[Mistake]:
    if count == 0:
        return [Mistake("rows", "no clinics", "Write one clinic a line below the first line", label)]
    if count > MOST_CLINICS:
        return [Mistake("rows", f"more than {MOST_CLINICS:,} clinics", "Give fewer", label)]
    return []


def _at_most(mistakes: list[Mistake], label: str) -> list[Mistake]:
    """The first hundred, and a word on the rest."""
    if len(mistakes) <= _MOST_MISTAKES:
        return mistakes
    rest = Mistake("file", f"more than {_MOST_MISTAKES} mistakes", "Mend these first", label)
    return [*mistakes[:_MOST_MISTAKES], rest]


# --- the structure ----------------------------------------------------------------------------------------------


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
        for known in (name, _tidy(name), canonical_region(name)):
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
        return self._places[self.regions[region]].get(_tidy(name))


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
        region = canonical_region(name) or _tidy(name)
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


# --- what each clinic is like -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Attributes:
    """What each clinic is like at the start.

    Each array is `(clinics,)`, or `(replicates, clinics)` where a parameter behind it is drawn in every replicate.
    """

    staff: NDArray[np.float32]
    """Persons."""
    hours: NDArray[np.float32]
    """Staff-hours per month."""
    capability: NDArray[np.float32]
    """The six capabilities in the order of `Capability`, 0 to 1, `(6, clinics)` or `(6, replicates, clinics)`."""
    threshold: NDArray[np.float32]
    """Network threshold, 0.02 to 0.98 [share of peers]."""
    slack: NDArray[np.float32]
    """Share of staff hours free for change."""
    need: NDArray[np.float32]
    """Felt need, 0 to 1."""
    manager_support: NDArray[np.float32]
    """Support of the clinic's own manager, 0 to 1."""
    prestige: NDArray[np.float32]
    """Log prestige, standard normal, always `(clinics,)`."""
    innovativeness: NDArray[np.float32]
    """Standard normal, correlated with log prestige."""
    leader: NDArray[np.bool_]
    """Opinion leaders: those of most prestige in each region."""

    def in_rows(self, rows: NDArray[np.intp]) -> Attributes:
        """The same with chosen rows, where there are several: those of the draw that each replicate tries."""
        chosen = {}
        for name, values in vars(self).items():
            several = values.ndim > (2 if name == "capability" else 1) and values.shape[-2] > 1
            chosen[name] = np.ascontiguousarray(values[..., rows, :]) if several else values
        return Attributes(**chosen)


def attributes(population: Population, scenario: Scenario, parameters: Mapping[str, Parameter]) -> Attributes:
    """What each clinic is like: inverse distribution functions at addressed quantiles that all replicates share.

    Args:
        population: the clinics.
        scenario: its seed, and the means of the capabilities that it sets.
        parameters: each parameter by name, a number or `(replicates, 1)`.
    """

    def normal(*labels: str) -> NDArray[np.float64]:
        return Draws(scenario.seed, "population", *labels).normal(clinic=population.clinic_id)

    attitude = parameters["attitude_concentration"]
    staff = _given_or_drawn(
        population.given_staff, lognormal(normal("staff"), parameters["staff_median"], parameters["staff_spread"])
    )
    slack = 2 * parameters["slack_mean"] * beta_by_mean(normal("slack"), 0.5, parameters["slack_concentration"])
    prestige = normal("prestige")
    return Attributes(
        staff=_single(staff),
        hours=_single(staff * parameters["hours_per_staff"]),
        capability=_capabilities(normal, scenario.clinics.capability, parameters),
        threshold=_single(
            np.clip(beta(normal("threshold"), parameters["threshold_alpha"], parameters["threshold_beta"]), 0.02, 0.98)
        ),
        slack=_single(_given_or_drawn(population.given_slack, slack)),
        need=_single(beta_by_mean(normal("need"), parameters["need_mean"], attitude)),
        manager_support=_single(beta_by_mean(normal("manager_support"), parameters["manager_support_mean"], attitude)),
        prestige=_single(prestige),
        innovativeness=_single(correlated(prestige, normal("innovativeness"), parameters["innovativeness_prestige"])),
        leader=_leaders(population, prestige, scenario.seed, parameters["leader_share"]),
    )


def _single(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)


def _given_or_drawn(given: NDArray[np.float64] | None, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    return drawn if given is None else np.where(np.isnan(given), drawn, given)


def _capabilities(
    normal: Callable[..., NDArray[np.float64]], means: Mapping[Capability, float], parameters: Mapping[str, Parameter]
) -> NDArray[np.float32]:
    """The six capabilities: a Gaussian copula with the same correlation between any two, Beta margins."""
    shared = normal("capability")
    concentration = parameters["capability_concentration"]
    levels = [
        beta_by_mean(
            correlated(shared, normal("capability", name), np.sqrt(parameters["capability_correlation"])),
            means.get(name, parameters["capability_mean"]),
            concentration,
        ).astype(np.float32)
        for name in Capability
    ]
    return np.stack(np.broadcast_arrays(*levels))


def _leaders(population: Population, prestige: NDArray[np.float64], seed: int, share: Parameter) -> NDArray[np.bool_]:
    """The clinics of most prestige in each region: the share of them, a part of one by an addressed draw."""
    by_region = np.array([identity(name) for name in population.regions], dtype=np.uint64)
    part = Draws(seed, "population", "leaders").uniform(clinic=by_region)
    count = np.floor(share * np.diff(population.region_start) + part)
    by_prestige = np.lexsort((-prestige, population.region))
    rank = np.empty(len(population), dtype=np.int64)
    rank[by_prestige] = np.arange(len(population)) - population.region_start[population.region]
    leader: NDArray[np.bool_] = rank < count[..., population.region]
    return leader


# --- distributions, as functions of standard normal draws ---------------------------------------------------------


def lognormal(z: NDArray[np.float64], median: Parameter, spread: Parameter) -> NDArray[np.float64]:
    """Lognormal values of standard normal draws.

    Args:
        z: standard normal, `(clinics,)`.
        median: median of the result.
        spread: standard deviation of its logarithm.
    """
    return np.asarray(median * np.exp(spread * z))


def correlated(shared: NDArray[np.float64], own: NDArray[np.float64], correlation: Parameter) -> NDArray[np.float64]:
    """Standard normal values that have the given correlation with the shared part.

    Args:
        shared: standard normal, `(clinics,)`.
        own: standard normal and independent of it, `(clinics,)`.
        correlation: -1 to 1.
    """
    return np.asarray(correlation * shared + np.sqrt(1.0 - np.square(correlation)) * own)


def beta_by_mean(z: NDArray[np.float64], mean: Parameter, concentration: Parameter) -> NDArray[np.float64]:
    """Beta values of standard normal draws, by mean and concentration (alpha + beta)."""
    return beta(z, np.multiply(mean, concentration), np.multiply(np.subtract(1.0, mean), concentration))


def beta(z: NDArray[np.float64], alpha: Parameter, beta: Parameter) -> NDArray[np.float64]:
    """Beta values of standard normal draws: the Beta quantile at each draw's probability.

    The quantile function is a monotone cubic through 2,049 points of the normal scale; its error is below 1e-7 where
    both shapes are at least 1 and below 1e-5 from 0.1 on. A draw's value does not depend on the other draws.

    Args:
        z: standard normal, `(clinics,)` (correlated draws may be `(replicates, clinics)`).
        alpha: first shape, a number or `(replicates, 1)`.
        beta: second shape, a number or `(replicates, 1)`.

    Returns:
        `(clinics,)`, or `(replicates, clinics)` where a shape or the draws differ between replicates.
    """
    if np.ndim(alpha) == np.ndim(beta) == 0:
        return _quantile(float(alpha), float(beta))(z)
    first, second = np.broadcast_arrays(np.ravel(alpha), np.ravel(beta))
    rows = np.broadcast_to(z, (len(first), z.shape[-1]))
    return np.stack([_quantile(float(a), float(b))(row) for a, b, row in zip(first, second, rows, strict=True)])


_REACH = 8.5
"""Draws of 53 bits stay within this many standard deviations."""


@lru_cache(maxsize=512)
def _quantile(alpha: float, beta: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Beta quantile as a function of the normal scale; a shape of 0 gives the limit, all 0 or all 1."""
    if alpha <= 0:
        return np.zeros_like
    if beta <= 0:
        return np.ones_like
    z = np.linspace(-_REACH, _REACH, 2049)
    low = _lower_tail(alpha, beta, ndtr(np.minimum(z, 0)))
    high = 1 - _lower_tail(beta, alpha, ndtr(-np.maximum(z, 0)))
    curve = PchipInterpolator(z, np.where(z < 0, low, high))
    return lambda draws: np.clip(curve(draws), 0.0, 1.0)


def _lower_tail(alpha: float, beta: float, p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beta quantile at small probabilities; where scipy's search gives up, the leading term (p alpha B)^(1/alpha)."""
    found = betaincinv(alpha, beta, p)
    leading = np.exp((np.log(p) + np.log(alpha) + betaln(alpha, beta)) / alpha)
    return np.where(np.isfinite(found), found, np.minimum(leading, 1.0))
