"""Mistakes that a user can mend, and how they are told: where, what was found, what to write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend in a file or on the command line."""

    place: str
    """Dotted path, option or argument, such as ``strategies.help.levers``."""
    found: str
    """What was found there."""
    remedy: str
    """What to write instead."""
    file: str | None = None
    """Name of the file as the user wrote it."""
    line: int | None = None
    """Line in that file, from 1."""

    def __str__(self) -> str:
        where = "" if self.file is None else f"{self.file}:" if self.line is None else f"{self.file}:{self.line}:"
        found = self.found.rstrip(".")
        told = " ".join(part for part in (where, f"{self.place}:", f"{found}.", self.remedy) if part)
        return told if told.endswith((".", "?")) else f"{told}."


class InnomotorError(Exception):
    """Something went wrong that is not the user's mistake; its text is fit to be shown."""


class UserMistakes(InnomotorError):
    """One or more mistakes of the user, told all at once."""

    def __init__(self, mistakes: Mistake | Iterable[Mistake]) -> None:
        """Gather the mistakes.

        Args:
            mistakes: one mistake or several, in the order in which they should be told.
        """
        self.mistakes: tuple[Mistake, ...] = (mistakes,) if isinstance(mistakes, Mistake) else tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class PluginFault(InnomotorError):
    """A plugin did what it may not: which one, in which hook or part, in which month, and what was wrong."""

    def __init__(
        self, plugin: str, hook: str, found: str, *, part: str = "", month: int | None = None, remedy: str = ""
    ) -> None:
        """Say it.

        Args:
            plugin: its name.
            hook: the hook that was called, or through which the part came.
            found: what was wrong, as a sentence without a full stop.
            part: the mechanism, actor or metric at work.
            month: month of the scenario.
            remedy: what the user may do about it.
        """
        self.plugin, self.hook, self.part, self.month, self.found = plugin, hook, part, month, found
        where = [hook, part, "" if month is None else f"month {month}"]
        super().__init__(f"plugin {plugin!r}: {', '.join(filter(None, where))}: {found}. {remedy}".rstrip())


class BusyError(InnomotorError):
    """Another process is at work on the same place."""
