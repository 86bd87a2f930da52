"""Page 1: what is proposed, and why, on one page."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from portfolio.forecast import Commitment
from portfolio.numbers import horizon_years
from studio.reports.board import names
from studio.reports.board.grid import Block, Cell, Grid, Paragraphs, millions, number, plain
from studio.reports.board.pack import Pack
from studio.reports.words import listed
from studio.texts import Texts

_PROVEN = 1e-4
_AMONG_FIRST = 3
PLAIN = "plan"
"""The strategy of an initiative that has one way only."""


def blocks(pack: Pack, texts: Texts) -> list[Block]:
    """The proposal, its grounds, and the plan."""
    return [
        Paragraphs(tuple(_proposal(pack, texts)), texts("board.proposal"), bullets=True, look="answer"),
        Paragraphs(tuple(_why(pack, texts)), texts("board.why"), bullets=True),
        plan_grid(pack, texts),
        Paragraphs((texts("board.draft"),), look="note"),
    ]


def plan_cost(pack: Pack, initiative: str) -> float:
    """What a chosen initiative costs in the budget years, as the choice reckons [SEK]."""
    commitment = next(one for one in pack.choice.commitments if one.initiative == initiative)
    option = next(one for one in pack.choice.program.options if one.commitment == commitment)
    return float(option.money.sum())


def standing_of(pack: Pack, initiative: str) -> str:
    """must, core, borderline or out; empty without robustness."""
    sure = pack.choice.robustness
    return sure.standing[sure.names.index(initiative)] if sure is not None and initiative in sure.names else "out"


def plan_grid(pack: Pack, texts: Texts) -> Grid:
    """What, how, when, at what cost."""
    board = pack.board
    rows = [
        (
            plain(names.initiative(board, one.initiative, texts)),
            plain(names.strategy(pack.choice.program, one, texts)),
            plain(names.quarter(board, one.quarter), "when"),
            plain(texts(f"board.standing.{standing_of(pack, one.initiative)}")),
            number(pack.choice.values[one.initiative], texts, 2),
            millions(plan_cost(pack, one.initiative), texts),
        )
        for one in pack.choice.commitments
    ]
    total = sum(plan_cost(pack, name) for name in pack.plan)
    empty = Cell("")
    rows.append((plain(texts("board.column.total")), empty, empty, empty, empty, millions(total, texts)))
    keys = ("initiative", "strategy", "start", "standing", "value", "cost_plan")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    return Grid(texts("board.part.decision"), texts("board.plan_caption"), columns, tuple(rows), left=4)


def _proposal(pack: Pack, texts: Texts) -> list[str]:
    board, said = pack.board, []
    for quarter, begun in groupby(_as_planned(pack), key=lambda one: one.quarter):
        when = names.quarter_in_words(board, quarter, texts)
        titles = names.all_of(board, [one.initiative for one in begun], texts)
        said.append(texts("board.propose_plain", title=titles, quarter=when))
    for one in pack.choice.commitments:
        title = names.initiative(board, one.initiative, texts)
        if board.initiatives[one.initiative].must is not None:
            said.append(texts("board.propose_going", title=title))
            continue
        if one.strategy != PLAIN:
            when, how = names.quarter_in_words(board, one.quarter, texts), _how(pack, one, texts)
            said.append(texts("board.propose_start", title=title, strategy=how, quarter=when))
    waiting = [name for name in pack.choice.program.names if name not in pack.plan]
    stopped = [name for name, card in pack.ranking.cards.items() if card.verdict == "stopped"]
    for key, some in (("propose_hold", waiting), ("propose_gate", stopped)):
        if some:
            said.append(texts(f"board.{key}", titles=names.all_of(board, some, texts)))
    return said


def _as_planned(pack: Pack) -> list[Commitment]:
    """What is to be started in the only way that it has, in the order of the start."""
    must = {name for name, one in pack.board.initiatives.items() if one.must is not None}
    return [one for one in pack.choice.commitments if one.strategy == PLAIN and one.initiative not in must]


def _how(pack: Pack, one: Commitment, texts: Texts) -> str:
    """A strategy within a sentence."""
    usual = texts.entries.get(f"board.how.{one.strategy}")
    if usual is not None and pack.choice.program.strategy_title(one) is None:
        return usual
    return texts("board.how_own", strategy=names.strategy(pack.choice.program, one, texts))


def _why(pack: Pack, texts: Texts) -> list[str]:
    sure, clinics = _sure(pack, texts), _clinics(pack, texts)
    told = [_best(pack, texts), *_not_chosen(pack, texts), _money(pack, texts), _pays(pack, texts)]
    return [*told, *sure, *clinics, *_ask(pack, texts)]


def _not_chosen(pack: Pack, texts: Texts) -> list[str]:
    """Why an initiative that is ranked among the first is not in the plan."""
    said = []
    for place, name in enumerate(pack.ranking.names[:_AMONG_FIRST], 1):
        if name in pack.plan or name not in pack.choice.program.names:
            continue
        least = min(o.money.sum() for o in pack.choice.program.options if o.commitment.initiative == name)
        title = names.initiative(pack.board, name, texts)
        said.append(texts("board.why_not", title=title, place=place, amount=ksek_or_msek(float(least), texts)))
    return said


def _pays(pack: Pack, texts: Texts) -> str:
    """Net benefit of the whole plan, with and without the worth of time."""
    chosen = [pack.appraisals[name] for name in pack.plan]
    net = np.sum([one.net_benefit for one in chosen], axis=0)
    low, high = np.quantile(net, (0.05, 0.95))
    timed = float(np.sum([one.net_benefit_with_time.mean() for one in chosen]))
    said = {"net": float(net.mean()), "low": float(low), "high": float(high), "timed": timed}
    numbers = texts.numbers
    return texts(
        "board.why_pays",
        years=horizon_years(pack.board),
        threshold=numbers.number(pack.board.thresholds.used),
        **{key: numbers.number(sek / 1e6, 1) for key, sek in said.items()},
    )


def ksek_or_msek(sek: float, texts: Texts) -> str:
    """An amount in thousands below a million, else in millions."""
    if abs(sek) < 1e6:
        return texts("board.ksek", n=texts.numbers.number(sek / 1000))
    return texts("board.msek", n=texts.numbers.number(sek / 1e6, 1))


def _money(pack: Pack, texts: Texts) -> str:
    numbers, years = texts.numbers, pack.board.years
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
    cost = numbers.number(sum(plan_cost(pack, name) for name in pack.plan) / 1e6, 1)
    given = [used.resource.limit for used in pack.choice.used if used.resource.kind == "budget_sek"]
    if not given:
        return texts("board.why_money_open", cost=cost, years=span)
    return texts("board.why_money", cost=cost, years=span, budget=numbers.number(sum(given) / 1e6, 1))


def _best(pack: Pack, texts: Texts) -> str:
    gap = pack.choice.gap
    told = (
        texts("board.why_proven")
        if gap <= _PROVEN
        else texts("board.why_gap", gap=texts.numbers.percent(gap, 1 if gap < 0.1 else 0))
    )
    return texts("board.why_best", gap=told, value=texts.numbers.number(pack.choice.value, 2))


def _sure(pack: Pack, texts: Texts) -> list[str]:
    if pack.choice.robustness is None:
        return []
    proposed = [name for name in pack.plan if pack.board.initiatives[name].must is None]
    border = [name for name in proposed if standing_of(pack, name) != "core"]
    if not border:
        return [texts("board.why_sure_all")]
    said = names.all_of(pack.board, border, texts)
    return [texts("board.why_sure", core=len(proposed) - len(border), names=said)]


def _clinics(pack: Pack, texts: Texts) -> list[str]:
    last = pack.tested.rounds[-1]
    said = [texts(f"board.why_clinics_{pack.tested.ending}")]
    groups: dict[str, list[str]] = {}
    for overload in last.overloads:
        groups.setdefault(overload.group, []).append(overload.quarter)
    said += [
        texts(
            "board.why_overload",
            group=names.group(pack.board, group, texts),
            quarters=listed(quarters, texts.entries["report.and"]),
        )
        for group, quarters in groups.items()
    ]
    return said


def _ask(pack: Pack, texts: Texts) -> list[str]:
    first = next(iter(pack.unknowns.unknowns), None)
    if first is None or first.within_limits_sek <= 0:
        return []
    return [
        texts(
            "board.why_ask",
            what=texts.entries.get(f"portfolio.input.{first.input}", first.input),
            title=names.initiative(pack.board, first.initiative, texts),
            amount=ksek_or_msek(first.within_limits_sek, texts),
        )
    ]
