"""Mistakes in a workbook, told by file, sheet and cell."""

from __future__ import annotations

from pathlib import Path

from sim.api import Mistake


def in_file(file: Path, found: str, remedy: str) -> Mistake:
    """A mistake that concerns the file as a whole."""
    return Mistake("workbook", found, remedy, file=str(file))


def in_cell(file: Path, sheet: str, cell: str, found: str, remedy: str) -> Mistake:
    """A mistake in a cell or range, such as ``Satsningar!C7``."""
    return Mistake(f"{sheet}!{cell}", found, remedy, file=str(file))
