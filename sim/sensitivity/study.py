"""The whole study of a scenario's assumptions, in the order in which each part needs the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import value_of_information
from sim.errors import Mistake, UserMistakes
from sim.evidence import Estimate
from sim.experiment import Progress
from sim.randomness import Draws
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile
from sim.sensitivity import indices, screening
from sim.sensitivity.indices import Index
from sim.sensitivity.screening import Effect
from sim.sensitivity.trials import METRICS, Assumptions, Outcomes, Runner, assumptions_of, best, leads

Floats = NDArray[np.float64]

LEAD, RANKING = "lead", "ranking"
"""Outcomes beside the strategies' own: how far ahead the leader is, and which strategy is best."""
_SHUFFLES = 40


@dataclass(frozen=True)
class Size:
    """How much to try."""

    trajectories: int = 10
    """Starting points of the screening."""
    base: int = 256
    """Base sample of the indices, a power of two."""
    strongest: int = 6
    """How many assumptions the indices are about."""
    draws: int = 384
    """Draws of all assumptions behind the value of asking."""
    worlds: int = 2
    """Worlds that every choice is tried in."""
    side: int = 7
    """Fields along each side of the map."""
    bars: int = 8
    """Bars of the tornado."""
    careful_worlds: int = 8
    """Worlds for the map and the tornado, where single choices are shown."""

    def rows(self, assumptions: int) -> int:
        """Choices times worlds of the whole study."""
        some = min(self.strongest, assumptions)
        wide = self.trajectories * (assumptions + 1) + self.base * (some + 2) + self.draws
        careful = (self.side**2 if assumptions > 1 else 0) + 2 * min(self.bars, assumptions) + 1
        return wide * self.worlds + careful * self.careful_worlds


@dataclass(frozen=True, eq=False)
class Map:
    """Which strategy is best where, over the two assumptions that decide it most, all others at their medians."""

    across: str
    up: str
    across_values: Floats
    up_values: Floats
    best: NDArray[np.int64]
    """Place of the best strategy, row by row from below: ``(up, across)``."""
    value: Floats
    """What it reaches, of the same shape."""

    @property
    def flips(self) -> bool:
        """Another strategy is best somewhere."""
        return bool(np.ptp(self.best) > 0)


@dataclass(frozen=True)
class Bar:
    """One assumption at its 5th and 95th percentile, all others at their medians."""

    name: str
    low: float
    high: float
    at_low: float
    at_high: float
    flips: bool
    """Another strategy is best at one of the ends than in the middle."""


@dataclass(frozen=True)
class Asked:
    """What knowing one assumption before choosing a strategy would be worth."""

    name: str
    grade: str
    """Of its evidence; empty where the scenario itself draws it."""
    worth_sek: float
    """Expected value of partial perfect information [SEK] for the whole scenario."""
    shown: bool
    """More than chance makes of assumptions that tell nothing."""


@dataclass(frozen=True, eq=False)
class Study:
    """What the assumptions do."""

    metric: str
    """By which the strategies are ranked."""
    strategies: tuple[str, ...]
    leader: str
    """Best on average over all that was drawn."""
    first: Mapping[str, float]
    """Share of the draws in which each strategy is best."""
    assumptions: Assumptions
    size: Size
    effects: Mapping[str, tuple[Effect, ...]]
    """By outcome: ``strategy:metric``, and ``lead``."""
    indices: Mapping[str, tuple[Index, ...]]
    """By outcome: the same, and ``ranking``."""
    map: Map | None
    middle: float
    """The tornado's outcome with everything at its median: the lead, or the metric of a single strategy."""
    tornado: tuple[Bar, ...]
    asked: tuple[Asked, ...]
    """What is worth most to know first; of grade C, and what the scenario itself draws."""
    worth_all_sek: float
    """What knowing everything that is drawn would be worth [SEK]."""


def usual_metric(scenario: Scenario) -> str:
    """What the goal is about, else net benefit."""
    goal = scenario.goal
    if goal is None:
        return "net_benefit_sek"
    return "sustained" if goal.sustained is not None else "reach"


