"""One initiative on one page: what it is, how it would come into use, what it takes and gives, what is not known."""

from __future__ import annotations

import numpy as np

from portfolio.economy.appraisal import Appraisal
from portfolio.forecast import Commitment, Forecast, adoption_of
from portfolio.initiative import Initiative
from portfolio.numbers import horizon_years
from sim.figures import appearance
from sim.figures.adoption_curves import Band, adoption_curves
from studio.reports.board import entries, names
from studio.reports.board.decision import plan_cost, standing_of
from studio.reports.board.grid import Block, Cell, Grid, Paragraphs, Picture, millions, number, percent, plain
from studio.reports.board.pack import Pack
from studio.texts import Texts

_BAND = (0.05, 0.5, 0.95)


def blocks(pack: Pack, name: str, forecast: Forecast, texts: Texts) -> list[Block]:
    """The card of an initiative.

    Args:
        pack: the results of every step.
        name: of the initiative.
        forecast: how it comes into use under each of its strategies.
        texts: words.
    """
    one = pack.board.initiatives[name]
    found: list[Block] = [
        Paragraphs(tuple(_about(pack, name, texts)), look="answer"),
        *_adoption(pack, name, forecast, texts),
    ]
    if name in pack.appraisals:
        found.append(_economy(pack, pack.appraisals[name], texts))
    found.append(_facts(one, texts))
    told = (("board.card_gates", _gates(pack, name, texts)), ("board.card_find_out", _find_out(pack, name, texts)))
    found += [Paragraphs(tuple(said), texts(key), bullets=True) for key, said in told if said]
    return [*found, *_decided(pack, name, texts)]


def _about(pack: Pack, name: str, texts: Texts) -> list[str]:
    """What it is, where it stands, and what the plan proposes."""
    board, one = pack.board, pack.board.initiatives[name]
    said = [one.about.in_language(texts.language)] if one.about is not None else []
    commitment = next((made for made in pack.choice.commitments if made.initiative == name), None)
    if commitment is not None:
        strategy = names.strategy(pack.choice.program, commitment, texts)
        when = names.quarter_in_words(board, commitment.quarter, texts)
        amount = texts.numbers.number(plan_cost(pack, name) / 1e6, 1)
        standing = texts(f"board.standing.{standing_of(pack, name)}")
        said.append(texts("board.card_chosen", strategy=strategy, quarter=when, amount=amount, standing=standing))
    elif name in pack.choice.program.names:
        said.append(texts("board.card_not_chosen", standing=texts(f"board.standing.{standing_of(pack, name)}")))
    if name in pack.ranking.names:
        place = pack.ranking.names.index(name)
        first = texts.numbers.percent(float(pack.ranking.acceptability[place, :3].sum()))
        said.append(texts("board.card_place", place=place + 1, of=len(pack.ranking.names), first=first))
    return said


def _adoption(pack: Pack, name: str, forecast: Forecast, texts: Texts) -> list[Block]:
    """How it comes into use under each of its strategies, with 5-95 % of the worlds where it is simulated."""
    one, months = pack.board.initiatives[name], 12 * horizon_years(pack.board)
    bands, titles, source = {}, {}, ""
    for strategy in one.strategy_names():
        adoption = adoption_of(name, one, strategy, months, forecast)
        source = texts(f"portfolio.source.{adoption.source}")
        curve = np.concatenate([np.zeros((len(adoption.use), 1)), adoption.use], axis=1)
        low, middle, high = np.quantile(curve, _BAND, axis=0, method="inverted_cdf")
        bands[strategy] = Band(middle, low, high)
        titles[strategy] = names.strategy(pack.choice.program, Commitment(name, strategy, 0), texts)
    if len(bands) == 1:
        titles = dict.fromkeys(bands, texts("board.card_use"))
    sheet = appearance.sheet(9.4, 3.9)
    axes = sheet.add_axes((0.08, 0.17, 0.66, 0.76))
    labels = {"month": texts("board.card_month"), **{f"strategy.{key}": title for key, title in titles.items()}}
    appearance.shares_up(axes, max(float(band.high.max()) for band in bands.values()), texts.numbers.percent)
    adoption_curves(axes, bands, labels, texts.numbers)
    ends = "; ".join(f"{titles[key]} {texts.numbers.percent(float(band.median[-1]))}" for key, band in bands.items())
    picture = Picture(
        "adoption",
        texts("board.card_adoption"),
        texts("board.card_adoption_caption", source=source),
        texts("board.card_adoption_alt", ends=ends),
        sheet,
    )
    years = [year for year in (1, 2, 3, 5, 8, 10, 15, 20) if 12 * year <= months]
    rows = tuple((plain(titles[key]), *(_share(band, 12 * y, texts) for y in years)) for key, band in bands.items())
    columns = (texts("board.column.strategy"), *(texts("board.card_year", year=year) for year in years))
    return [picture, Grid(texts("board.card_adoption"), texts("board.card_adoption_table"), columns, rows)]


