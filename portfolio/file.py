"""Reads a portfolio safely and tells every mistake at once: file, line, place, what was found, what to write."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from portfolio.board import Portfolio
from sim.api import Mistake, UserMistakes, safe_yaml


def read(path: str | Path) -> Portfolio:
    """The portfolio of a file.

    Raises:
        UserMistakes: every mistake in it.
    """
    document = safe_yaml.load(Path(path).read_bytes(), file=str(path))
    try:
        return Portfolio.model_validate(document.data)
    except ValidationError as error:
        raise UserMistakes(
            Mistake(safe_yaml.dotted(one["loc"]), one["msg"], "", str(path), None) for one in error.errors()
        ) from None
