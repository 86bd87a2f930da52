"""The loops compiled by numba: the same bits as ``plain``, one pass over a block instead of many.

Compiled once and kept on disk where that is possible. No fastmath: a sum that is reordered or a product that is fused
would be another result.
"""

from sim.kernels.compiled.arithmetic import exp, log, power
from sim.kernels.compiled.clocks import abandon, comply, run_clocks, run_some, run_two_rates, standing
from sim.kernels.compiled.counting import depth_in_use, effect, region_sums
from sim.kernels.compiled.draws import draw_next, uniform, uniform_everywhere
from sim.kernels.compiled.hours import embed, hours_left, hours_needed, share_hours, tire
from sim.kernels.compiled.peers import exposure, listen
from sim.kernels.compiled.stages import finished, give_up, move, rooted, take_root
from sim.kernels.compiled.starting import learn, readiness, start_hazard, strain_of_orders
from sim.kernels.compiled.support import asks, draw_tickets, released, served_by_now, take_turns

__all__ = [
    "abandon",
    "asks",
    "comply",
    "depth_in_use",
    "draw_next",
    "draw_tickets",
    "effect",
    "embed",
    "exp",
    "exposure",
    "finished",
    "give_up",
    "hours_left",
    "hours_needed",
    "learn",
    "listen",
    "log",
    "move",
    "power",
    "readiness",
    "region_sums",
    "released",
    "rooted",
    "run_clocks",
    "run_some",
    "run_two_rates",
    "served_by_now",
    "share_hours",
    "standing",
    "start_hazard",
    "strain_of_orders",
    "take_root",
    "take_turns",
    "tire",
    "uniform",
    "uniform_everywhere",
]
