"""The words of a workbook in one language, and back from them to the words of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portfolio.workbook.layout import SHEETS, Column, Sheet


@dataclass(frozen=True)
class Words:
    """What sheets, headings and choices are called in one language.

    Keys of ``entries``: ``sheet.<key>``, ``about_sheet.<key>``, ``column.<key>``, ``about.<key>``,
    ``choice.<list>.<word>``, and ``read_me``, ``lists`` and ``read_me.<n>``.
    """

    entries: Mapping[str, str]

    def __call__(self, key: str) -> str:
        """The words under a key; an unknown key is an error of the program."""
        return self.entries[key]

    def sheet(self, title: str) -> Sheet | None:
        """The sheet that is called so, or None."""
        return next((sheet for sheet in SHEETS if _same(self(f"sheet.{sheet.key}"), title)), None)

    def column(self, sheet: Sheet, heading: str) -> Column | None:
        """The column that is headed so, or None; the file's own word does too."""
        named = (c for c in sheet.columns if _same(self(f"column.{c.key}"), heading) or _same(c.key, heading))
        return next(named, None)

    def choices(self, name: str) -> dict[str, str]:
        """Words of a list of choices by what the file says."""
        start = f"choice.{name}."
        return {key.removeprefix(start): text for key, text in self.entries.items() if key.startswith(start)}

    def chosen(self, name: str, said: str) -> str | None:
        """What the file says for a choice in words, or for its own word; None where there is no such choice."""
        choices = self.choices(name)
        return next((word for word, text in choices.items() if _same(text, said) or _same(word, said)), None)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
