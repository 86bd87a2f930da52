"""Regions and clinics that are named but are not there, stand twice, or are too few."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.errors import Mistake
from sim.evidence import nearest
from sim.population import known_regions
from sim.scenario import CsvFile, PluginClinics
from sim.scenario_file.checks.subject import Check, all_begins, all_mandates, canonical
from sim.scenario_file.wording import instead_of, listed, shown


def listed_regions(check: Check) -> Iterator[Mistake]:
    """Regions that do not exist, or stand twice."""
    regions, where = check.scenario.clinics.regions, ("clinics", "regions")
    if isinstance(regions, str | CsvFile | PluginClinics):
        return
    if isinstance(regions, Mapping) and "csv" in regions:
        remedy = "Write the name of a CSV file, such as our_clinics.csv"
        yield check.places.mistake((*where, "csv"), f"{regions['csv']} does not fit here", remedy)
    seen: dict[str, str] = {}
    for place, name in enumerate(regions):
        region = canonical(name)
        path, key = ((*where, place), None) if isinstance(regions, tuple) else (where, name)
        if region in seen:
            found = f"{shown(name)} is the same region as {shown(seen[region])} above"
            yield check.places.mistake(path, found, "Write each region once", key=key)
        seen[region] = name
        if isinstance(regions, tuple) and region not in known_regions():
            yield check.places.mistake(path, *_unknown_region(name, known_regions()))


def named_regions(check: Check) -> Iterator[Mistake]:
    """Regions that are named elsewhere but are not among the scenario's."""
    sizes = check.sizes()
    if sizes is None:
        return
    for path, name in _region_names(check):
        if canonical(name) not in sizes:
            found, remedy = _unknown_region(name, sizes)
            if canonical(name) in known_regions():
                found = f"{shown(name)} is not among the scenario's regions"
                remedy = f"Add it under clinics: regions:, or write one of {listed(sizes)}"
            yield check.places.mistake(path, found, remedy)


def beginnings(check: Check) -> Iterator[Mistake]:
    """More clinics than there are, clinics that are not there, and clinics that are named twice."""
    sizes = check.sizes()
    taken: Counter[tuple[str, str]] = Counter()
    named: set[tuple[str, str, str]] = set()
    for path, begins in all_begins(check):
        region, innovation, where = canonical(begins.region), path[1], (*path, "clinics")
        names = () if isinstance(begins.clinics, int) else begins.clinics
        for place, name in enumerate(names):
            if (innovation, region, name) in named:
                found = f"the clinic {shown(name)} is named twice"
                yield check.places.mistake((*where, place), found, "Name each clinic once")
            named.add((innovation, region, name))
        if sizes is None or region not in sizes:
            continue
        before = taken[innovation, region]
        taken[innovation, region] += begins.clinics if isinstance(begins.clinics, int) else len(names)
        if before <= sizes[region] < taken[innovation, region]:
            found = f"{taken[innovation, region]} clinics begin, but {region} has {sizes[region]}"
            yield check.places.mistake(where, found, f"Write {sizes[region]} or fewer")
        yield from _unknown_clinics(check, region, names, where)


def _unknown_region(name: str, known: Iterable[str]) -> tuple[str, str]:
    """What to say of a region that is not there."""
    bare = re.sub(r"^region(en)?\s+|\s+län$", "", name.strip(), flags=re.IGNORECASE)
    names = list(known)
    meant = nearest(bare, names)
    remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {listed(names)}"
    return f"unknown region {shown(name)}", remedy


def _region_names(check: Check) -> Iterator[tuple[tuple[Any, ...], str]]:
    for path, begins in all_begins(check):
        yield (*path, "region"), begins.region
    for path, mandate in all_mandates(check):
        if not isinstance(mandate.scope, str):
            yield from (((*path, "scope", place), name) for place, name in enumerate(mandate.scope))
    network = check.scenario.actors.national_network
    if "actors" not in check.broken and network is not None:
        yield from (
            (("actors", "national_network", "members", place), name) for place, name in enumerate(network.members)
        )
    if "events" not in check.broken:
        for place, event in enumerate(check.scenario.events):
            for kind, there in (("champions_leave", event.champions_leave), ("reorganisation", event.reorganisation)):
                if there is not None and there.region is not None:
                    yield ("events", place, kind, "region"), there.region


def _unknown_clinics(check: Check, region: str, names: tuple[str, ...], where: tuple[Any, ...]) -> Iterator[Mistake]:
    if not names:
        return
    size = (check.sizes() or {}).get(region, 0)
    own = [row.name for row in check.clinics or () if row.region == region]
    width = max(2, len(str(size)))
    for place, name in enumerate(names):
        tidy = " ".join(name.split())
        number = tidy.removeprefix(f"{region} ")
        numbered = re.fullmatch(f"[0-9]{{{width}}}", number) is not None and 1 <= int(number) <= size
        if tidy in own if own else numbered and tidy != number:
            continue
        remedy = (
            f"Write names from {region} {1:0{width}d} to {region} {size:0{width}d}, or give your clinics in a CSV file"
        )
        remedy = instead_of(tidy, own) if own else remedy
        yield check.places.mistake((*where, place), f"unknown clinic {shown(name)} in {region}", remedy)
