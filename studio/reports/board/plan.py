"""Pages 5 to 7: value against budget, the load on the clinics, and how sure the choice is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portfolio.choice.choose import UsedResource
from portfolio.figures import capacity_map, standing_bars, value_budget
from portfolio.numbers import own_defaults
from studio.reports.board import names
from studio.reports.board.grid import Block, Cell, Grid, Paragraphs, Picture, millions, number, percent, plain
from studio.reports.board.pack import Pack
from studio.reports.board.standing import flips
from studio.texts import Texts

Floats = NDArray[np.float64]

_SEEN = 1e-6
_ORDER = ("change_capacity", "facilitators_fte", "support_hours", "budget_sek")


def money(pack: Pack, texts: Texts) -> list[Block]:
    """Page 5."""
    found: list[Block] = [Paragraphs((texts("board.money_lead"),))]
    points = sorted(pack.choice.frontier)
    given = sum(used.resource.limit for used in pack.choice.used if used.resource.kind == "budget_sek")
    if points and given:
        found += _frontier(pack, points, given, texts)
    else:
        found.append(Paragraphs((texts("board.money_none"),)))
    found.append(_prices(pack, texts))
    spent = [used for used in pack.choice.used if used.resource.kind == "budget_sek"]
    return [*found, *([_money_by_year(spent, texts)] if spent else [])]


def _frontier(pack: Pack, points: list[tuple[float, float]], given: float, texts: Texts) -> list[Block]:
    numbers = texts.numbers
    said = "; ".join(f"{numbers.number(budget / 1e6)} {numbers.number(value, 2)}" for budget, value in points)
    axes = ("budget_axis", "the_plan")
    labels = {key: texts(f"board.{key}") for key in axes} | {"value_axis": texts("board.portfolio_value_axis")}
    picture = Picture(
        "frontier",
        texts("board.money_picture"),
        texts("board.money_picture_caption"),
        texts("board.money_alt", points=said),
        value_budget.figure(points, (given, pack.choice.value), labels, numbers),
    )
    rows = tuple((millions(budget, texts), number(value, texts, 2)) for budget, value in points)
    columns = (texts("board.column.frontier_budget"), texts("board.column.frontier_value"))
    return [picture, Grid(texts("board.money_picture"), texts("board.frontier_caption"), columns, rows, 0, "narrow")]


def _prices(pack: Pack, texts: Texts) -> Grid:
    rows = []
    for price in pack.choice.prices:
        less = _price(price.less, texts) if np.isfinite(price.less) else plain(texts("board.impossible"))
        decimals = 1 if price.kind == "facilitators_fte" else 0
        amount = number(price.amount, texts, decimals)
        rows.append((plain(texts(f"portfolio.resource.{price.kind}")), amount, _price(price.more, texts), less))
    columns = tuple(texts(f"board.column.{key}") for key in ("resource", "five_percent", "more", "less"))
    return Grid(texts("board.column.more"), texts("board.prices_caption"), columns, tuple(rows))


def _price(change: float, texts: Texts) -> Cell:
    """A change of the portfolio's value; 0 where nothing changes."""
    return number(change, texts, 3 if abs(change) >= 0.0005 else 0)


def _money_by_year(spent: list[UsedResource], texts: Texts) -> Grid:
    rows = tuple(
        (
            plain(used.resource.period),
            millions(used.used, texts),
            millions(used.resource.limit, texts),
            percent(_share(used.used, used.resource.limit), texts),
        )
        for used in spent
    )
    columns = tuple(texts(f"board.column.{key}") for key in ("period", "used", "limit", "share"))
    return Grid(texts("board.column.budget"), texts("board.spending_caption"), columns, rows)


def capacity(pack: Pack, texts: Texts) -> list[Block]:
    """Page 6."""
    rows, shares, whole = _loads(pack, texts)
    found: list[Block] = [Paragraphs((texts("board.capacity_lead"),))]
    if not rows:
        return [*found, Paragraphs((texts("board.limits_none"),))]
    quarters = [names.quarter(pack.board, q) for q in range(4 * len(pack.board.years))]
    percents = texts.numbers.percent
    peaks = "; ".join(f"{name} {percents(float(np.nanmax(row)))}" for name, row in zip(rows, shares, strict=True))
    picture = Picture(
        "capacity",
        texts("board.capacity_picture"),
        texts("board.capacity_picture_caption"),
        texts("board.capacity_alt", peaks=peaks),
        capacity_map.figure(rows, quarters, shares, whole, texts.numbers),
    )
    cells = tuple(
        (plain(name), *(percent(float(share), texts) for share in row)) for name, row in zip(rows, shares, strict=True)
    )
    columns = (texts("board.column.resource"), *quarters)
    grid = Grid(texts("board.capacity_picture"), texts("board.capacity_caption"), columns, cells, look="narrow")
    return [*found, picture, Paragraphs(tuple(_tested(pack, texts)), bullets=True), grid, *_kept(pack, texts)]


