"""From a workbook to a portfolio file: read, checked as any portfolio, every mistake at its cell, written whole."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import yaml

from portfolio import file
from portfolio.workbook import reading
from portfolio.workbook.mistakes import in_cell, in_file
from portfolio.workbook.said import Reading
from portfolio.workbook.words import Words
from sim.api import Mistake, UserMistakes


def import_workbook(workbook: Path, target: Path, languages: Sequence[Words]) -> None:
    """Read a workbook and write what it says as a portfolio's YAML, whole or not at all.

    Args:
        workbook: the Excel file.
        target: the YAML file; what it names, such as scenarios, lies beside it. An earlier one is replaced.
        languages: the workbook may be in any of these.

    Raises:
        UserMistakes: every mistake, by sheet and cell; nothing has been written.
    """
    said = reading.read(workbook, languages)
    beside = target.with_name(f".{target.stem}-{secrets.token_hex(4)}.yaml")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(_yaml(said, workbook), encoding="utf-8")
        mistakes = [*said.mistakes, *_checked(beside, said)]
        if mistakes:
            raise UserMistakes(dict.fromkeys(mistakes))
        beside.replace(target)
    except OSError as error:
        found = f"{target} cannot be written ({error.strerror})"
        raise UserMistakes(Mistake("--out", found, "Choose another place")) from error
    finally:
        beside.unlink(missing_ok=True)


def _yaml(said: Reading, workbook: Path) -> str:
    text = yaml.safe_dump(said.document, allow_unicode=True, sort_keys=False, width=120)
    return f"# Read from the workbook {workbook.name}.\n{text}"


def _checked(beside: Path, said: Reading) -> list[Mistake]:
    """What the portfolio's own reader finds, told by cell; after other mistakes only what stands in a cell itself."""
    try:
        file.read(beside)
    except UserMistakes as error:
        told = [_in_workbook(mistake, said) for mistake in error.mistakes]
        return [mistake for mistake, exact in told if exact or not said.mistakes]
    return []


def _in_workbook(mistake: Mistake, said: Reading) -> tuple[Mistake, bool]:
    """A mistake in the file as a mistake in the workbook, and whether it is about the very cell."""
    where = said.where(mistake.place)
    if where is None:
        return in_file(said.file, f"{mistake.place}: {mistake.found}", mistake.remedy), False
    exact = said.is_cell(mistake.place)
    found = mistake.found if exact else f"{mistake.place}: {mistake.found}"
    return in_cell(said.file, *where, found, mistake.remedy), exact
