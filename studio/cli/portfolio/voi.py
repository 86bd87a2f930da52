"""``innomotor portfolio voi``: which unknown is worth finding out before deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import typer

from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import PortfolioArgument, console, opened, say, table, title_of

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from portfolio.unknowns import Unknowns
    from studio.texts import Texts


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("voi", epilog="Example: innomotor portfolio voi portfolio_exempelregion --lang sv")(voi)


def voi(portfolio: PortfolioArgument, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Say what it is worth to know more before deciding, in SEK: all of it, and each unknown apart."""
    from portfolio.choice import choose as choosing  # noqa: PLC0415 slow to load, and --help does not need them
    from portfolio.unknowns import worth_finding_out  # noqa: PLC0415
    from studio.forecasts.pools import remembered_search  # noqa: PLC0415

    texts = texts_in(lang)
    board, forecast = opened(portfolio, texts, quiet=as_json)
    ready = choosing.prepared(board, forecast)
    outcome = worth_finding_out(board, choosing.choose(ready, board), forecast, remembered_search)
    if as_json:
        print_json(summary(board, outcome))
    else:
        _show(board, outcome, texts)


def summary(board: Portfolio, outcome: Unknowns) -> dict[str, Any]:
    """The value of information as plain JSON data."""
    return {
        "portfolio": board.title.en,
        "threshold_sek_per_qaly": board.thresholds.used,
        "evpi_all_sek": outcome.evpi_all,
        "evpi_within_limits_sek": outcome.within_limits,
        "evpi_within_limits_error_sek": outcome.within_limits_error,
        "unknowns": [vars(one) for one in outcome.unknowns],
        "initiatives": {
            name: {
                "net_benefit_sek": float(one.net_benefit.mean()),
                "probability_positive": float((one.net_benefit > 0).mean()),
                "evpi_sek": one.evpi,
                "evpi_sek_per_person": one.evpi_per_person,
                "payback_years": float(np.median(one.payback)) if np.isfinite(np.median(one.payback)) else None,
            }
            for name, one in outcome.appraisals.items()
        },
    }


def _show(board: Portfolio, outcome: Unknowns, texts: Texts) -> None:
    numbers, where = texts.numbers, console()
    rows = [
        [
            title_of(board, one.initiative, texts),
            texts.entries.get(f"portfolio.input.{one.input}", one.input),
            numbers.number(one.evppi_sek / 1000),
            numbers.number(one.within_limits_sek / 1000),
            numbers.number(outcome.appraisals[one.initiative].evpi / 1000),
            numbers.number(outcome.appraisals[one.initiative].net_benefit.mean() / 1e6, 1),
        ]
        for one in outcome.unknowns
        if one.evppi_sek > 0 or one.within_limits_sek > 0
    ]
    keys = ("initiative", "input", "evppi", "limited_column", "evpi", "net")
    headings = [texts(f"portfolio.voi.{key}") for key in keys]
    where.print(table(board.title.in_language(texts.language), headings, rows, left=2))
    where.print()
    threshold = numbers.number(board.thresholds.used)
    told = [texts("portfolio.voi.all", sek=numbers.number(outcome.evpi_all / 1e6, 2), threshold=threshold)]
    limited = {"sek": outcome.within_limits, "error": outcome.within_limits_error}
    told.append(texts("portfolio.voi.limited", **{key: numbers.number(sek / 1e6, 2) for key, sek in limited.items()}))
    if not rows:
        told.append(texts("portfolio.voi.nothing"))
    say(where, *told, texts("portfolio.voi.note"), board.note.in_language(texts.language) if board.note else "")