def _tested(pack: Pack, texts: Texts) -> list[str]:
    """Whether plan and clinics agree, and where more is asked than there is."""
    numbers = texts.numbers
    said = [texts(f"portfolio.test.{pack.tested.ending}", rounds=len(pack.tested.rounds))]
    said += [
        texts(
            "portfolio.test.overload",
            group=names.group(pack.board, one.group, texts),
            quarter=one.quarter,
            asked=numbers.number(one.asked_hours),
            usable=numbers.number(one.usable_hours),
        )
        for one in pack.tested.rounds[-1].overloads
    ]
    return said


def _loads(pack: Pack, texts: Texts) -> tuple[list[str], Floats, list[bool]]:
    """Rows of the heat map: simulated groups first, then every limit; which of them hold for whole years."""
    quarters = 4 * len(pack.board.years)
    rows, shares, whole = [], [], []
    for name, load in pack.tested.rounds[-1].loads.items():
        rows.append(texts("board.capacity_simulated", name=names.group(pack.board, name, texts)))
        shares.append(np.divide(load.hours, load.capacity, out=np.full(quarters, np.nan), where=load.capacity > 0))
        whole.append(False)
    limits: dict[tuple[str, str], list[UsedResource]] = {}
    for used in pack.choice.used:
        limits.setdefault((used.resource.kind, used.resource.which), []).append(used)
    for kind, which in sorted(limits, key=lambda key: (_ORDER.index(key[0]), key[1])):
        if kind == "change_capacity" and which in pack.tested.rounds[-1].loads:
            continue
        by_period = {u.resource.period: _share(u.used, u.resource.limit) for u in limits[kind, which]}
        named = [names.quarter(pack.board, quarter) for quarter in range(quarters)]
        yearly = not any(quarter in by_period for quarter in named)
        rows.append(names.resource(kind, which, pack.board, texts))
        shares.append(np.array([by_period.get(q[:4] if yearly else q, np.nan) for q in named]))
        whole.append(yearly)
    return rows, np.array(shares), whole


def _share(used: float, limit: float) -> float:
    return used / limit if limit > 0 else np.inf if used > 0 else np.nan


def _kept(pack: Pack, texts: Texts) -> list[Block]:
    kept = pack.tested.rounds[-1].kept
    if not kept:
        return []
    rows = tuple(
        (plain(names.initiative(pack.board, name, texts)), percent(share, texts)) for name, share in kept.items()
    )
    columns = (texts("board.column.initiative"), texts("board.column.kept"))
    return [Grid(texts("board.column.kept"), texts("board.kept_caption"), columns, rows, look="narrow")]


def standing(pack: Pack, texts: Texts) -> list[Block]:
    """Page 7."""
    sure, numbers, own = pack.choice.robustness, texts.numbers, own_defaults()
    if sure is None:
        return []
    ends = own["out_share"].value, own["core_share"].value
    order = sorted(range(len(sure.names)), key=lambda i: (-sure.acceptability[i], -sure.core_index[i], sure.names[i]))
    bars = [
        standing_bars.Bar(
            names.initiative(pack.board, sure.names[i], texts),
            float(sure.acceptability[i]),
            float(sure.error[i]),
            float(sure.core_index[i]),
            sure.standing[i],
        )
        for i in order
    ]
    lead = texts(
        "board.standing_lead",
        solved=numbers.number(sure.solved),
        pool=numbers.number(len(sure.pool)),
        draws=numbers.number(sure.draws),
        core=numbers.percent(ends[1]),
        out=numbers.percent(ends[0]),
    )
    labels = {f"standing.{key}": text for key, text in texts.family("board.standing").items()}
    picture = Picture(
        "standing",
        texts("board.standing_picture"),
        texts("board.standing_picture_caption", kept=numbers.number(int(sure.nondominated.sum()))),
        texts("board.standing_alt", shares="; ".join(f"{b.name} {numbers.percent(b.share)}" for b in bars)),
        standing_bars.figure(bars, ends, {**labels, "core_index": texts("board.core_index")}, numbers),
    )
    rows = tuple(
        (
            plain(bar.name),
            plain(texts(f"board.standing.{bar.standing}")),
            plain(texts("board.yes" if sure.names[i] in pack.plan else "board.no")),
            percent(bar.share, texts),
            percent(1.96 * bar.error, texts, 1),
            percent(bar.core_index, texts),
        )
        for i, bar in zip(order, bars, strict=True)
    )
    keys = ("initiative", "standing", "chosen", "acceptability", "error", "core_index")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    grid = Grid(texts("board.column.standing"), texts("board.standing_caption"), columns, rows, left=3)
    changes = Paragraphs(tuple(_changes(pack, texts)), texts("board.change"), bullets=True)
    return [Paragraphs((lead,)), picture, changes, grid]


def _changes(pack: Pack, texts: Texts) -> list[str]:
    """What 5 % more or less, or another weight, would change."""
    said, numbers = [], texts.numbers
    for price in pack.choice.prices:
        resource = texts(f"portfolio.resource.{price.kind}")
        if price.more > _SEEN:
            said.append(texts("board.change_more", resource=resource, more=numbers.number(price.more, 3)))
        if not np.isfinite(price.less):
            said.append(texts("board.change_impossible", resource=resource))
        elif price.less < -_SEEN:
            said.append(texts("board.change_less", resource=resource, less=numbers.number(-price.less, 3)))
    return [*(said or [texts("board.change_nothing")]), *flips(pack, texts)]
