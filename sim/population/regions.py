"""The regions of Sweden, however people write their names."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType


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
    return tidy(re.sub(r"[/\-–]", " ", name)).casefold()


def tidy(name: str) -> str:
    """Composed characters and single spaces, so that the same name is the same text."""
    return " ".join((name if name.isascii() else unicodedata.normalize("NFC", name)).split())
