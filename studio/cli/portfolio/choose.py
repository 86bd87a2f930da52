"""``innomotor portfolio choose``: what fits in the money and in the clinics, how, from when, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import (
    PortfolioArgument,
    console,
    opened,
    say,
    start_name,
    table,
    title_of,
)

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from portfolio.choice.choose import Choice
    from portfolio.forecast import Forecast
    from studio.texts import Texts


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("choose", epilog="Example: innomotor portfolio choose portfolio_exempelregion --lang sv")(choose)


def choose(
    portfolio: PortfolioArgument,
    *,
    draws: Annotated[int, typer.Option(min=0, help="In how many possible worlds to seek the best portfolio.")] = 200,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Choose the initiatives, their strategies and starts that give most value within the limits."""
    texts = texts_in(lang)
    board, forecast = opened(portfolio, texts, quiet=as_json)
    outcome = chosen(board, forecast, draws)
    if as_json:
        print_json(summary(board, outcome))
    else:
        _show(board, outcome, texts)


def chosen(board: Portfolio, forecast: Forecast, draws: int) -> Choice:
    """The choice with its robustness and prices."""
    from portfolio.choice import choose as choosing  # noqa: PLC0415 slow to load, and --help does not need them
    from studio.forecasts.pools import remembered_search  # noqa: PLC0415

    ready = choosing.prepared(board, forecast)
    outcome = choosing.with_prices(choosing.choose(ready, board), board)
    if not draws:
        return outcome
    return choosing.with_robustness(outcome, board, solved=draws, pool_of=remembered_search)


def summary(board: Portfolio, outcome: Choice) -> dict[str, Any]:
    """The choice as plain JSON data."""
    sure = outcome.robustness
    return {
        "portfolio": board.title.en,
        "seed": board.seed,
        "value": outcome.value,
        "gap": outcome.gap,
        "chosen": [
            {
                "name": one.initiative,
                "strategy": one.strategy,
                "start": start_name(board, one.quarter),
                "delivered": outcome.delivered[one.initiative],
                "adoption_from": outcome.sources[one.initiative],
            }
            for one in outcome.commitments
        ],
        "resources": [{**vars(used.resource), "used": used.used} for used in outcome.used],
        "frontier": [{"budget_sek": budget, "value": value} for budget, value in outcome.frontier],
        "five_percent": [
            {"resource": p.kind, "amount": p.amount, "more": p.more, "less": p.less if np.isfinite(p.less) else None}
            for p in outcome.prices
        ],
        "robustness": None
        if sure is None
        else {
            "worlds_solved": sure.solved,
            "worlds_compared": sure.draws,
            "portfolios": len(sure.pool),
            "nondominated": int(sure.nondominated.sum()),
            "initiatives": {
                name: {
                    "standing": sure.standing[i],
                    "acceptability": float(sure.acceptability[i]),
                    "error": float(sure.error[i]),
                    "core_index": float(sure.core_index[i]),
                }
                for i, name in enumerate(sure.names)
            },
        },
    }


def _show(board: Portfolio, outcome: Choice, texts: Texts) -> None:
    from studio.reports.board import names  # noqa: PLC0415 slow to load, and --help does not need it

    numbers, where = texts.numbers, console()
    sure = outcome.robustness
    place = {name: i for i, name in enumerate(sure.names)} if sure is not None else {}
    plan = {one.initiative: one for one in outcome.commitments}
    rows = []
    for name in [*plan, *(n for n in outcome.sources if n not in plan)]:
        one = plan.get(name)
        standing = texts(f"portfolio.standing.{sure.standing[place[name]]}") if sure is not None else ""
        share = numbers.percent(sure.acceptability[place[name]]) if sure is not None else ""
        core = numbers.percent(sure.core_index[place[name]]) if sure is not None else ""
        rows.append(
            [
                title_of(board, name, texts),
                names.strategy(outcome.program, one, texts) if one else "–",
                start_name(board, one.quarter) if one else "–",
                numbers.percent(outcome.delivered[name]) if one else "–",
                texts(f"portfolio.source.{outcome.sources[name]}"),
                standing,
                share,
                core,
            ]
        )
    keys = ("initiative", "strategy", "start", "delivered", "source", "standing", "acceptability", "core_index")
    headings = [texts(f"portfolio.choose.{key}") for key in keys]
    where.print(table(board.title.in_language(texts.language), headings, rows, left=3))
    where.print()
    where.print(table(texts("portfolio.choose.limits"), *_limits(board, outcome, texts)))
    where.print()
    say(where, *_sentences(outcome, texts), board.note.in_language(texts.language) if board.note else "")


def _limits(board: Portfolio, outcome: Choice, texts: Texts) -> tuple[list[str], list[list[str]]]:
    """For each resource its tightest period."""
    tightest: dict[tuple[str, str], Any] = {}
    for used in outcome.used:
        key = (used.resource.kind, used.resource.which)
        if key not in tightest or _share(used) > _share(tightest[key]):
            tightest[key] = used
    rows = []
    for (kind, which), used in tightest.items():
        group = board.groups.get(which)
        name = group.title.in_language(texts.language) if group is not None and group.title is not None else which
        known = texts.entries.get(f"portfolio.function.{which}", name)
        rows.append(
            [
                f"{texts(f'portfolio.resource.{kind}')} {known}".strip(),
                used.resource.period,
                texts.numbers.number(used.used, 1 if kind == "facilitators_fte" else 0),
                texts.numbers.number(used.resource.limit, 1 if kind == "facilitators_fte" else 0),
                texts.numbers.percent(_share(used)),
            ]
        )
    return [texts(f"portfolio.choose.{key}") for key in ("resource", "period", "used", "limit", "share")], rows


def _share(used: Any) -> float:
    return used.used / used.resource.limit if used.resource.limit > 0 else 0.0


def _sentences(outcome: Choice, texts: Texts) -> list[str]:
    numbers = texts.numbers
    told = [
        texts("portfolio.choose.proven")
        if outcome.gap <= 1e-4
        else texts("portfolio.choose.gap", gap=numbers.percent(outcome.gap, 1))
    ]
    worth = [price for price in outcome.prices if price.more > 1e-6 or price.less < -1e-6]
    for price in worth:
        less = numbers.number(price.less, 2) if np.isfinite(price.less) else texts("portfolio.choose.impossible")
        resource = texts(f"portfolio.resource.{price.kind}")
        told.append(texts("portfolio.choose.price", resource=resource, more=numbers.number(price.more, 2), less=less))
    if outcome.robustness is not None:
        sure = outcome.robustness
        told.append(
            texts(
                "portfolio.choose.note",
                draws=numbers.number(sure.draws),
                solved=numbers.number(sure.solved),
                pool=numbers.number(len(sure.pool)),
                kept=numbers.number(int(sure.nondominated.sum())),
            )
        )
    return told
