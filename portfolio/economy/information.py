"""What knowing more is worth to all whom a decision concerns; see `sim.api.value_of_information` for once."""

from __future__ import annotations

from portfolio.economy.discounting import discount_factors


def population(per_person: float, persons_per_year: float, years: int, rate: float) -> float:
    """Worth to all whom the decision concerns over the years in which it stands, discounted.

    >>> population(10.0, 100.0, 2, 0.0)
    2000.0
    """
    return per_person * persons_per_year * float(discount_factors(rate, years).sum())
