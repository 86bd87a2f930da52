"""State that several of the region's mechanisms share."""

from __future__ import annotations

from sim.api import State

NEED_KNOWN = {
    "uppsala_need_known": State("how well the clinic's need is known, 0-1", per_innovation=False, low=0, high=1)
}
TRAINED = {
    "uppsala_trained": State("modules of the training that the manager has done", per_innovation=False, low=0, high=12)
}
