"""The ranked table of a board as its page takes it: one row for each initiative, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from portfolio import balance
from portfolio.board import Portfolio
from portfolio.ranking import Ranking
from studio.reports.board import names
from studio.reports.board.decision import PLAIN, plan_cost, standing_of
from studio.reports.board.pack import Pack
from studio.reports.board.standing import LIGHTS
from studio.texts import Texts

AMONG_FIRST = 3


def ranked(board: Portfolio, ranking: Ranking, texts: Texts) -> dict[str, Any]:
    """The ranking for the table and its filters.

    Args:
        board: the portfolio.
        ranking: at the weights that the page shows.
        texts: words.
    """
    lights = balance.suggested_colours(board)
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "title": names.initiative(board, name, texts),
            "owner": board.initiatives[name].owner or "",
            "stage": board.initiatives[name].stage,
            "groups": sorted(board.initiatives[name].clinics),
            "value": float(ranking.value[i]),
            "low": float(ranking.interval[i, 0]),
            "high": float(ranking.interval[i, 1]),
            "first": float(ranking.acceptability[i, 0]),
            "among_first": float(ranking.acceptability[i, :AMONG_FIRST].sum()),
            "gates": _gates(ranking, name, texts),
            "light": _light(lights.get(name), texts),
        }
        for i, name in enumerate(ranking.names)
    ]
    apart = [
        {"title": names.initiative(board, name, texts), "verdict": texts(f"portfolio.verdict.{card.verdict}")}
        for name, card in ranking.cards.items()
        if name not in ranking.names
    ]
    groups = {group for row in rows for group in row["groups"]}
    weights = {name: float(weight) for name, weight in zip(ranking.criteria, ranking.weights, strict=True)}
    return {
        "rows": rows,
        "apart": apart,
        "weights": weights,
        "draws": ranking.draws,
        "groups": {group: names.group(board, group, texts) for group in groups},
        "stages": {row["stage"]: texts(f"workbook.choice.stage.{row['stage']}") for row in rows},
    }


def planned(pack: Pack, texts: Texts) -> dict[str, Any]:
    """What the plan says of each initiative: cost, hours and the decision asked for; and how much there is.

    Args:
        pack: gathered.
        texts: words.
    """
    years = len(pack.board.years)
    of = {}
    for name, one in pack.appraisals.items():
        chosen = name in pack.plan
        cost = plan_cost(pack, name) if chosen else float(one.flows.cost_sek[:, :years].sum(axis=1).mean())
        hours = float(one.flows.change_hours[:, :years].sum(axis=1).mean())
        of[name] = {
            "cost_sek": cost,
            "hours": hours,
            "standing": texts(f"board.standing.{standing_of(pack, name)}"),
            "asked": _asked(pack, name, texts),
            "chosen": chosen,
        }
    return {
        "of": of,
        "budget_sek": _given(pack, "budget_sek"),
        "hours": _given(pack, "change_capacity"),
    }


def swings(board: Portfolio, texts: Texts) -> list[Mapping[str, Any]]:
    """Each criterion's slider: its title and swing weight, 0 to 100."""
    from portfolio.weights import given  # noqa: PLC0415 beside its only use

    own = given(board.criteria)
    top = float(np.max(own)) if len(own) else 1.0
    return [
        {"name": name, "label": names.criterion(board, name, texts), "weight": round(100 * float(weight) / top)}
        for name, weight in zip(board.criteria, own, strict=True)
    ]


def _gates(ranking: Ranking, name: str, texts: Texts) -> dict[str, Any]:
    card = ranking.cards[name]
    return {
        "verdict": card.verdict,
        "text": texts(f"portfolio.verdict.{card.verdict}"),
        "unknown": [texts.entries.get(f"portfolio.gate.{gate}", gate) for gate in card.those("unknown")],
    }


def _light(colour: str | None, texts: Texts) -> dict[str, str]:
    colour = colour or "not_judged"
    return {"colour": colour, "text": f"{LIGHTS[colour]} {texts(f'board.colour.{colour}')}"}


def _asked(pack: Pack, name: str, texts: Texts) -> str:
    """The decision that is asked for."""
    one = next((one for one in pack.choice.commitments if one.initiative == name), None)
    if one is None:
        return texts("web.board.asked_hold")
    if pack.board.initiatives[name].must is not None:
        return texts("web.board.asked_going")
    quarter = names.quarter(pack.board, one.quarter)
    if one.strategy == PLAIN:
        return texts("web.board.asked_plain", quarter=quarter)
    return texts("web.board.asked_start", quarter=quarter, strategy=names.strategy(pack.choice.program, one, texts))


def _given(pack: Pack, kind: str) -> float | None:
    """How much of a resource there is over the plan's years; None where it is not limited."""
    limits = [used.resource.limit for used in pack.choice.used if used.resource.kind == kind]
    return float(sum(limits)) if limits else None
