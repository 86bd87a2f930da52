"""``python -m bench.portfolio``: processor time of ranking, a changed weight, and one choice, on made-up portfolios."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
from rich.console import Console
from rich.table import Table

from portfolio import ranking, scoring, smaa, weights
from portfolio.board import Portfolio
from portfolio.choice import choose as choosing
from portfolio.forecast import NoForecast
from portfolio.requirements import GATES

REFERENCE: Mapping[str, float] = {
    "rank 100 x 20": 0.65,
    "rank 500 x 20": 6.5,
    "a weight changed, 100 x 20": 1.0,
    "choose 50": 0.6,
}
"""Seconds that the design measured on two cores, or promises."""


def made_up(initiatives: int, criteria: int) -> Portfolio:
    """A portfolio of uncertain scores, costs and four limits; 10,000 draws."""
    rng = np.random.default_rng(1)
    names = [f"c{k}" for k in range(criteria)]

    def one(_: int) -> dict[str, object]:
        scores = {
            name: dict(zip(("low", "likely", "high"), sorted(rng.uniform(1, 5, 3).tolist()), strict=True))
            for name in names
        }
        cost = {
            "fixed_sek": float(rng.integers(1, 60)),
            "support_hours": {"it": float(rng.integers(0, 40)), "legal": 5.0},
        }
        return {"gates": dict.fromkeys(GATES, "yes"), "scores": scores, "cost": cost, "latest": "2026-Q1"}

    limits = {"budget_sek": 8.0 * initiatives, "support_hours": {"it": 6.0 * initiatives, "legal": 2.0 * initiatives}}
    return Portfolio.model_validate(
        {
            "years": [2026],
            "horizon_years": 3,
            "limits": limits,
            "criteria": {name: {"weight": 100 - k} for k, name in enumerate(names)},
            "initiatives": {f"i{k}": one(k) for k in range(initiatives)},
        }
    )


def seconds(work: Callable[[], object]) -> float:
    """Least processor time of three calls [s]; the first also loads and warms what the others find ready."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def measured() -> dict[str, float]:
    """Every figure."""
    hundred, many, fifty = made_up(100, 20), made_up(500, 20), made_up(50, 4)
    drawn = scoring.drawn_values(hundred.initiatives, hundred.criteria, hundred.doubt, hundred.seed)
    own, names = weights.given(hundred.criteria), list(hundred.criteria)

    def changed() -> None:
        value = smaa.overall(drawn, weights.drawn("order", own[::-1], names, 1, hundred.doubt.draws))
        smaa.rank_acceptability(value)

    ready = choosing.prepared(fifty, NoForecast())
    return {
        "rank 100 x 20": seconds(lambda: ranking.rank(hundred)),
        "rank 500 x 20": seconds(lambda: ranking.rank(many)),
        "a weight changed, 100 x 20": seconds(changed),
        "choose 50": seconds(lambda: choosing.choose(ready, fifty)),
    }


def main() -> None:
    """Measure and print."""
    table = Table("what", "seconds", "reference", title="Portfolio, processor time")
    for name, spent in measured().items():
        table.add_row(name, f"{spent:.2f}", f"{REFERENCE[name]:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
