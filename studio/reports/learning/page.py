"""A report as one HTML file: an answer, warnings, pictures, tables and what it rests on."""

from __future__ import annotations

import base64
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from sim import store
from sim.figures import files
from studio.reports.page import REPORT
from studio.reports.pictures import Picture
from studio.texts import Texts


@dataclass(frozen=True)
class Rows:
    """A table."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, eq=False)
class Section:
    """A heading with what belongs under it."""

    heading: str
    text: Sequence[str] = ()
    picture: Picture | None = None
    table: Rows | None = None


@dataclass(frozen=True, eq=False)
class Page:
    """Everything that a report says."""

    kind: str
    title: str
    question: str
    answer: Sequence[str]
    warnings: Sequence[str]
    sections: Sequence[Section]
    provenance: Sequence[tuple[str, str]]
    tables: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    """Files to write beside it: rows of each by name, the headings first."""


def write(target: Path, asked: store.Studied, page: Page, content: Mapping[str, Any], texts: Texts) -> None:
    """Write the folder of a result: ``result.json``, ``report.html``, figures and tables.

    Args:
        target: the folder, as ``store.claim`` gave it.
        asked: what was studied.
        page: what the report says.
        content: the same as plain JSON.
        texts: words in the reader's language.
    """

    def also(folder: Path) -> None:
        place = folder / "figures"
        place.mkdir()
        drawn = {
            one.picture.name: files.save(one.picture.figure, place, one.picture.name)
            for one in page.sections
            if one.picture is not None
        }
        (folder / REPORT).write_text(html(page, drawn, texts), encoding="utf-8")
        for name, rows in page.tables.items():
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)

    store.write_study(target, asked, content, also=also)


def html(page: Page, drawn: Mapping[str, bytes], texts: Texts) -> str:
    """The whole page, with the figures' SVG by name."""
    return _templates().get_template("learning/page.html.j2").render(page=page, sources=sources(drawn), t=texts)


def sources(drawn: Mapping[str, bytes]) -> dict[str, str]:
    """Figures as they stand in a page itself.

    Args:
        drawn: SVG by name.
    """
    return {name: f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}" for name, svg in drawn.items()}


def provenance(asked: store.Studied, texts: Texts) -> list[tuple[str, str]]:
    """What a result rests on, for the end of its report."""
    versions = ", ".join(f"{name} {version}" for name, version in asked.provenance.get("versions", {}).items())
    return [
        (texts("report.key"), asked.key),
        (texts("report.seed"), str(asked.scenario.seed)),
        (texts("report.engine"), str(asked.provenance.get("engine", ""))),
        (texts("report.rng"), str(asked.provenance.get("rng", ""))),
        (texts("report.versions"), versions),
    ]


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("studio.reports", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
