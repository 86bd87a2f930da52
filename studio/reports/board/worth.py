"""Pages 8 and 9: economy and benefit, and what is worth finding out first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from portfolio.economy.appraisal import Appraisal, compared
from portfolio.figures import budget_impact, likely_worth, sorted_bars, tornado
from portfolio.numbers import discount_rate, horizon_years
from studio.reports.board import benefits, names
from studio.reports.board.decision import ksek_or_msek
from studio.reports.board.grid import Block, Cell, Grid, Paragraphs, Picture, millions, number, percent, plain
from studio.reports.board.pack import Pack
from studio.reports.words import first_capital
from studio.texts import Texts

_SHOWN = 10
_BAND = (0.05, 0.95)


def economy(pack: Pack, texts: Texts) -> list[Block]:
    """Page 8."""
    numbers, board = texts.numbers, pack.board
    lead = texts(
        "board.economy_lead",
        years=horizon_years(board),
        rate=numbers.percent(discount_rate(board), 1),
        threshold=numbers.number(board.thresholds.used),
    )
    found: list[Block] = [Paragraphs((lead,)), *benefits.over_time(pack, texts), _appraised(pack, texts)]
    found += [Paragraphs((texts("board.break_even_note"),), look="note"), *_impact(pack, texts), *_worth(pack, texts)]
    found += [*_increments(pack, texts), *_tornado(pack, texts), _register(pack, texts)]
    return found


def _appraised(pack: Pack, texts: Texts) -> Grid:
    rows = tuple(
        (plain(names.initiative(pack.board, name, texts)), *_economy_of(one, texts))
        for name, one in pack.appraisals.items()
    )
    keys = ("initiative", "net_cost", "qaly", "net_benefit", "pays", "payback", "freed", "per_year", "break_even")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    draws = texts.numbers.number(pack.board.doubt.draws)
    return Grid(texts("board.part.economy"), texts("board.economy_caption", draws=draws), columns, rows, look="small")


def _economy_of(one: Appraisal, texts: Texts) -> Sequence[Cell]:
    years = float(np.quantile(one.payback, 0.5, method="inverted_cdf"))
    numbers, qaly = texts.numbers, np.quantile(one.qaly, _BAND)
    payback = number(years, texts, 1) if np.isfinite(years) else plain(texts("board.never"))
    within = " … ".join(numbers.number(float(end), 1) for end in qaly) if qaly[1] > 0 else ""
    return (
        millions(float(one.cost.mean()), texts, _ends(one.cost)),
        number(float(one.qaly.mean()), texts, 1, within),
        millions(float(one.net_benefit.mean()), texts, _ends(one.net_benefit)),
        percent(float(np.mean(one.net_benefit > 0)), texts),
        payback,
        number(float(round(one.flows.freed_hours.sum(axis=1).mean(), -2)), texts),
        millions(one.cost_per_year, texts),
        percent(one.break_even, texts) if np.isfinite(one.break_even) else plain("–"),
    )


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, _BAND)
    return float(low), float(high)


def _impact(pack: Pack, texts: Texts) -> list[Block]:
    """What the whole plan does to the budget."""
    chosen = [pack.appraisals[name].flows for name in pack.plan if name in pack.appraisals]
    if not chosen:
        return []
    out = np.sum([flow.cost_sek for flow in chosen], axis=0)
    income = np.sum([flow.income_sek for flow in chosen], axis=0)
    change = np.sum([flow.change_hours.mean(axis=0) for flow in chosen], axis=0)
    freed = np.sum([flow.freed_hours.mean(axis=0) for flow in chosen], axis=0)
    years = [pack.board.years[0] + year for year in range(out.shape[1])]
    so_far = (income - out).mean(axis=0).cumsum()
    labels = {key: texts(f"board.{key}") for key in ("money_out", "money_in", "net_so_far", "msek_axis")}
    picture = Picture(
        "impact",
        texts("board.impact"),
        texts("board.impact_caption"),
        texts("board.impact_alt", last=texts.numbers.number(so_far[-1] / 1e6, 1)),
        budget_impact.figure(years, out, income, labels, texts.numbers),
    )
    rows = tuple(
        (
            plain(str(year)),
            millions(float(out[:, i].mean()), texts),
            millions(float(income[:, i].mean()), texts),
            millions(float((income - out)[:, i].mean()), texts),
            millions(float(so_far[i]), texts),
            number(float(round(change[i], -1)), texts),
            number(float(round(freed[i], -1)), texts),
        )
        for i, year in enumerate(years)
    )
    keys = ("year", "money_out", "money_in", "net", "so_far", "change_hours", "freed_year")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    return [picture, Grid(texts("board.impact"), texts("board.impact_table"), columns, rows)]


def _worth(pack: Pack, texts: Texts) -> list[Block]:
    """How likely each is worth its cost, over the thresholds."""
    thresholds = np.array(pack.board.thresholds.sek_per_qaly, np.float64)
    chances = {
        names.initiative(pack.board, name, texts): one.acceptability.probability[:, 1]
        for name, one in pack.appraisals.items()
    }
    if not chances or len(thresholds) < 2:
        return []
    percents, numbers = texts.numbers.percent, texts.numbers
    said = "; ".join(f"{name} {percents(float(chance[-1]))}" for name, chance in chances.items())
    labels = {key: texts(f"board.{key}") for key in ("threshold_axis", "chance_axis")}
    picture = Picture(
        "worth",
        texts("board.worth"),
        texts("board.worth_caption", source=pack.board.thresholds.source),
        texts("board.worth_alt", threshold=numbers.number(thresholds[-1]), chances=said),
        likely_worth.figure(thresholds, chances, labels, numbers),
    )
    heads = (texts("board.at_threshold", threshold=numbers.number(float(t) / 1000)) for t in thresholds)
    rows = tuple((plain(name), *(percent(float(c), texts) for c in chance)) for name, chance in chances.items())
    columns = (texts("board.column.initiative"), *heads)
    return [picture, Grid(texts("board.chance_axis"), texts("board.worth_table"), columns, rows)]


def _increments(pack: Pack, texts: Texts) -> list[Block]:
    """Alternatives for the same problem, step by step."""
    found: list[Block] = []
    for label, steps in compared(pack.board, pack.appraisals.values()).items():
        rows = tuple(
            (
                plain(
                    texts("board.nothing") if one.name == "nothing" else names.initiative(pack.board, one.name, texts)
                ),
                millions(one.cost, texts),
                number(one.effect, texts, 1),
                millions(one.added_cost, texts) if one.added_cost is not None else Cell("–"),
                number(one.added_effect, texts, 1),
                number(one.icer, texts),
                plain(texts(f"board.icer_status.{one.status}")),
            )
            for one in steps
        )
        keys = ("alternative", "net_cost", "qaly", "added_cost", "added_qaly", "icer", "status")
        columns = tuple(texts(f"board.column.{key}") for key in keys)
        found.append(Grid(f"ICER {label}", texts("board.icer_caption", label=first_capital(label)), columns, rows))
    return found


def _tornado(pack: Pack, texts: Texts) -> list[Block]:
    """What matters most for the initiative that it is most worth knowing more about."""
    open_ = [one for one in pack.unknowns.appraisals.values() if one.tornado]
    if not open_:
        return []
    one = max(open_, key=lambda appraisal: (appraisal.evpi, appraisal.tornado[0].span))
    title = names.initiative(pack.board, one.commitment.initiative, texts)
    inputs, bars = texts.family("portfolio.input"), one.tornado[:_SHOWN]
    labels = {key: texts.entries[f"board.{key}"] for key in ("net_axis", "at_low", "at_high", "flips")}
    picture = Picture(
        "tornado",
        texts("board.tornado", title=title),
        texts("board.tornado_caption"),
        texts("board.tornado_alt", most=inputs.get(bars[0].input, bars[0].input)),
        tornado.figure(bars, inputs, labels, texts.numbers),
    )
    rows = tuple(
        (
            plain(inputs.get(bar.input, bar.input)),
            millions(bar.at_low, texts),
            millions(bar.at_high, texts),
            plain(texts("board.yes" if bar.flips else "board.no")),
        )
        for bar in bars
    )
    columns = tuple(texts(f"board.column.{key}") for key in ("input", "at_low", "at_high", "flips"))
    return [picture, Grid(texts("board.tornado", title=title), texts("board.tornado_table"), columns, rows)]


def _register(pack: Pack, texts: Texts) -> Grid:
    """Who owns, who pays, who gains."""
    rows = []
    for name, one in pack.board.initiatives.items():
        bought = one.procurement
        how = f"{bought.route}, {texts(f'board.risk.{bought.risk}')}" if bought is not None else ""
        rules = "; ".join(f"{key.upper().replace('_', ' ')}: {status}" for key, status in one.regulatory.items())
        words = (names.initiative(pack.board, name, texts), one.owner, one.pays, one.gains)
        rows.append(tuple(plain(word or "") for word in (*words, texts(f"board.budget_kind.{one.budget}"), how, rules)))
    keys = ("initiative", "owner", "pays_who", "gains_who", "budget_kind", "procurement", "regulatory")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    return Grid(texts("board.column.gains_who"), texts("board.register_caption"), columns, tuple(rows), 7, "small")


def information(pack: Pack, texts: Texts) -> list[Block]:
    """Page 9."""
    numbers, unknowns = texts.numbers, pack.unknowns
    limited = {"all": unknowns.within_limits, "error": unknowns.within_limits_error}
    lead = Paragraphs(
        (
            texts("board.information_limited", **{key: ksek_or_msek(sek, texts) for key, sek in limited.items()}),
            texts("board.information_lead", all=ksek_or_msek(unknowns.evpi_all, texts)),
        )
    )
    worth = [one for one in unknowns.unknowns if max(one.within_limits_sek, one.evppi_sek) >= 500][:_SHOWN]
    if not worth:
        return [lead, Paragraphs((texts("board.information_nothing"),))]
    inputs = texts.family("portfolio.input")
    bars = [
        (
            texts(
                "board.information_bar",
                title=names.initiative(pack.board, one.initiative, texts),
                input=inputs.get(one.input, one.input),
            ),
            one.within_limits_sek / 1000,
        )
        for one in worth
    ]
    picture = Picture(
        "information",
        texts("board.information_picture"),
        texts("board.information_picture_caption"),
        texts("board.information_alt", bars="; ".join(f"{name} {numbers.number(amount)}" for name, amount in bars)),
        sorted_bars.figure(bars, texts("board.information_axis"), numbers),
    )
    rows = []
    for one in worth:
        appraisal = unknowns.appraisals[one.initiative]
        rows.append(
            (
                plain(names.initiative(pack.board, one.initiative, texts)),
                plain(inputs.get(one.input, one.input)),
                number(one.within_limits_sek / 1000, texts),
                number(one.evppi_sek / 1000, texts),
                number(appraisal.evpi / 1000, texts),
                number(appraisal.evpi_per_person, texts),
                millions(float(appraisal.net_benefit.mean()), texts),
            )
        )
    keys = ("initiative", "input", "limited", "evppi", "evpi", "per_person", "net_benefit")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    grid = Grid(texts("board.information_picture"), texts("board.information_caption"), columns, tuple(rows), left=2)
    return [lead, picture, grid]
