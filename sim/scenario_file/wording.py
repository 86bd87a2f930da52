"""How values, lists and guesses are worded in a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.evidence import nearest
from sim.safe_yaml import shortened

EXAMPLES: Mapping[str, str] = {
    "region": "Östergötland",
    "clinics": "8",
    "by_month": "48",
    "month": "14",
    "months": "6",
    "capacity": "0.4",
    "salience": "0.2",
    "csv": "our_clinics.csv",
    "extends": "base.yaml",
    "sv": "Egenmonitorering",
    "en": "Self-monitoring",
    "innovations": "{self_monitoring: {begins: {region: Östergötland, clinics: 8}}}",
    "strategies": "{let: let_it_happen, help: help_it_happen}",
}
"""What may stand after a key."""


def shown(value: Any) -> str:
    """A value as it may stand in a message."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{shortened(value)}'"
    if isinstance(value, dict):
        return "a section" if value else "an empty section"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return shortened(str(value))


def listed(words: Iterable[str], last: str = "and", most: int = 24) -> str:
    """Words after one another, with commas and a last word between.

    >>> listed(["let", "help", "make"], "or")
    'let, help or make'
    """
    names = [shortened(word) for word in words]
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def instead_of(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word."""
    names = list(dict.fromkeys(known))
    meant = nearest(word, names) or nearest(word.lower().replace("-", "_").replace(" ", "_"), names)
    guess = f"Did you mean {meant!r}?" if meant else ""
    if len(names) <= 16:
        return f"{guess} Possible: {listed(names)}".strip()
    return guess or f"Write one of {listed(names)}"
