"""The handout: two pages to take home, what was seen and three questions to talk about."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures import adoption_curves, appearance
from studio.reports import answer, key_figures, pictures, words
from studio.texts import Texts
from studio.web.runs import Answer
from studio.web.telling import SHORT

A4 = (11.69, 8.27)
"""Landscape [inches]."""
LEFT = 0.06
LINE = 0.032
"""Height of a line of text, as a share of the page."""


def pdf(found: Answer, content: dict[str, Any], told: Texts) -> bytes:
    """Two pages: curves and the answer; what the room did, key figures and three questions.

    Args:
        found: the answer.
        content: the page's question, with ``done``, what the room did, in words.
        told: words.
    """
    said = content.get("done")
    done = [str(one)[:200] for one in said][:30] if isinstance(said, list) else []
    file = io.BytesIO()
    with PdfPages(file, metadata={"Title": _title(found, told), "CreationDate": None}) as pages:
        pages.savefig(_seen(found, told))
        pages.savefig(_talked_about(found, done, told))
    return file.getvalue()


def _title(found: Answer, told: Texts) -> str:
    return found.comparison.scenario.title.in_language(told.language)


def _sheet(title: str, told: Texts) -> Figure:
    sheet = appearance.sheet(*A4)
    sheet.text(LEFT, 0.93, _plain(title), fontsize=20, fontweight="bold", color=appearance.INK)
    sheet.text(LEFT, 0.035, told("web.handout.foot"), fontsize=9, color=appearance.QUIET)
    return sheet


def _seen(found: Answer, told: Texts) -> Figure:
    """Reach and sustained use with their bands, and the answer in sentences."""
    comparison = found.comparison
    sheet = _sheet(_title(found, told), told)
    tables = {curve: adoption_curves.bands(comparison.strategies, curve) for curve in ("reach", "sustained")}
    highest = max(float(band.high.max()) for table in tables.values() for band in table.values())
    labels, marks = pictures.labels(comparison, told), pictures.marks(comparison, told)
    for place, (curve, table) in zip((LEFT, 0.54), tables.items(), strict=True):
        axes = sheet.add_axes((place, 0.45, 0.27, 0.36))
        appearance.shares_up(axes, highest, told.numbers.percent)
        adoption_curves.adoption_curves(axes, table, labels, told.numbers, marks)
        appearance.heading(axes, labels[f"{curve}_title"], pad=34 if marks else 14)
    _paragraphs(sheet, 0.34, answer.sentences(comparison, told))
    return sheet


def _talked_about(found: Answer, done: Sequence[str], told: Texts) -> Figure:
    """What the room did, the key figures, and three questions with room to write."""
    sheet = _sheet(told("web.handout.second"), told)
    top = _paragraphs(sheet, 0.88, [f"{told('web.handout.done')} {'; '.join(done)}."] if done else [])
    top = _table(sheet, top - 0.01, found, told)
    for prompt in ("happened", "why", "home"):
        top -= 0.045
        sheet.text(LEFT, top, told(f"web.debrief.{prompt}"), fontsize=12.5, fontweight="bold", color=appearance.INK)
        for _ in range(2):
            top -= 0.04
            sheet.add_artist(Line2D((LEFT, 0.94), (top, top), color=appearance.QUIET, linewidth=0.7))
    return sheet


def _paragraphs(sheet: Figure, top: float, paragraphs: Sequence[str]) -> float:
    """Text from the top down; where it ends."""
    for paragraph in paragraphs:
        for line in textwrap.wrap(_plain(paragraph), 132):
            sheet.text(LEFT, top, line, fontsize=11, color=appearance.INK, va="top")
            top -= 0.026
        top -= 0.012
    return top


def _table(sheet: Figure, top: float, found: Answer, told: Texts) -> float:
    """Key figures by strategy: the median, and 5-95 %; where it ends."""
    comparison = found.comparison
    rows = key_figures.key_figures(comparison, told, SHORT)
    names = list(words.strategy_names(comparison.scenario, told).values())
    wide = 0.66 / max(1, len(names))
    for place, name in enumerate(names):
        text = "\n".join(textwrap.wrap(_plain(name), int(95 * wide)))
        sheet.text(0.28 + place * wide, top, text, fontsize=11, fontweight="bold", va="top", color=appearance.INK)
    top -= 0.055
    for row in rows:
        heading = row.heading + (f" ({row.unit})" if row.unit else "")
        sheet.text(LEFT, top, _plain(heading), fontsize=11, va="top", color=appearance.INK)
        for place, cell in enumerate(row.cells):
            text = f"{cell.middle}  ({cell.range})" if cell.range else cell.middle
            sheet.text(0.28 + place * wide, top, _plain(text), fontsize=11, va="top", color=appearance.INK)
        top -= LINE
    return top


def _plain(text: str) -> str:
    """The text so that matplotlib does not read it as mathematics."""
    return text.replace("$", r"\$")
