"""All words that a reader sees, in each language under the same keys.

A catalogue is a flat JSON object; `{name}` in a text is filled in by the caller. The words are those of the design's
glossary. Families of keys that follow from the engine's own names are listed in ``families``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from sim.figures.numbers import ENGLISH, SWEDISH, Numbers

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
PARTS = ("", "_portfolio", "_workbook", "_board", "_web", "_learning")
"""A language's files: what all see, the words of portfolio, workbook and board, of the pages, and of learning."""


@dataclass(frozen=True, eq=False)
class Texts:
    """The words and number formats of one language."""

    language: Language
    entries: Mapping[str, str]
    numbers: Numbers
    model: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The model's mechanisms, parameters and units in this language; empty in English, which is what the code says."""

    def __call__(self, key: str, **values: object) -> str:
        """The text with its blanks filled in; an unknown key is an error of the program."""
        return self.entries[key].format_map(values)

    def duration(self, seconds: float) -> str:
        """A time in the unit that suits it: seconds, minutes, hours or days."""
        units = (("s", 1, 100), ("min", 60, 5_400), ("h", 3_600, 172_800), ("days", 86_400, math.inf))
        unit, length = next((unit, length) for unit, length, most in units if seconds < most)
        return self(f"time.{unit}", amount=self.numbers.number(seconds / length, 1 if length > 60 else 0))

    def of_model(self, kind: str, name: str, english: str) -> str:
        """What the model itself is called: a ``mechanism``, ``parameter`` or ``unit``; in English by its own words.

        What a plugin brings is called as the plugin says, also its ``setting`` and what it is ``about``.
        """
        told = self.model.get(kind, {}).get(name)
        return told or (_words_of_plugins(self.language).get(kind, {}).get(name, english) if self.model else english)

    def family(self, name: str) -> dict[str, str]:
        """All texts whose key begins with ``name.``, by the rest of the key."""
        start = f"{name}."
        return {key.removeprefix(start): text for key, text in self.entries.items() if key.startswith(start)}


@cache
def load(language: Language) -> Texts:
    """The catalogue of a language."""
    entries: dict[str, str] = {}
    for part in PARTS:
        entries |= json.loads((files("studio.texts") / f"{language}{part}.json").read_text(encoding="utf-8"))
    if language == "en":
        return Texts(language, entries, ENGLISH)
    model = json.loads((files("studio.texts") / f"model_{language}.json").read_text(encoding="utf-8"))
    return Texts(language, entries, SWEDISH, model)


def _words_of_plugins(language: Language) -> Mapping[str, Mapping[str, str]]:
    """What plugins call what they bring; looked for when somebody asks for what the model does not have."""
    from sim.plugin_host import discovery  # noqa: PLC0415 slow to load, and most texts do not need it

    return discovery.words(language)


def preferred(environment: Mapping[str, str]) -> Language:
    """The language that the user's locale asks for: Swedish or else English."""
    wish = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "sv" if wish.lower().startswith("sv") else "en"
