"""``innomotor portfolio rank``: gates, value, and how robust the order is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import (
    PortfolioArgument,
    console,
    criterion_title,
    say,
    table,
    title_of,
    to_choose_from,
)

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from portfolio.ranking import Ranking
    from studio.texts import Texts


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rank", epilog="Example: innomotor portfolio rank portfolio_exempelregion --lang sv")(rank)


def rank(
    portfolio: PortfolioArgument,
    *,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="CRITERION=NUMBER", help="What if this criterion weighed so much.")
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the initiatives that pass their gates, and say how robust the order is."""
    from portfolio import file, ranking  # noqa: PLC0415 slow to load, and --help does not need them
    from studio.cli.shipped import found  # noqa: PLC0415
    from studio.criteria import brought  # noqa: PLC0415

    board = reweighed(to_choose_from(file.read(found(portfolio), brought)), weight or [])
    outcome = ranking.rank(board)
    if as_json:
        print_json(summary(board, outcome))
    else:
        _show(board, outcome, texts_in(lang))


def reweighed(board: Portfolio, wished: Sequence[str]) -> Portfolio:
    """The portfolio with other swing weights, such as ``difference_made=50``.

    Raises:
        UserMistakes: a criterion that is not there, what is no weight, or weights that sum to nothing.
    """
    criteria, mistakes = dict(board.criteria), []
    for one in wished:
        name, _, said = one.partition("=")
        if name not in criteria:
            told = f"Write one of {', '.join(criteria)}"
            mistakes.append(Mistake("--weight", f"there is no criterion {name!r}", told))
        elif not re.fullmatch(r"\d{1,9}(\.\d+)?", said):
            mistakes.append(Mistake("--weight", f"{one!r} has no weight", f"Write a number from 0, such as {name}=50"))
        elif criteria[name].weight is None:
            mistakes.append(
                Mistake("--weight", "the criteria are ranked, not weighed", "Give each a weight in the file")
            )
        else:
            criteria[name] = criteria[name].model_copy(update={"weight": float(said)})
    if not mistakes and wished and not sum(one.weight or 0 for one in criteria.values()) > 0:
        mistakes.append(Mistake("--weight", "the weights sum to nothing", "Leave at least one above 0"))
    if mistakes:
        raise UserMistakes(mistakes)
    return board.model_copy(update={"criteria": criteria})


def summary(board: Portfolio, outcome: Ranking) -> dict[str, Any]:
    """The ranking as plain JSON data; what is not defined is null."""
    rows = [
        {
            "name": name,
            "place": i + 1,
            "value": float(outcome.value[i]),
            "interval": outcome.interval[i].tolist(),
            "values": dict(zip(outcome.criteria, outcome.values[i].tolist(), strict=True)),
            "bonus": outcome.bonus[i],
            "gates": outcome.cards[name].verdict,
            "first": float(outcome.acceptability[i, 0]),
            "first_error": float(outcome.first_error[i]),
            "expected_place": float(outcome.expected_place[i]),
            "confidence": _or_none(outcome.confidence[i]),
            "central_weights": {c: _or_none(w) for c, w in zip(outcome.criteria, outcome.central[i], strict=True)},
            "acceptability": outcome.acceptability[i].tolist(),
            "dominated_by": outcome.dominated_by[i],
        }
        for i, name in enumerate(outcome.names)
    ]
    return {
        "portfolio": board.title.en,
        "seed": board.seed,
        "draws": outcome.draws,
        "weights": dict(zip(outcome.criteria, outcome.weights.tolist(), strict=True)),
        "ranking": rows,
        "entropy": outcome.entropy,
        "weight_that_changes_first": [vars(flip) for flip in outcome.flips],
        "not_ranked": {
            name: card.verdict for name, card in outcome.cards.items() if card.verdict in {"stopped", "decided"}
        },
        "to_find_out": {
            name: list(card.those("unknown")) for name, card in outcome.cards.items() if card.verdict == "open"
        },
    }


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _show(board: Portfolio, outcome: Ranking, texts: Texts) -> None:
    numbers, where = texts.numbers, console()
    keys = ("initiative", "value", "first", "expected_place", "confidence", "bonus", "gates")
    rows = [
        [
            f"{i + 1}  {title_of(board, name, texts)}",
            numbers.number(outcome.value[i], 2),
            numbers.percent(outcome.acceptability[i, 0]),
            numbers.number(outcome.expected_place[i], 1),
            numbers.percent(outcome.confidence[i]),
            str(outcome.bonus[i]),
            texts(f"portfolio.verdict.{outcome.cards[name].verdict}"),
        ]
        for i, name in enumerate(outcome.names)
    ]
    where.print(table(board.title.in_language(texts.language), [texts(f"portfolio.rank.{key}") for key in keys], rows))
    where.print()
    say(where, texts("portfolio.rank.note", draws=numbers.number(outcome.draws)), *_flips(board, outcome, texts))
    say(where, *_not_ranked(board, outcome, texts), board.note.in_language(texts.language) if board.note else "")


def _flips(board: Portfolio, outcome: Ranking, texts: Texts) -> list[str]:
    turning = [flip for flip in outcome.flips if flip.turns_at is not None and flip.then_first is not None]
    if not outcome.names or not turning:
        return []
    nearest = min(turning, key=lambda flip: abs((flip.turns_at or 0) - flip.weight))
    return [
        texts(
            "portfolio.rank.flip",
            first=title_of(board, outcome.names[0], texts),
            criterion=criterion_title(board, nearest.criterion, texts),
            weight=texts.numbers.percent(nearest.weight),
            at=texts.numbers.percent(nearest.turns_at or 0.0),
            then=title_of(board, nearest.then_first or "", texts),
        )
    ]


def _not_ranked(board: Portfolio, outcome: Ranking, texts: Texts) -> list[str]:
    told = []
    for name, card in outcome.cards.items():
        what = {"stopped": "no", "open": "unknown"}.get(card.verdict)
        if what is not None:
            which = ", ".join(texts.entries.get(f"portfolio.gate.{gate}", gate) for gate in card.those(what))
            told.append(texts(f"portfolio.rank.{card.verdict}", title=title_of(board, name, texts), gates=which))
    return told
