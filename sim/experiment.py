"""The experiment: every strategy of a scenario in the same possible worlds."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim import evidence, kernels, monthly, network, plugin_host, population, scenario_file, store
from sim.collecting import Collected, table_bytes
from sim.conclusions import Assumptions
from sim.equal_budget import equalised
from sim.errors import PluginFault
from sim.metrics import Comparison, EqualBudget, StrategyResult
from sim.model import SpreadModel
from sim.network import Network, Networks
from sim.parameters import draw_of, drawn_by_default, parameters_of
from sim.population import Attributes
from sim.reference import reference
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile
from sim.strategies import Schedule, schedule
from sim.world import Setting

BLOCK_CELLS = 192 * 1024
"""Clinics x replicates x innovations that are worked on at once, so that the arrays stay near the processor."""

RECORD_BYTES = 32 * 2**20
"""Most that a block may write down before it hands it in, so that long scenarios of few clinics do not fill memory."""

MOST_DRAWN = 96
"""Replicates of a block whose clinics or networks are drawn: each takes milliseconds, and Ctrl-C waits for a block."""

Progress = Callable[[int, int], None]


class Watcher(Protocol):
    """Looks at every world as the months pass, for what the results do not keep."""

    def __call__(self, model: SpreadModel, rows: slice, month: int) -> None:
        """Look at one block under one strategy, before month 0 and after every month.

        Blocks come in any order and from several threads, each at rows of its own. What it raises stops the run.

        Args:
            model: the block; its arrays are only lent. The strategy is ``model.world.schedule.name``.
            rows: where the block stands among all replicates of the run.
            month: how many months have passed.
        """


class Cancelled(Exception):
    """The run was asked to stop."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Parameters that are chosen instead of drawn, each choice tried in the same worlds."""

    quantiles: Mapping[str, NDArray[np.float64]]
    """Where in its distribution each parameter is, named by ``shares_draws_with``: ``(choices,)`` each."""
    worlds: NDArray[np.int64]
    """Numbers of the replicates whose luck every choice meets."""

    @property
    def rows(self) -> int:
        """Every choice in every world, the worlds of a choice beside each other."""
        return len(self.worlds) * len(next(iter(self.quantiles.values())))


