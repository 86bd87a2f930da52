"""Numbers as a language writes them."""

from __future__ import annotations

import math
from dataclasses import dataclass

_NO_BREAK = "\u00a0"
_NARROW_NO_BREAK = "\u202f"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a language writes numbers."""

    decimal: str = "."
    thousands: str = ","
    before_percent: str = ""
    never: str = "–"

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with grouped thousands; None and what is not finite is a dash.

        >>> SWEDISH.number(-1234567.89, 1).replace(_NARROW_NO_BREAK, " ")
        '−1 234 567,9'
        """
        if value is None or not math.isfinite(value):
            return self.never
        text = f"{abs(value):,.{decimals}f}"
        sign = "−" if value < 0 and float(text.replace(",", "")) != 0 else ""
        return sign + text.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """A share as per cent.

        >>> ENGLISH.percent(0.456)
        '46%'
        """
        if share is None or not math.isfinite(share):
            return self.never
        return f"{self.number(100 * share, decimals)}{self.before_percent}%"

    def millions(self, value: float | None) -> str:
        """Millions with one decimal, from ten on with none."""
        if value is None or not math.isfinite(value):
            return self.never
        return self.number(value / 1e6, 1 if 0 < abs(value) < 9.95e6 else 0)


ENGLISH = Numbers()
SWEDISH = Numbers(decimal=",", thousands=_NARROW_NO_BREAK, before_percent=_NO_BREAK)
