"""The loops as plain numpy: what runs without numba, and the witness of the compiled ones."""

from sim.kernels.plain.arithmetic import exp, log, power
from sim.kernels.plain.clocks import abandon, comply, run_clocks, run_some, run_two_rates, standing
from sim.kernels.plain.counting import depth_in_use, effect, region_sums
from sim.kernels.plain.draws import draw_next, uniform, uniform_everywhere
from sim.kernels.plain.hours import embed, hours_left, hours_needed, share_hours, tire
from sim.kernels.plain.peers import exposure, listen
from sim.kernels.plain.stages import finished, give_up, move, rooted, take_root
from sim.kernels.plain.starting import learn, readiness, start_hazard, strain_of_orders
from sim.kernels.plain.support import asks, draw_tickets, released, served_by_now, take_turns

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
