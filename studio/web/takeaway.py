"""What a room takes home as files: the scenario with all that was changed, and the curves as a table."""

from __future__ import annotations

import csv
import io
from typing import Any

import yaml

from sim import monthly
from studio.texts import Texts
from studio.web.questions import Question
from studio.web.runs import Answer
from studio.web.telling import CURVES

FIRST_LINE = "# yaml-language-server: $schema=scenario.schema.json\n"


def scenario(question: Question) -> bytes:
    """A scenario file that asks the same: `innomotor run` and the first page open it.

    Raises:
        UserMistakes: what is wrong with the question.
    """
    question.source()
    said = yaml.safe_dump(_without_nothing(question.said()), allow_unicode=True, sort_keys=False, width=120)
    clinics = question.said().get("clinics", {}).get("regions")
    beside = f"# Keep {clinics['csv']} beside this file.\n" if isinstance(clinics, dict) and "csv" in clinics else ""
    return (FIRST_LINE + beside + said).encode()


def _without_nothing(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: _without_nothing(value) for key, value in said.items() if value is not None}
    return [_without_nothing(one) for one in said] if isinstance(said, list | tuple) else said


def curves(found: Answer, content: dict[str, Any], told: Texts) -> bytes:
    """Median and 5-95 % of every curve by strategy and month, as the language's spreadsheets read it."""
    table = io.StringIO()
    write = csv.writer(table, delimiter=";" if told.language == "sv" else ",", lineterminator="\r\n")
    write.writerow(["strategy", "curve", "month", "p5", "median", "p95"])
    for name, result in found.results.items():
        for curve in CURVES:
            bands = monthly.quantiles(result.curves[curve], (0.05, 0.5, 0.95)).T
            for month, band in enumerate(bands):
                numbers = [f"{value:.4f}".replace(".", told.numbers.decimal) for value in band]
                write.writerow([name, curve, month, *numbers])
    return table.getvalue().encode("utf-8-sig")
