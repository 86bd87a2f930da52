"""The pages' parts that need no browser: what is served, where clinics stand, what is vendored."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from builders import source

import studio.web
from sim import population
from sim.population import known_regions
from studio.web import places, runs, telling

WEB = Path(studio.web.__file__).parent


def test_what_is_vendored_is_what_was_published() -> None:
    """Every vendored file has the hash that VENDOR.json says, and none is missing from it."""
    vendor = WEB / "static" / "vendor"
    about = json.loads((vendor / "VENDOR.json").read_text(encoding="utf-8"))
    listed = {name: digest for one in about for name, digest in one["files"].items()}
    there = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()} - {"VENDOR.json"}
    assert there == listed.keys()
    assert all(sha256((vendor / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())


def test_nothing_is_fetched_from_anywhere() -> None:
    """No address stands in any page, script or style of ours."""
    ours = [p for p in WEB.rglob("*") if p.suffix in (".html", ".js", ".css") and "vendor" not in p.parts]
    assert len(ours) > 8
    assert not [path.name for path in ours if re.search(r"https?://|@import|//cdn", path.read_text(encoding="utf-8"))]


def test_the_first_page_is_light() -> None:
    """All that the stage loads before its answer is under 150 kB."""
    loaded = [p for p in (WEB / "static").rglob("*") if p.suffix in (".js", ".css")]
    assert sum(path.stat().st_size for path in loaded) < 150_000


def test_no_words_stand_in_the_templates() -> None:
    """Every text is in the catalogues; only names of languages and of the program stand in a page."""
    for page in (WEB / "templates").glob("*.html"):
        mark_up = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<script.*?</script>|<[^>]+>|[\d×·]", re.DOTALL)
        text = mark_up.sub(" ", page.read_text(encoding="utf-8"))
        assert set(text.split()) <= {"innomotor"}, page.name


def test_every_region_has_a_seat() -> None:
    """All 21 regions are on the map, the north above the south."""
    assert places.seats().keys() == known_regions().keys()
    assert places.seats()["Norrbotten"][1] > places.seats()["Skåne"][1]


@pytest.mark.parametrize("regions", ["sweden", {"Norrdal": 40, "Sörvik": 3}, {"Only": 1}])
def test_clinics_stand_apart_and_inside_the_picture(regions: object) -> None:
    """No two clinics on one spot, none outside, regions not on top of each other."""
    people = population.build(source(clinics={"regions": regions}).scenario)
    spot = places.places(people)
    assert ((spot > 0) & (spot < 1)).all()
    assert len(np.unique(spot.round(6), axis=0)) == len(spot)
    middle = np.stack([spot[people.region == region].mean(axis=0) for region in range(len(people.regions))])
    away = np.hypot(*(middle[:, None] - middle[None]).transpose(2, 0, 1)) + np.eye(len(middle))
    assert away.min() > 0.02


def test_changes_tell_every_state_again() -> None:
    """A page that follows the changes month by month has the states of the engine."""
    found = runs.answer(source(replicates=3, strategies={"make": "make_it_happen"}))
    states = found.states["make"][1]
    shown = np.zeros(states.shape[1], np.uint8)
    for month, told in enumerate(telling.changes(states)):
        shown[told[::2]] = told[1::2]
        assert (shown == states[month]).all()
    assert np.isin(states % runs.CHAMPION, (0, 1, 2, 3, 4, 5)).all()
    assert (states >= runs.CHAMPION).any()
    reach = np.isin(states[-1] % runs.CHAMPION, (2, 3, 4)).mean()
    assert reach == pytest.approx(found.results["make"].final["reach"][1])
