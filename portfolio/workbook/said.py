"""What a workbook has been read to say, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.workbook.layout import Path as Place
from portfolio.workbook.mistakes import in_cell
from sim.api import Mistake

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet


@dataclass
class Reading:
    """What a workbook says."""

    file: Path
    document: dict[str, Any] = field(default_factory=dict)
    """As the portfolio's YAML."""
    cells: dict[Place, tuple[str, str]] = field(default_factory=dict)
    """Sheet and cell of every value and every row, by path in the document."""
    mistakes: list[Mistake] = field(default_factory=list)
    rows: set[tuple[str, Place]] = field(default_factory=set)
    """Sheet's key and path of every row that has been read."""

    def wrong(self, page: Worksheet, cell: str, found: str, remedy: str) -> None:
        """Note a mistake in a cell."""
        self.mistakes.append(in_cell(self.file, page.title, cell, found, remedy))

    def where(self, place: str) -> tuple[str, str] | None:
        """Sheet and cell of what a dotted path names, or of the nearest part above it that has one."""
        steps = self._written(place)
        nearest = next((steps[:n] for n in range(len(steps), 0, -1) if steps[:n] in self.cells), None)
        if nearest is not None:
            return self.cells[nearest]
        return next((cell for path, cell in self.cells.items() if path[:1] == steps[:1]), None)

    def is_cell(self, place: str) -> bool:
        """Whether a dotted path names the value of one cell, or something inside it."""
        return self._written(place) in self.cells and not isinstance(self._at(self._written(place)), dict)

    def _written(self, place: str) -> Place:
        """The steps of a dotted path that the document has; those that only the models know are left out."""
        steps: list[str] = []
        within: Any = self.document
        for step in place.split("."):
            if isinstance(within, dict) and step in within:
                within = within[step]
                steps.append(step)
        return tuple(steps)

    def _at(self, steps: Place) -> Any:
        within: Any = self.document
        for step in steps:
            within = within[step]
        return within

    def take(self, page: Worksheet, cell: str, path: Place, value: Any) -> None:
        """Put a value where it belongs, or note that something else stands there."""
        within = self.section(path[:-1])
        if within is None or path[-1] in within:
            sheet, other = self.where(".".join(path)) or (page.title, "A1")
            self.wrong(page, cell, f"something else is said in {sheet}!{other}", "Keep one of them")
            return
        within[path[-1]] = value
        self.cells[path] = (page.title, cell)

    def section(self, path: Place) -> dict[str, Any] | None:
        """The section at a path, made where it is not there; None where something else stands."""
        within: Any = self.document
        for step in path:
            within = within.setdefault(step, {})
            if not isinstance(within, dict):
                return None
        return within
