"""What things are called in the report."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.board import Portfolio
from portfolio.choice.program import Program
from portfolio.forecast import Commitment
from portfolio.initiative import quarter_name
from studio.reports.words import listed
from studio.texts import Texts


def initiative(board: Portfolio, name: str, texts: Texts) -> str:
    """Its title, or its short name in words."""
    title = board.initiatives[name].title if name in board.initiatives else None
    return title.in_language(texts.language) if title is not None else name.replace("_", " ")


def all_of(board: Portfolio, names: Sequence[str], texts: Texts) -> str:
    """Titles in a sentence, with *and* before the last."""
    return listed([initiative(board, name, texts) for name in names], texts.entries["report.and"])


def criterion(board: Portfolio, name: str, texts: Texts) -> str:
    """Its title, or its short name in words."""
    title = board.criteria[name].title
    return title.in_language(texts.language) if title is not None else name.replace("_", " ")


def group(board: Portfolio, name: str, texts: Texts) -> str:
    """The title of a group of clinics."""
    title = board.groups[name].title if name in board.groups else None
    return title.in_language(texts.language) if title is not None else name.replace("_", " ")


def strategy(program: Program, commitment: Commitment, texts: Texts) -> str:
    """The strategy of a commitment: as its scenario or plan calls it, else the presets by their names."""
    title, name = program.strategy_title(commitment), commitment.strategy
    if title is not None:
        return title.in_language(texts.language)
    return texts.entries.get(f"portfolio.strategy.{name}", name.replace("_", " "))


def gate(name: str, texts: Texts) -> str:
    """A must-requirement."""
    return texts.entries.get(f"portfolio.gate.{name}", name.replace("_", " "))


def resource(kind: str, which: str, board: Portfolio, texts: Texts) -> str:
    """A resource, with the support function or group of clinics."""
    if kind == "change_capacity" and which:
        return group(board, which, texts)
    if kind == "support_hours" and which:
        return texts.entries.get(f"portfolio.function.{which}", which)
    return texts(f"portfolio.resource.{kind}")


def quarter(board: Portfolio, number: int) -> str:
    """A quarter of the plan, as 2026-Q1."""
    return quarter_name(4 * board.years[0] + number)


def quarter_in_words(board: Portfolio, number: int, texts: Texts) -> str:
    """A quarter of the plan in running text."""
    year, _, which = quarter(board, number).partition("-Q")
    return texts(f"board.quarter.{which}", year=year)
