"""Find the plugins that a scenario names, watch over them, and put what they bring in the order of the month.

Who there is: ``discovery``. Asking them: ``host``. What a scenario says to them: ``settings``. How they are called and
watched: ``calls`` and ``guard``. What runs: ``parts``.
"""

from sim.plugin_host.explanation import Explanation, explain
from sim.plugin_host.guard import Measure, measured
from sim.plugin_host.host import CORE, Host
from sim.plugin_host.parts import Parts, estimates_of, figures_of, metrics_of, parts_of, sources_of

__all__ = [
    "CORE",
    "Explanation",
    "Host",
    "Measure",
    "Parts",
    "estimates_of",
    "explain",
    "figures_of",
    "measured",
    "metrics_of",
    "parts_of",
    "sources_of",
]
