"""Why did this clinic wait? One replicate run again, with the factors of one clinic's hazards written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import scenario_file
from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from sim.experiment import Experiment, prepare
from sim.mechanisms.decide import engaged_share
from sim.mechanisms.perceive import StartHazard
from sim.model import SpreadModel
from sim.month import Phase
from sim.scenario_file import ScenarioFile
from sim.world import Setting, Stage, World

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Adviser:
    """Somebody that the clinic takes advice from."""

    name: str
    weight: float
    """Share of the clinic's ear."""
    layer: str
    """What ties them."""
    in_use_from: int | None
    """First month in which it could be seen to use it, or None."""


@dataclass(frozen=True)
class Trace:
    """One clinic's months in one possible world."""

    clinic: str
    region: str
    strategy: str
    replicate: int
    innovation: str
    months: Sequence[Mapping[str, Any]]
    """Of each month: stage at its end; influences and factors of the start hazard, with ``usual``, the mean clinic's;
    ``hazard_…`` that each clock bore [1/year], NaN where it did not run or ran out; work, depth, readiness."""
    advisers: Sequence[Adviser]
    luck: float = float("nan")
    """Hazard that it took to start for the first time, as drawn: Exp(1), so 0.7 in the middle."""

    @property
    def changes(self) -> list[tuple[int, str, str]]:
        """Every change of stage: month, from, to."""
        stages = [row["stage"] for row in self.months]
        return [(t, stages[t - 1], stages[t]) for t in range(1, len(stages)) if stages[t] != stages[t - 1]]

    def held_back(self) -> dict[str, float]:
        """What slowed the start while it waited: each cause beside the mean clinic's in the same month, slowest first.

        1 is as in the mean clinic, 0.5 halves the rate of starting. `influence` is all that it hears from outside, from
        peers and from other regions; what no clinic can change, such as the season, is always 1. What the innovation
        meets (who pays, companies, roles, networks, prerequisites) and what plugins add stand beside the rest.
        """
        waiting = [row for row in self.months[1:] if row["stage"] == "aware" and row.get("usual")]
        shares: dict[str, list[float]] = {}
        for row in waiting:
            for cause, usual in row["usual"].items():
                if not np.isnan(row[cause]):
                    shares.setdefault(cause, []).append(row[cause] / usual)
        mean = {cause: float(np.mean(found)) for cause, found in shares.items()}
        return {cause.removeprefix("factor_"): share for cause, share in sorted(mean.items(), key=lambda item: item[1])}

    def start_as_usual_in(self, cause: str) -> int | None:
        """Month in which it would first have started of its own accord, had one cause been as in the mean clinic.

        The same luck and all else as it was; None where it would not have started within the months seen waiting.

        Args:
            cause: one of those that `held_back` names.
        """
        borne = 0.0
        for before, row in pairwise(self.months):
            if before["stage"] == "unaware":
                continue
            if before["stage"] != "aware":
                return None
            name = "influence" if cause == "influence" else f"factor_{cause}"
            own, usual = row[name], row["usual"].get(name, np.nan)
            borne -= float(np.log1p(-row["monthly_chance"])) * (usual / own if own > 0 and usual > 0 else 1.0)
            if borne >= self.luck:
                return int(row["month"])
        return None

    def __repr__(self) -> str:
        return f"<Trace of {self.clinic} under {self.strategy}, replicate {self.replicate}: {self.changes}>"

    def table(self) -> pd.DataFrame:
        """The months as a pandas table."""
        import pandas as pd  # noqa: PLC0415 - only for notebooks

        rows = [{key: value for key, value in row.items() if key != "usual"} for row in self.months]
        return pd.DataFrame(rows).set_index("month")