def study(
    source: ScenarioFile,
    *,
    metric: str | None = None,
    size: Size | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Study:
    """Which assumptions matter, to what comes of each strategy and to which of them is best.

    Args:
        source: the scenario.
        metric: by which the strategies are ranked; by default what the goal is about, else net benefit.
        size: how much to try.
        threads: how many blocks at once.
        progress: told (rows done, in all).

    Raises:
        UserMistakes: nothing in the scenario is uncertain.
    """
    scenario, wanted = source.scenario, size or Size()
    found = assumptions_of(source, threads)
    if not found.names:
        remedy = "Leave out `estimates: fixed` or --parameters fixed, or name what is uncertain under `uncertain:`"
        raise UserMistakes(Mistake("uncertain", "nothing in the scenario is uncertain", remedy))
    return _Studying(found, metric or usual_metric(scenario), wanted, progress).done()


class _Studying:
    """The steps of a study."""

    def __init__(self, assumptions: Assumptions, metric: str, size: Size, progress: Progress | None) -> None:
        self.assumptions, self.metric, self.size = assumptions, metric, size
        self.runner = Runner(assumptions, size.rows(len(assumptions.names)), progress)
        self.seed = assumptions.experiment.scenario.seed
        self.strategies = tuple(assumptions.experiment.schedules)

    def done(self) -> Study:
        drawn, leading = self._drawn()
        places = best(leading, self.metric)
        first = {name: float((places == place).mean()) for place, name in enumerate(self.strategies)}
        means = [float(leading[name][self.metric].mean()) for name in self.strategies]
        self.leader = self.strategies[int(np.argmax(means))]
        effects = self._effects()
        strongest = self._strongest(effects, self.size.strongest)
        shares = self._indices(strongest)
        decisive = [one.name for one in shares.get(RANKING, ()) or shares[self._outcome()]]
        decisive += [name for name in self._strongest(effects, 2) if name not in decisive]
        middle, bars = self._tornado([one.name for one in effects[self._outcome()]][: self.size.bars])
        asked, worth = self._asked(drawn, leading)
        return Study(
            self.metric,
            self.strategies,
            self.leader,
            first,
            self.assumptions,
            self.size,
            effects,
            shares,
            self._map(*decisive[:2]) if len(decisive) > 1 and len(self.strategies) > 1 else None,
            middle,
            bars,
            asked,
            worth,
        )

    def _outcome(self) -> str:
        """What strength is judged by: the lead, or the metric of the only strategy."""
        return LEAD if len(self.strategies) > 1 else f"{self.leader}:{self.metric}"

    def _drawn(self) -> tuple[Floats, Outcomes]:
        """All assumptions drawn at random: quantiles ``(draws, assumptions)``, and what came of them."""
        count = np.arange(self.size.draws)
        names = self.assumptions.names
        drawn = np.stack([Draws(self.seed, "asking", name).uniform(count) for name in names], axis=1)
        return drawn, self._tried(names, drawn, self.size.worlds)

    def _tried(self, names: tuple[str, ...], quantiles: Floats, worlds: int) -> Outcomes:
        """What comes of choices of some assumptions, all others at their medians."""
        chosen = self.assumptions.centre(len(quantiles))
        chosen |= {name: quantiles[:, place] for place, name in enumerate(names)}
        return self.runner.outcomes(chosen, worlds)

    def _outcomes(self, found: Outcomes) -> dict[str, Floats]:
        """Every outcome by name."""
        own = {f"{name}:{metric}": found[name][metric] for name in self.strategies for metric in METRICS}
        lead = {LEAD: leads(found, self.metric, self.leader)} if len(self.strategies) > 1 else {}
        return {**own, **lead}

    def _effects(self) -> dict[str, tuple[Effect, ...]]:
        names = self.assumptions.names
        tried = screening.design(names, self.size.trajectories, self.seed)
        found = self._outcomes(self._tried(names, tried, self.size.worlds))
        return {key: screening.effects(names, tried, values, self.seed) for key, values in found.items()}

    def _strongest(self, effects: Mapping[str, tuple[Effect, ...]], count: int) -> tuple[str, ...]:
        """The strongest in anything that matters: the ranking metric of any strategy, or the lead."""
        told = [LEAD, *(f"{name}:{self.metric}" for name in self.strategies)]
        strength: dict[str, float] = {}
        for key in (one for one in told if one in effects):
            most = max(effects[key][0].strength, 1e-300)
            for effect in effects[key]:
                strength[effect.name] = max(strength.get(effect.name, 0.0), effect.strength / most)
        return tuple(sorted(strength, key=lambda name: (-strength[name], name))[:count])

    def _indices(self, names: tuple[str, ...]) -> dict[str, tuple[Index, ...]]:
        tried = indices.design(names, self.size.base, self.seed)
        found = self._tried(names, tried, self.size.worlds)
        shares = {key: indices.indices(names, values, self.seed) for key, values in self._outcomes(found).items()}
        if len(self.strategies) > 1:
            is_best = best(found, self.metric) == np.arange(len(self.strategies))[:, None]
            shares[RANKING] = indices.of_any(names, is_best.astype(np.float64), self.seed)
        return shares

    def _map(self, across: str, up: str) -> Map:
        side = np.linspace(0.05, 0.95, self.size.side)
        grid = np.stack([np.tile(side, len(side)), np.repeat(side, len(side))], axis=1)
        found = self._tried((across, up), grid, self.size.careful_worlds)
        shape = (len(side), len(side))
        reached = np.max([found[name][self.metric] for name in self.strategies], axis=0)
        return Map(
            across,
            up,
            self.assumptions.values(across, side),
            self.assumptions.values(up, side),
            best(found, self.metric).reshape(shape),
            reached.reshape(shape),
        )

    def _tornado(self, names: list[str]) -> tuple[float, tuple[Bar, ...]]:
        ends = np.full((2 * len(names) + 1, len(names)), 0.5)
        for place in range(len(names)):
            ends[2 * place : 2 * place + 2, place] = (0.05, 0.95)
        found = self._tried(tuple(names), ends, self.size.careful_worlds)
        outcome, places = self._outcomes(found)[self._outcome()], best(found, self.metric)
        bars = []
        for place, name in enumerate(names):
            low, high = self.assumptions.values(name, np.array([0.05, 0.95])).tolist()
            at = outcome[2 * place : 2 * place + 2].tolist()
            flips = bool((places[2 * place : 2 * place + 2] != places[-1]).any())
            bars.append(Bar(name, low, high, at[0], at[1], flips))
        return float(outcome[-1]), tuple(sorted(bars, key=lambda bar: -abs(bar.at_high - bar.at_low)))

    def _asked(self, drawn: Floats, found: Outcomes) -> tuple[tuple[Asked, ...], float]:
        """What each assumption is worth to know, on net benefit."""
        if len(self.strategies) < 2:
            return (), 0.0
        net = np.stack([found[name]["net_benefit_sek"] for name in self.strategies], axis=1)
        names, grades = self.assumptions.names, self._grades()
        asked = [place for place, name in enumerate(names) if grades[name] in ("", "C")]
        worth = {place: value_of_information.partial(net, drawn[:, place]) for place in asked}
        count = np.arange(len(drawn))
        orders = np.argsort(Draws(self.seed, "shuffle").uniform(np.arange(_SHUFFLES)[:, None], count), axis=1)
        by_chance = np.max([value_of_information.by_chance(net, drawn[:, place], orders) for place in asked], axis=0)
        limit = float(np.quantile(by_chance, 0.95, method="inverted_cdf"))
        listed = [Asked(names[place], grades[names[place]], worth[place], worth[place] > limit) for place in asked]
        return tuple(sorted(listed, key=lambda one: (-one.worth_sek, one.name))), value_of_information.perfect(net)

    def _grades(self) -> dict[str, str]:
        known: Mapping[str, Estimate] = self.assumptions.known
        own = self.assumptions.own
        return {name: "" if name in own else known[name].grade for name in self.assumptions.names}