@dataclass(frozen=True, eq=False)
class Experiment:
    """A scenario made ready to run."""

    scenario: Scenario
    population: population.Population
    attributes: Attributes | None
    """What every clinic is like, where no parameter behind it is drawn; otherwise each block has its own."""
    network: Networks | None
    """The network that all replicates share, where no parameter behind it is drawn; otherwise each has its own."""
    ties: int
    """How many a network has, about."""
    parts: plugin_host.Parts
    schedules: Mapping[str, Schedule]
    threads: int
    block_cells: int = BLOCK_CELLS
    first: int = 0
    """Number of the first replicate; a replicate is the same whichever others are run beside it."""
    chosen: NDArray[np.int64] | None = None
    """Numbers of the replicates, rising, where they are not all from the first on."""
    trials: Trials | None = None
    """What to try in place of drawn parameters; the replicates are then its rows."""

    def setting(self, replicates: NDArray[np.int64]) -> Setting:
        """What all strategies share in these replicates."""
        if self.trials is not None:
            return self._tried(self.trials, replicates)
        return self._setting(replicates, draw_of(replicates), {})

    def _tried(self, trials: Trials, rows: NDArray[np.int64]) -> Setting:
        choice, world = np.divmod(rows, len(trials.worlds))
        at = {name: values[choice] for name, values in trials.quantiles.items()}
        return self._setting(trials.worlds[world], choice, at)

    def _setting(
        self, replicates: NDArray[np.int64], draws: NDArray[np.int64], at: Mapping[str, NDArray[np.float64]]
    ) -> Setting:
        """The setting of replicates, of which those of one draw have the same parameters."""
        parameters = parameters_of(self.scenario, replicates, self.parts.estimates, at)
        _, first, row = np.unique(draws, return_index=True, return_inverse=True)
        of_draws = {name: values[first] for name, values in at.items()}
        plain = parameters_of(self.scenario, replicates[first], self.parts.estimates, of_draws).plain()
        attributes = self.attributes or population.attributes(self.population, self.scenario, plain)
        ties = self.network
        if ties is None:
            each = self._networks(attributes, plain, len(first))
            ties = Networks([each[draw] for draw in row])
        usual = reference(self.scenario, self.population, replicates[first], row, self.parts.estimates, of_draws)
        own = attributes.in_rows(row)
        return Setting(self.scenario, self.population, own, ties, parameters, replicates, usual)

    def _networks(self, attributes: Attributes, plain: Mapping[str, Any], draws: int) -> list[Network]:
        """A network for each draw of the parameters."""
        each = []
        for row in range(draws):
            own = {name: value if np.ndim(value) == 0 else float(value[row, 0]) for name, value in plain.items()}
            leader = attributes.leader if attributes.leader.ndim == 1 else attributes.leader[row]
            each.append(network.build(self.scenario, self.population, replace(attributes, leader=leader), own))
        return each

    def blocks(self) -> list[NDArray[np.int64]]:
        """The replicates, in blocks."""
        cells = len(self.population.clinic_id) * len(self.scenario.innovations)
        record = table_bytes(1, self.scenario.months, len(self.scenario.innovations), 1)
        size = max(1, min(self.block_cells // cells, RECORD_BYTES // record))
        if self.attributes is None or self.network is None:
            size = min(size, MOST_DRAWN)
        everyone = np.arange(self.first, self.first + self.scenario.replicates) if self.chosen is None else self.chosen
        return [everyone[start : start + size] for start in range(0, len(everyone), size)]

    def run(
        self, schedules: Sequence[Schedule], progress: Progress | None = None, watcher: Watcher | None = None
    ) -> dict[str, StrategyResult]:
        """Results of the schedules by name, over all replicates.

        Args:
            schedules: what to run.
            progress: told (months done, months in all) now and then.
            watcher: looks at every block as the months pass.
        """
        blocks = self.blocks()
        scenario, stop = self.scenario, threading.Event()
        months = len(blocks) * len(schedules) * scenario.months
        tally = _Tally(months, progress)
        innovations = sorted(scenario.innovations)
        cells = len(self.population) * len(innovations) * scenario.replicates
        kernels.expect(months, cells * len(schedules) * scenario.months)
        size = table_bytes(scenario.replicates, scenario.months, len(innovations), len(schedules))
        collected = {
            chosen.name: Collected(scenario.replicates, scenario.months, innovations, spilled=size > monthly.IN_MEMORY)
            for chosen in schedules
        }
        with ThreadPoolExecutor(self.threads) as pool:
            futures = [
                pool.submit(self._one, block, chosen, collected[chosen.name], stop, tally, watcher or _looks_away)
                for block in (_Block(self, *where, len(schedules)) for where in zip(blocks, _rows(blocks), strict=True))
                for chosen in schedules
            ]
            _all_done(futures, stop)
        return {name: one.result() for name, one in collected.items()}

    def _one(
        self,
        block: _Block,
        chosen: Schedule,
        collected: Collected,
        stop: threading.Event,
        tally: _Tally,
        watcher: Watcher,
    ) -> None:
        """One strategy in one block."""
        model = SpreadModel(block.setting(), chosen, self.parts)
        watcher(model, block.rows, 0)
        for month in range(1, self.scenario.months + 1):
            if stop.is_set():
                raise Cancelled
            model.step()
            watcher(model, block.rows, month)
            tally.add()
        collected.take(block.rows, model.result())
        model.release()
        block.done()


def _rows(blocks: Sequence[NDArray[np.int64]]) -> list[slice]:
    """Where each block stands among all replicates of the run."""
    ends = np.cumsum([len(block) for block in blocks]).tolist()
    return [slice(end - len(block), end) for end, block in zip(ends, blocks, strict=True)]


def _looks_away(model: SpreadModel, rows: slice, month: int) -> None:
    """Nobody watches."""


class _Block:
    """A block of replicates; what its strategies share is made when the first begins and let go after the last."""

    def __init__(self, experiment: Experiment, replicates: NDArray[np.int64], rows: slice, strategies: int) -> None:
        self.replicates, self.rows = replicates, rows
        self._experiment, self._left = experiment, strategies
        self._setting: Setting | None = None
        self._lock = threading.Lock()

    def setting(self) -> Setting:
        with self._lock:
            if self._setting is None:
                self._setting = self._experiment.setting(self.replicates)
            return self._setting

    def done(self) -> None:
        with self._lock:
            self._left -= 1
            if not self._left:
                self._setting = None


class _Tally:
    """Counts the months that are done."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress
        self._lock = threading.Lock()

    def add(self) -> None:
        if self._progress is not None:
            with self._lock:
                self._done += 1
                self._progress(self._done, self._total)


def _all_done(futures: list[Future[None]], stop: threading.Event) -> None:
    """Wait for all; on the first trouble or Ctrl-C the rest is told to stop."""
    waiting = set(futures)
    try:
        while waiting:
            done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
    except BaseException:
        stop.set()
        for future in waiting:
            future.cancel()
        raise


def prepare(source: ScenarioFile, threads: int | None = None, block_cells: int = BLOCK_CELLS) -> Experiment:
    """A scenario with its population, network, mechanisms and schedules.

    Args:
        source: the scenario and the clinics that it brings.
        threads: how many blocks to run at once; by default as many as there are cores.
        block_cells: size of a block; the results do not depend on it.
    """
    scenario = source.scenario
    people = population.build(scenario, source.clinics)
    fixed = _Noted(parameters_of(scenario.model_copy(update={"uncertain": {}}), np.arange(1)).plain())
    attributes = population.attributes(people, scenario, fixed)
    attributes_drawn = fixed.asked & scenario.uncertain.keys()
    fixed.asked = {"leader_share"}
    ties = network.build(scenario, people, attributes, fixed)
    network_drawn = fixed.asked & scenario.uncertain.keys()
    schedules = {
        name: schedule(name, strategy, len(people.clinic_id), scenario.parameters)
        for name, strategy in scenario.strategies.items()
    }
    return Experiment(
        scenario,
        people,
        None if attributes_drawn else attributes,
        None if network_drawn else Networks([ties]),
        len(ties.listeners),
        plugin_host.parts_of(scenario),
        schedules,
        threads or os.cpu_count() or 1,
        block_cells,
    )


class _Noted(dict[str, Any]):
    """Parameters that note which of them are asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def run(
    path: str | Path,
    *,
    threads: int | None = None,
    equal_budget: float | bool = False,
    skip_faulty: bool = False,
    **changes: Any,
) -> Comparison:
    """The strategies of a scenario file compared; tables by ``.table()``, ``.outcomes()`` and ``.curve_table()``.

    Args:
        path: the scenario.
        threads: how many blocks to run at once.
        equal_budget: as in `compare`.
        skip_faulty: go on without a plugin that is at fault, from the beginning; a warning names it, and so does
            ``provenance``.
        changes: values that differ from the file's, such as ``replicates=50`` or ``strategies=["let", "help"]``.

    Raises:
        UserMistakes: what is wrong in the file, and what to write instead.
        PluginFault: a plugin is at fault, and is not to be skipped.
    """
    without: frozenset[str] = frozenset()
    while True:
        try:
            return compare(scenario_file.read(path, changes, without), threads=threads, equal_budget=equal_budget)
        except PluginFault as fault:
            if not skip_faulty or fault.plugin in without:
                raise
            warnings.warn(f"Goes on without {fault.plugin}: {fault}", stacklevel=2)
            without |= {fault.plugin}


def compare(
    source: ScenarioFile,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    equal_budget: float | bool = False,
) -> Comparison:
    """The scenario's strategies on common random numbers.

    Args:
        source: the scenario.
        threads: how many blocks to run at once.
        progress: told (done, total) now and then.
        equal_budget: bring the strategies to one lever budget: True for the cheapest strategy's, or an amount [SEK].
    """
    experiment = prepare(source, threads)
    results = experiment.run(list(experiment.schedules.values()), progress)
    budget = None
    if equal_budget is not False:
        amount = None if equal_budget is True else float(equal_budget)
        results, budget = equalised(partial(experiment.run, progress=progress), experiment.schedules, results, amount)
    return comparison_of(
        source,
        rests_on(source, equal_budget),
        clinics=len(experiment.population.clinic_id),
        regions=experiment.population.regions,
        strategies=results,
        equal_budget=budget,
    )


def comparison_of(
    source: ScenarioFile,
    grounds: Mapping[str, Any],
    *,
    clinics: int,
    regions: tuple[str, ...],
    strategies: Mapping[str, StrategyResult],
    equal_budget: EqualBudget | None,
) -> Comparison:
    """The strategies' results with all that follows from the scenario, whether they were computed now or before.

    Args:
        source: the scenario.
        grounds: what ``rests_on`` gave for it.
        clinics: how many there are.
        regions: their regions.
        strategies: results by name.
        equal_budget: what it took to bring them to one budget.
    """
    return Comparison(
        scenario=source.scenario,
        key=store.content_key(source.scenario, grounds),
        clinics=clinics,
        regions=regions,
        strategies=strategies,
        provenance=grounds,
        grades=grades(source.scenario),
        equal_budget=equal_budget,
        assumptions=assumptions_of(source.scenario),
    )


def rests_on(source: ScenarioFile, equal_budget: float | bool = False) -> dict[str, Any]:
    """What the answer to a scenario rests on besides its words; with them it decides the key."""
    grounds = store.provenance(
        source.scenario,
        plugins=plugin_host.sources_of(source.scenario),
        inputs=inputs_of(source),
        equal_budget=equal_budget,
    )
    return {**grounds, "skipped_plugins": sorted(source.without)} if source.without else grounds


def assumptions_of(scenario: Scenario) -> Assumptions | None:
    """The draws of the parameters that the replicates try, with their values; None where nothing is drawn."""
    if not scenario.uncertain:
        return None
    draw = draw_of(np.arange(scenario.replicates))
    first = np.unique(draw, return_index=True)[1]
    drawn = parameters_of(scenario, first, plugin_host.estimates_of(scenario)).plain()
    return Assumptions(draw, {name: np.broadcast_to(drawn[name], (len(first), 1))[:, 0] for name in scenario.uncertain})


def inputs_of(source: ScenarioFile) -> dict[str, str]:
    """Hashes of the data that the answer rests on beside the scenario's own words: clinics and defaults."""
    return {**source.inputs, "parameters.yaml": evidence.digest()}


def explain(source: ScenarioFile) -> plugin_host.Explanation:
    """The month's order, levers by phase, and parameters with their evidence and whether the model reads them."""
    few = source.scenario.model_copy(update={"replicates": 1, "months": 1})
    experiment = prepare(replace(source, scenario=few), threads=1)
    return plugin_host.explain(source.scenario, experiment.schedules)


def grades(scenario: Scenario) -> dict[str, str]:
    """What each parameter of the run rests on: what is drawn by default keeps its grade."""
    brought = plugin_host.estimates_of(scenario)
    own = scenario.uncertain.keys() - drawn_by_default(scenario, brought)
    return {
        name: "uncertain" if name in own else "scenario" if name in scenario.parameters else estimate.grade
        for name, estimate in {**evidence.defaults(), **brought}.items()
        if estimate.used
    }
