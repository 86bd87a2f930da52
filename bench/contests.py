"""What is measured: contests between models, growth over sizes, threads, memory. Each gives plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import Any

import networkx as nx

from bench import mesa_model, ours, parts
from bench.alone import in_own_process
from bench.measure import Sample, Spent, Task, alternated, cpu, growth_exponent, wall
from bench.rates import Rates, advice, rates
from sim import kernels
from sim.experiment import Experiment

HAS_NUMBA = find_spec("numba") is not None
HAS_NDLIB = find_spec("ndlib") is not None
BARE = "minimal without numba"


@dataclass(frozen=True)
class Sizes:
    """How large and how often; the quick ones only show that everything works."""

    clinics: int = 1_200
    many: int = 10_000
    replicates: int = 1_000
    full_replicates: int = 160
    months: int = 60
    rounds: int = 5
    networks: int = 4
    """Peers' single networks in each round; five rounds make twenty."""
    few_rounds: int = 3
    growth_replicates: int = 96
    million: int = 1_000_000


QUICK = Sizes(
    many=2_000,
    replicates=160,
    full_replicates=40,
    months=36,
    rounds=2,
    networks=1,
    few_rounds=2,
    growth_replicates=16,
    million=50_000,
)


def warm_up() -> None:
    """Everything that is compiled on first use is compiled, and every import is done."""
    kernels.loops()
    small = ours.minimal(60, 4, 6)
    for task in [*_engine(small).values(), *_peers_on(advice(small), rates(small), 6).values()]:
        task.run(task.before(0))
    full = ours.full(60, 4, 6)
    for strategy in ours.STRATEGIES:
        ours.run(full, strategy)


# --- contests -----------------------------------------------------------------------------------------------------


def _engine(ready: Experiment) -> dict[str, Task]:
    """The minimal model by the engine, and by the fused loop where numba is."""
    tasks = {"minimal": Task(lambda _: ours.reach(ready))}
    if HAS_NUMBA:
        from bench import fused  # noqa: PLC0415 - needs numba

        loop = fused.loop(ready)
        tasks["fused loop"] = Task(lambda _: loop())
    return tasks


def _peers() -> dict[str, Any]:
    """The other programs' modules, each with ``reach`` and ``followed``."""
    found: dict[str, Any] = {"Mesa": mesa_model}
    if HAS_NDLIB:
        from bench import ndlib_model  # noqa: PLC0415 - only where it is installed

        found["NDlib"] = ndlib_model
    return found


def _peers_on(graph: nx.DiGraph, rate: Rates, months: int) -> dict[str, Task]:
    """The other programs' models on one network, built and run."""
    return {name: Task(partial(peer.reach, graph, rate, months)) for name, peer in _peers().items()}


def ensemble(sizes: Sizes) -> dict[str, Sample]:
    """Nanoseconds per clinic-month from the ready network to the curve, the contestants taking turns.

    The peers run one network after the other, each with its own graph and seed; the others the whole ensemble.
    """
    minimal = ours.minimal(sizes.clinics, sizes.replicates, sizes.months)
    full = ours.full(sizes.clinics, sizes.full_replicates, sizes.months)
    networks = [ours.minimal(sizes.clinics, 1, sizes.months, seed=n) for n in range(sizes.rounds * sizes.networks)]
    about = [(advice(one), rates(one)) for one in networks]
    tasks = _engine(minimal)
    work = dict.fromkeys(tasks, ours.clinic_months(minimal))
    tasks[BARE] = Task(lambda _: _without_numba(sizes))
    work[BARE] = ours.clinic_months(minimal)
    tasks["full"] = Task(lambda _: ours.run(full, "every_lever"))
    work["full"] = ours.clinic_months(full)
    for name, peer in _peers().items():
        tasks[name] = Task(partial(_some_networks, peer.reach, about, sizes))
        work[name] = sizes.networks * sizes.clinics * sizes.months
    return {name: cpu(runs).per(work[name] * 1e-9) for name, runs in alternated(tasks, sizes.rounds).items()}


def _some_networks(
    reach: Callable[..., object], about: Sequence[tuple[nx.DiGraph, Rates]], sizes: Sizes, number: int
) -> None:
    """The round's share of the networks."""
    for seed in range(number * sizes.networks, (number + 1) * sizes.networks):
        reach(*about[seed], sizes.months, seed)


def _without_numba(sizes: Sizes) -> Spent:
    """Time of the minimal model's ensemble in a process where numba is missing."""
    return Spent(**in_own_process("no_numba", sizes.clinics, sizes.replicates, sizes.months))


