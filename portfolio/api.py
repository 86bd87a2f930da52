"""All that others may import of the portfolio: the types that plugins add to it and that an adapter answers with."""

from portfolio.amounts import Amount
from portfolio.board import Criterion, Portfolio, Scale
from portfolio.forecast import Adoption, Commitment, Forecast, Load
from portfolio.hookspecs import Criteria, ValueModel
from portfolio.initiative import GateAnswer, Initiative

__all__ = [
    "Adoption",
    "Amount",
    "Commitment",
    "Criteria",
    "Criterion",
    "Forecast",
    "GateAnswer",
    "Initiative",
    "Load",
    "Portfolio",
    "Scale",
    "ValueModel",
]
