"""MR-Sort: into ordered categories by majority and veto (Leroy, Mousseau & Pirlot 2011).

doi:10.1007/978-3-642-24873-3_17. It suggests a colour; a person sets it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def sort(matrix: Floats, profiles: Floats, weights: Floats, majority: float, veto: Floats | None = None) -> list[int]:
    """The category of each alternative, 0 the best.

    An alternative is in the best category whose lower profile it outranks: the criteria on which it is at least as
    good as the profile weigh at least the majority, and on no criterion is it as bad as the veto, or worse.

    Args:
        matrix: ``(alternatives, criteria)``, higher is better (negate what should be low).
        profiles: lower profile of every category but the worst, best first: ``(categories - 1, criteria)``.
        weights: ``(criteria,)``.
        majority: least weight of agreeing criteria.
        veto: like the profiles; NaN where there is no veto.
    """
    barred = np.full(profiles.shape, np.nan) if veto is None else veto
    agreeing = (matrix[:, None, :] >= profiles) @ weights
    vetoed = (matrix[:, None, :] <= barred).any(axis=2)
    outranks = (agreeing >= majority - 1e-12) & ~vetoed
    return [int(np.argmax(row)) if row.any() else len(profiles) for row in outranks]
