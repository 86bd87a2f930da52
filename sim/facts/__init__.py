"""What the model must show: every stylised fact as an experiment on the engine, and what came of it.

A fact is a claim with a source (`facts.csv`), the arms that show it, and a judge that turns what was seen there into
numbers with 95 % intervals and bounds (`curves`, `strategies`, `units`, `reports`, `observed`). It passes where every
interval lies wholly within its bounds. What is known of the model's outcomes stands in `sim/facts_outcome.yaml`,
failures included.
"""

from sim.facts.fact import Check, Claim, Fact, Outcome, claims
from sim.facts.recorded import recorded, wording
from sim.facts.running import FACTS, outcomes

__all__ = ["FACTS", "Check", "Claim", "Fact", "Outcome", "claims", "outcomes", "recorded", "wording"]