def _share(band: Band, month: int, texts: Texts) -> Cell:
    low, high = float(band.low[month]), float(band.high[month])
    cell = percent(float(band.median[month]), texts)
    percents = texts.numbers.percent
    return Cell(cell.text, cell.value, f"{percents(low)} … {percents(high)}" if low < high else "")


def _economy(pack: Pack, one: Appraisal, texts: Texts) -> Grid:
    """What it takes and gives over the horizon."""

    def ends(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
        low, high = np.quantile(values, (0.05, 0.95))
        return float(low), float(high)

    payback = float(np.quantile(one.payback, 0.5, method="inverted_cdf"))
    cells = (
        millions(float(one.cost.mean()), texts, ends(one.cost)),
        number(float(one.qaly.mean()), texts, 1),
        millions(float(one.net_benefit.mean()), texts, ends(one.net_benefit)),
        percent(float(np.mean(one.net_benefit > 0)), texts),
        number(payback, texts, 1) if np.isfinite(payback) else plain(texts("board.never")),
        number(float(round(one.flows.freed_hours.sum(axis=1).mean(), -2)), texts),
        number(float(round(one.flows.change_hours.sum(axis=1).mean(), -2)), texts),
    )
    keys = ("net_cost", "qaly", "net_benefit", "pays", "payback", "freed", "change_hours")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    caption = texts("board.card_economy", years=horizon_years(pack.board))
    return Grid(texts("board.part.economy"), caption, columns, (cells,), left=0)


def _facts(one: Initiative, texts: Texts) -> Grid:
    """Owner, stage, who pays and gains, procurement and regulation; what is not said is left out."""
    procurement = one.procurement
    told = {
        "board.column.owner": one.owner,
        "board.column.stage": texts(f"workbook.choice.stage.{one.stage}"),
        "board.column.pays_who": one.pays,
        "board.column.gains_who": one.gains,
        "board.column.budget_kind": texts(f"board.budget_kind.{one.budget}"),
        "board.column.procurement": None
        if procurement is None
        else f"{procurement.route} ({texts(f'board.risk.{procurement.risk}')})",
        "board.column.regulatory": ", ".join(f"{key.upper()}: {status}" for key, status in one.regulatory.items()),
        "board.column.root_cause": ", ".join(one.root_causes),
        "board.column.evidence": "; ".join(one.evidence.values()),
    }
    rows = tuple((plain(texts(key)), plain(said)) for key, said in told.items() if said)
    return Grid(
        texts("board.card_facts"),
        texts("board.card_facts"),
        (texts("board.card_what"), texts("board.card_said")),
        rows,
        2,
        "small",
    )


def _gates(pack: Pack, name: str, texts: Texts) -> list[str]:
    """Must-requirements that are not simply met."""
    card = pack.ranking.cards[name]
    if card.verdict == "decided":
        return []
    said = []
    for answer in ("no", "by", "unknown"):
        for gate in card.those(answer):
            given = card.answers[gate]
            what = (
                texts("board.gate_by", gate=names.gate(gate, texts), by=given.by)
                if given.by
                else names.gate(gate, texts)
            )
            told = texts(f"board.card_gate.{answer}", gate=what)
            said.append(texts("board.gate_reason", gate=told, reason=given.reason) if given.reason else told)
    return said


def _find_out(pack: Pack, name: str, texts: Texts) -> list[str]:
    """What is worth knowing before it is decided."""
    worth = [one for one in pack.unknowns.unknowns if one.initiative == name and one.evppi_sek > 0]
    return [
        texts(
            "board.card_worth",
            what=texts.entries.get(f"portfolio.input.{one.input}", one.input.replace("_", " ")),
            amount=texts.numbers.number(one.evppi_sek / 1e6, 1),
        )
        for one in worth[:3]
    ]


def _decided(pack: Pack, name: str, texts: Texts) -> list[Block]:
    """What the journal says of it, the newest first."""
    own = [entry for entry in pack.journal if entry.record.initiative == name]
    if not own:
        return []
    rows = tuple(
        (
            number(entry.line.number, texts),
            plain(str(entry.record.date)),
            plain(entries.what(entry, texts)),
            plain(entries.who(entry, texts)),
        )
        for entry in reversed(own)
    )
    columns = tuple(texts(f"board.column.{key}") for key in ("line", "date", "what", "who"))
    return [Grid(texts("board.journal_caption"), texts("board.card_decided"), columns, rows, left=4, look="small")]