def one_network(clinics: int, sizes: Sizes) -> dict[str, Sample]:
    """Nanoseconds per clinic-month on a single network.

    From the ready network to the curve, which the headline ratio is taken from; the months alone; and from nothing,
    with clinics and network (DECISIONS.md, 21).
    """
    ready = ours.minimal(clinics, 1, sizes.months)
    graph, rate = advice(ready), rates(ready)
    tasks = {**_engine(ready), **_peers_on(graph, rate, sizes.months)}
    tasks["minimal, months alone"] = Task(ours.followed, lambda _: ours.model(ready, "let"))
    tasks["minimal, from nothing"] = Task(lambda _: ours.reach(ours.minimal(clinics, 1, sizes.months)))
    tasks["Mesa, from nothing"] = Task(lambda seed: _mesa_from_nothing(clinics, sizes.months, seed))
    tasks["Mesa, months alone"] = Task(
        partial(mesa_model.followed, months=sizes.months), partial(mesa_model.SpreadOnNetwork, graph, rate)
    )
    work = ours.clinic_months(ready) * 1e-9
    return {name: cpu(runs).per(work) for name, runs in alternated(tasks, sizes.few_rounds).items()}


def _mesa_from_nothing(clinics: int, months: int, seed: int) -> None:
    """Mesa's model on a network that is built for it; the choice of the ties is ours, for Mesa has none like it."""
    ready = ours.minimal(clinics, 1, months)
    mesa_model.reach(advice(ready), rates(ready), months, seed)


def strategies(sizes: Sizes) -> dict[str, Sample]:
    """Nanoseconds per clinic-month of the full model under each strategy."""
    ready = ours.full(sizes.clinics, sizes.full_replicates // 2, sizes.months)
    tasks = {name: Task(lambda _, name=name: ours.run(ready, name)) for name in ours.STRATEGIES}
    work = ours.clinic_months(ready) * 1e-9
    return {name: cpu(runs).per(work) for name, runs in alternated(tasks, sizes.few_rounds).items()}


def mechanisms(sizes: Sizes) -> dict[str, Sample]:
    """Nanoseconds per clinic-month of each mechanism and actor there is, dearest first."""
    ready = ours.with_everybody(sizes.clinics, sizes.full_replicates // 2, sizes.months)
    rounds = [parts.by_part(ready, "every_lever") for _ in range(sizes.few_rounds)]
    work = ours.clinic_months(ready) * 1e-9
    found = {name: Sample(tuple(one[name] / work for one in rounds)) for name in rounds[0]}
    return dict(sorted(found.items(), key=lambda item: -item[1].median))


# --- growth -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Growth:
    """Processor time against one size, all others kept."""

    what: str
    sizes: Sequence[int]
    seconds: Sequence[Sample]

    @property
    def exponent(self) -> float:
        """1 is linear."""
        return growth_exponent(self.sizes, [sample.median for sample in self.seconds])


def growths(sizes: Sizes) -> list[Growth]:
    """How the full model's time grows over replicates, clinics, months, ties and innovations."""
    replicates, n, months = sizes.growth_replicates, sizes.clinics, sizes.months
    some = max(1, replicates // 4)
    return [
        _growth("R replicates", _steps(replicates), lambda r: ours.full(n, r, months), sizes),
        _growth("N clinics", _steps(n * 8), lambda c: ours.full(c, max(1, replicates // 8), months), sizes),
        _growth("T months", _steps(months * 8), lambda t: ours.full(n, max(1, replicates // 8), t), sizes),
        _growth("degree (ties)", [2, 4, 8, 16], lambda d: ours.full(n, some, months, ties=d), sizes),
        _growth("K innovations", [1, 2, 4], lambda k: ours.full(n, some, months, innovations=k), sizes),
    ]


def _steps(largest: int) -> list[int]:
    """Four sizes, each twice the one before."""
    return [max(1, largest // by) for by in (8, 4, 2, 1)]


def _growth(what: str, steps: Sequence[int], made: Callable[[int], Experiment], sizes: Sizes) -> Growth:
    ready = {str(step): made(step) for step in steps}
    tasks = {step: Task(lambda _, one=one: ours.run(one, "every_lever")) for step, one in ready.items()}
    runs = alternated(tasks, sizes.few_rounds)
    return Growth(what, steps, [cpu(runs[str(step)]) for step in steps])


# --- threads and memory -------------------------------------------------------------------------------------------


def threads(sizes: Sizes, counts: Sequence[int] = (1, 2)) -> Mapping[int, tuple[Sample, Sample]]:
    """Time on the clock and processor time of the full model [s] by number of threads."""
    ready = ours.full(sizes.clinics, sizes.full_replicates, sizes.months)
    blocks = 4 * max(counts)  # the same for all, so that nobody waits for the last one long
    cells = sizes.clinics * -(-sizes.full_replicates // blocks)
    ready_by = {str(count): replace(ready, threads=count, block_cells=cells) for count in counts}
    tasks = {count: Task(lambda _, one=one: ours.run(one, "every_lever")) for count, one in ready_by.items()}
    runs = alternated(tasks, sizes.few_rounds)
    return {count: (wall(runs[str(count)]), cpu(runs[str(count)])) for count in counts}


def million(sizes: Sizes) -> dict[str, float]:
    """Peak memory and time of one replicate of very many clinics under the full model."""
    return in_own_process("memory", sizes.million, sizes.months)