def trace(
    scenario: str | Path | ScenarioFile, strategy: str, replicate: int, clinic: str, innovation: str | None = None
) -> Trace:
    """One clinic's months in one replicate under one strategy; the same events as in the whole run.

    Args:
        scenario: path of a scenario, or one that has been read.
        strategy: name of the strategy.
        replicate: number of the replicate, from 0.
        clinic: name of the clinic, such as "Östergötland 07"; "Region/clinic" where names recur.
        innovation: which innovation; by default the first by name.

    Raises:
        UserMistakes: no such strategy, replicate, clinic or innovation.
    """
    source = scenario if isinstance(scenario, ScenarioFile) else scenario_file.read(scenario)
    experiment = prepare(source, threads=1)
    place = _place(experiment, clinic)
    _known("strategy", strategy, experiment.schedules)
    followed = innovation or min(source.scenario.innovations)
    _known("innovation", followed, source.scenario.innovations)
    if not 0 <= replicate < source.scenario.replicates:
        last = source.scenario.replicates - 1
        raise UserMistakes(Mistake("replicate", f"{replicate} is no replicate", f"Write a number from 0 to {last}."))
    setting = experiment.setting(np.array([replicate]))
    model = SpreadModel(setting, experiment.schedules[strategy], experiment.parts)
    watch = _Watch(model, followed, place)
    for _ in range(source.scenario.months):
        watch.month_begins()
        model.step()
        watch.month_ends()
    population = experiment.population
    found = Trace(
        str(population.names[place]),
        population.regions[population.region[place]],
        strategy,
        replicate,
        followed,
        watch.rows,
        _advisers(setting, place, watch.first_use),
        watch.luck,
    )
    model.release()
    return found


class _Watch:
    """Looks at one clinic when the start hazard has been computed, and again when the month ends."""

    def __init__(self, model: SpreadModel, innovation: str, place: int) -> None:
        self.world = model.world
        self.spread = next(s for s in model.world.spreads if s.name == innovation)
        self.place = place
        self.rows: list[dict[str, Any]] = [{"month": 0, **self._state()}]
        self.first_use = np.where(self._seen(), 0, -1)
        self._factors: dict[str, Any] = {}
        self._causes: dict[str, Any] = {}
        self._left: dict[str, float] = {}
        start = self.spread.clocks.get("start")
        self.luck = float("nan") if start is None else self._at(start.left)
        hazard = next((part for part in model.month if isinstance(part, StartHazard)), None)
        if hazard is not None:
            self._hazard = hazard
            model.month = list(self._watched(model.month))

    def _watched(self, month: Sequence[Any]) -> Iterator[Any]:
        """The month, with a look at what changes readiness and the start hazard, and at both when all is perceived."""
        parts, at = list(month), list(month).index(self._hazard)
        last = max(i for i, part in enumerate(parts) if getattr(part, "phase", None) == Phase.PERCEIVE)
        for i, part in enumerate(parts):
            perceives = getattr(part, "phase", None) == Phase.PERCEIVE
            state = "readiness" if i < at else "start_hazard"
            changes = perceives and part is not self._hazard and part.name != "readiness" and state in part.writes
            yield partial(self._beside, part, state) if changes else part
            if i == at:
                yield self._look
            if i == last:
                yield self._sum_up

    def _beside(self, part: Any, state: str, world: World) -> None:
        """A part's month, and by what it multiplies the start hazard; NaN where there is none to multiply."""
        before = np.broadcast_to(getattr(self.spread, state), world.shape).copy()
        part(world)
        after = np.broadcast_to(getattr(self.spread, state), world.shape)
        share = np.divide(after, before, out=np.full(world.shape, np.nan, np.float32), where=before > 0)
        exponent = world.parameters.readiness_exponent if state == "readiness" else np.ones((1, 1), np.float32)
        self._causes[f"factor_{part.name}"] = share**exponent

    def _look(self, world: World) -> None:
        """What the hazard is made of; what other parts did to readiness is told apart from it."""
        if self.spread.present:
            factors = self._hazard.factors(world, self.spread)
            for changed in self._causes.values():
                factors["readiness"] = factors["readiness"] / np.nan_to_num(changed, nan=1)
            influence = {"influence": factors.pop("influence")}
            self._causes = influence | {f"factor_{name}": value for name, value in factors.items()} | self._causes

    def _sum_up(self, world: World) -> None:
        """The month's hazard with its causes."""
        spread, causes, self._causes = self.spread, self._causes, {}
        if not spread.present:
            return
        usual = {name: _mean(np.broadcast_to(value, world.shape)) for name, value in causes.items()}
        self._factors = {
            **{f"influence_{name}": self._at(value) for name, value in spread.influences.items()},
            **{name: self._at(value) for name, value in causes.items()},
            "usual": {name: value for name, value in usual.items() if value > 0},
            "start_hazard": self._at(spread.start_hazard),
            "monthly_chance": float(-np.expm1(-self._at(spread.start_hazard / engaged_share(world)) / 12)),
        }

    def month_begins(self) -> None:
        """Remember how much hazard each clock has left."""
        self._left = {event: self._at(clock.left) for event, clock in self.spread.clocks.items()}

    def month_ends(self) -> None:
        """Write the month down."""
        self.rows.append({"month": self.world.month, **self._state(), **self._hazards(), **self._factors})
        self.first_use = np.where((self.first_use < 0) & self._seen(), self.world.month, self.first_use)
        if len(self.rows) == 2:  # the columns of month 0 are those of month 1
            self.rows[0] = {**dict.fromkeys(self.rows[1], float("nan")), **self.rows[0]}

    def _hazards(self) -> dict[str, float]:
        """What each clock bore this month [1/year]; NaN where it did not run, or ran out and was wound anew."""
        borne = {}
        for event, clock in self.spread.clocks.items():
            less = self._left.get(event, np.inf) - self._at(clock.left)
            borne[f"hazard_{event.replace(' ', '_').lower()}"] = 12 * less if 0 <= less < np.inf else float("nan")
        return borne

    def _seen(self) -> np.ndarray[Any, Any]:
        return (self.spread.in_use & ~self.spread.nominal)[0]

    def _state(self) -> dict[str, Any]:
        spread, world = self.spread, self.world
        return {
            "stage": Stage(int(spread.stage[0, self.place])).name.lower(),
            "exposure": self._at(spread.exposure),
            "readiness": self._at(spread.readiness),
            "efficacy": self._at(spread.efficacy),
            "mandate": self._at(world.mandate),
            "free_hours": self._at(world.free_hours),
            "hours_left": self._at(spread.work),
            "supply": self._at(spread.supply),
            "depth": self._at(spread.depth),
            "fit": self._at(spread.fit),
            "advantage": self._at(spread.advantage),
            "fatigue": self._at(world.fatigue),
            "champion": bool(self._at(spread.champion)),
            "facilitated": bool(self._at(spread.facilitated)),
            "nominal": bool(self._at(spread.nominal)),
            "would_ever_volunteer": bool(self._at(spread.eligible)),
        }

    def _at(self, value: Any) -> float:
        return float(np.broadcast_to(value, self.world.shape)[0, self.place])


