"""The figures: the same bytes every time, nothing outside the sheet, no names on top of each other."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from sim.figures import adoption_curves, appearance, files
from studio import texts
from studio.reports.pictures import pictures
from tests import synthetic

CASES = {
    "four": synthetic.comparison,
    "one": synthetic.one_strategy,
    "two": synthetic.two_innovations,
    "slow": synthetic.slow,
    "many": lambda: synthetic.comparison(strategies={f"s{i}": "help_it_happen" for i in range(8)}),
    "long": lambda: synthetic.comparison(
        strategies={
            n: {"use": "let_it_happen", "title": f"{n}: en rubrik som är ganska lång, ja mycket"} for n in "abcd"
        }
    ),
    "short": lambda: synthetic.comparison(months=2, goal=None, events=[]),
}


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_names_do_not_cover_each_other(case, language):
    """In every figure the strategies' names stand apart and inside the sheet."""
    comparison = CASES[case]()
    for picture in pictures(comparison, texts.load(language)):
        picture.figure.canvas.draw()
        sheet = picture.figure.bbox.padded(1)
        for axes in picture.figure.axes:
            named = [t for t in axes.texts if isinstance(t, Text) and t.get_rotation() == 0 and t.get_text()]
            boxes = [(t.get_text(), Text.get_window_extent(t)) for t in named]
            for text, box in boxes:
                assert sheet.x0 <= box.x0 <= box.x1 <= sheet.x1, (picture.name, text)
                assert sheet.y0 <= box.y0 <= box.y1 <= sheet.y1, (picture.name, text)
            for (a, box_a), (b, box_b) in combinations(boxes, 2):
                assert not box_a.padded(-2).overlaps(box_b.padded(-2)), (picture.name, a, b)


def test_a_figure_is_the_same_every_time():
    """SVG and PNG do not depend on the time, and hold no date."""
    words = texts.load("sv")
    for one, two in zip(*(pictures(synthetic.comparison(), words) for _ in range(2)), strict=True):
        assert files.svg(one.figure) == files.svg(two.figure)
        assert b"<dc:date>" not in files.svg(one.figure)


def test_saved_as_png_and_svg(tmp_path):
    """Both forms are written under the figure's name."""
    figure = pictures(synthetic.one_strategy(), texts.load("en"))[0].figure
    assert files.save(figure, tmp_path, "spread") == (tmp_path / "spread.svg").read_bytes()
    assert (tmp_path / "spread.png").read_bytes().startswith(b"\x89PNG")


def test_svg_has_no_letters_that_need_a_font():
    """Letters are shapes, so the figure looks the same everywhere."""
    drawn = files.svg(pictures(synthetic.one_strategy(), texts.load("sv"))[0].figure).decode()
    assert "<text" not in drawn
    assert not re.search(r'href="http', drawn)


def test_a_title_is_not_read_as_mathematics():
    """Dollar signs in a title are dollar signs."""
    pictures(synthetic.comparison(strategies={"a": {"use": "let_it_happen", "title": "$\\frac{1}{"}}), texts.load("sv"))


def test_no_pyplot():
    """Drawing uses no global state of matplotlib."""
    code = "import sys; from studio.reports import page; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_looks_are_distinct():
    """28 strategies look different, and neighbours differ in more than colour."""
    found = list(appearance.looks(map(str, range(28))).values())
    assert len(set(found)) == 28
    assert all(a.dashes != b.dashes for a, b in pairwise(found))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 0.1)), min_size=1, max_size=10))
def test_labels_are_moved_apart(wished):
    """Boxes do not overlap and keep their order, inside the limits."""
    ends, heights = [w for w, _ in wished], [h for _, h in wished]
    places = appearance.apart(ends, heights, 0, 1)
    order = sorted(range(len(ends)), key=lambda i: places[i])
    for i, j in pairwise(order):
        assert places[i] + heights[i] / 2 <= places[j] - heights[j] / 2 + 1e-9
    assert all(h / 2 - 1e-9 <= p <= 1 - h / 2 + 1e-9 for p, h in zip(places, heights, strict=True))


def test_bands_are_order_statistics():
    """The median and the band are values of replicates."""
    comparison = synthetic.comparison()
    band = adoption_curves.bands(comparison.strategies, "reach")["make"]
    values = comparison.strategies["make"].curves["reach"]
    assert all(band.median[month] in values[:, month] for month in (0, 10, 60))
    assert (band.low <= band.median).all()
    assert (band.median <= band.high).all()
