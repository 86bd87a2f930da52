"""What the plan is expected to give, year by year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portfolio.figures import benefit_over_time
from portfolio.numbers import horizon_years
from studio.reports.board import names
from studio.reports.board.grid import Block, Grid, Paragraphs, Picture, millions, plain
from studio.reports.board.pack import Pack
from studio.texts import Texts

Floats = NDArray[np.float64]


def over_time(pack: Pack, texts: Texts) -> list[Block]:
    """One sentence, the picture with its band, and the same as a table; nothing where nothing is chosen."""
    given = {names.initiative(pack.board, name, texts): _given(pack, name) for name in pack.plan}
    if not given:
        return []
    first = pack.board.years[0]
    years = range(first, first + horizon_years(pack.board))
    total: Floats = np.sum(list(given.values()), axis=0)
    low, _, high = _band(total)
    best = int(total.mean(axis=0).argmax())
    sentence = texts(
        "board.benefit_sentence",
        year=years[best],
        mean=texts.numbers.number(total[:, best].mean() / 1e6, 1),
        low=texts.numbers.number(low[best] / 1e6, 1),
        high=texts.numbers.number(high[best] / 1e6, 1),
        most=max(given, key=lambda title: float(given[title].mean())),
    )
    picture = Picture(
        "benefit",
        texts("board.benefit"),
        texts("board.benefit_caption", threshold=texts.numbers.number(pack.board.thresholds.used)),
        texts("board.benefit_alt", sentence=sentence),
        benefit_over_time.figure(years, given, {"msek_axis": texts("board.msek_axis")}, texts.numbers),
    )
    rows = [
        (plain(title), *(millions(float(one[:, i].mean()), texts) for i in range(len(years))))
        for title, one in given.items()
    ]
    ends = [(float(low[i]), float(high[i])) for i in range(len(years))]
    sums = (millions(float(total[:, i].mean()), texts, ends[i]) for i in range(len(years)))
    rows.append((plain(texts("board.column.total")), *sums))
    columns = (texts("board.column.initiative"), *(str(year) for year in years))
    grid = Grid(texts("board.benefit"), texts("board.benefit_table"), columns, tuple(rows), look="narrow")
    return [Paragraphs((sentence,), look="answer"), picture, grid]


def _given(pack: Pack, name: str) -> Floats:
    """Money in and health at the threshold, undiscounted [SEK]: ``(draws, years)``; time is not money and left out."""
    flows = pack.appraisals[name].flows
    return flows.income_sek + pack.board.thresholds.used * flows.qaly


def _band(total: Floats) -> Floats:
    return np.quantile(total, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