def _mean(values: np.ndarray[Any, Any]) -> float:
    """Mean over the clinics that have one, 0 where none has."""
    there = ~np.isnan(values)
    return float(values[there].mean()) if there.any() else 0.0


def _advisers(setting: Setting, place: int, first_use: np.ndarray[Any, Any]) -> list[Adviser]:
    from sim.network import LAYERS, SCALE  # noqa: PLC0415

    network = setting.network.of(0)
    ties = network.advisers()
    inside = slice(int(ties.start[place]), int(ties.start[place + 1]))
    return [
        Adviser(
            str(setting.population.names[adviser]),
            float(network.weight[tie]) / SCALE,
            LAYERS[network.layer[tie]],
            int(first_use[adviser]) if first_use[adviser] >= 0 else None,
        )
        for adviser, tie in zip(ties.adviser[inside].tolist(), ties.tie[inside].tolist(), strict=True)
    ]


def _place(experiment: Experiment, clinic: str) -> int:
    """Column of the clinic with that name."""
    population = experiment.population
    region, _, name = clinic.rpartition("/")
    regions = range(len(population.regions)) if not region else [population.region_index(region)]
    found = [
        place for r in regions if r is not None and (place := population.clinic_index(r, name or clinic)) is not None
    ]
    if len(found) == 1:
        return found[0]
    if found:
        remedy = f"Write the region first, such as {population.regions[population.region[found[0]]]}/{clinic}."
        raise UserMistakes(Mistake("clinic", f"{len(found)} clinics are called {clinic!r}", remedy))
    meant = nearest(clinic, list(population.names))
    raise UserMistakes(
        Mistake("clinic", f"no clinic is called {clinic!r}", f"Did you mean {meant!r}?" if meant else "")
    )


def _known(place: str, name: str, known: Mapping[str, Any]) -> None:
    if name not in known:
        meant = nearest(name, known)
        remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(known)}."
        raise UserMistakes(Mistake(place, f"there is no {place} {name!r}", remedy))
