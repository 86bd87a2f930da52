"""Figures as files: PNG for slides, SVG for everything else, the same bytes every time."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

_PNG_DPI = 150


def svg(figure: Figure) -> bytes:
    """The figure as SVG: letters as shapes, so that it looks the same everywhere; no date."""
    stream = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "innomotor", "svg.fonttype": "path"}):  # the backend reads these nowhere else
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": "innomotor"})
    return stream.getvalue()


def save(figure: Figure, folder: Path, name: str) -> bytes:
    """Save ``name.png`` (150 dpi) and ``name.svg`` in an existing folder; gives the SVG."""
    figure.savefig(folder / f"{name}.png", dpi=_PNG_DPI, metadata={"Software": "innomotor"})
    drawn = svg(figure)
    (folder / f"{name}.svg").write_bytes(drawn)
    return drawn
