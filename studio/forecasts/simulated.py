"""The adapter over the engine: how a portfolio's initiatives come into use, alone and together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.board import Portfolio
from portfolio.forecast import Adoption, Commitment, Load
from portfolio.initiative import Initiative
from sim import experiment, scenario_file
from sim.errors import Mistake, UserMistakes
from sim.scenario import Effort, Innovation, Scenario
from sim.scenario_file import ScenarioFile
from studio.forecasts.cache import remembered
from studio.forecasts.months import Months, Progress
from studio.forecasts.shifted import later

Floats = NDArray[np.float64]

EFFORT_SHARES = {"trial_hours": 0.15, "adjust_hours": 0.20, "implement_hours": 0.65}
"""How the hours of an initiative without scenario are divided over the pipeline: estimate, as in the shipped ones."""


class SimulatedForecast:
    """Runs the scenarios that a portfolio names, each strategy once, and remembers the months."""

    def __init__(self, portfolio: Portfolio, folder: Path, *, progress: Progress | None = None) -> None:
        """Read every scenario that the portfolio names.

        Args:
            portfolio: whose initiatives and groups name scenarios.
            folder: where the portfolio's file lies; scenarios lie in it too.
            progress: told (strategies done, of so many known so far).

        Raises:
            UserMistakes: every mistake in the scenarios, and strategies and innovations that they do not have.
        """
        self._portfolio, self._progress = portfolio, progress
        self._files = _scenarios(portfolio, folder)
        self._months: dict[tuple[str, str], Months] = {}
        mistakes = [mistake for name in portfolio.initiatives for mistake in self._unknown(name)]
        if mistakes:
            raise UserMistakes(mistakes)

    def adoption(self, name: str, initiative: Initiative, strategy: str) -> Adoption:
        """How a simulated initiative comes into use under one of its scenario's strategies."""
        source = self._alone(name)
        found = _adoption(self._run(f"{name}", source, strategy), source.scenario, self._innovation(name))
        return replace(found, strategy_title=source.scenario.strategies[strategy].title)

    def clinics(self, group: str) -> int:
        """How many clinics a group has."""
        scenario = self._files[str(self._portfolio.groups[group].scenario)]
        return len(experiment.prepare(scenario, threads=1).population.clinic_id)

    def change_capacity(self, group: str) -> float:
        """Staff-hours that a group's clinics have for change at the start [hours/year]: usable slack."""
        source = self._files[str(self._portfolio.groups[group].scenario)]
        few = source.scenario.model_copy(update={"replicates": 20})
        ready = experiment.prepare(_with(source, few), threads=1)
        setting = ready.setting(np.arange(20))
        usable = np.atleast_2d(setting.attributes.slack * setting.attributes.hours).sum(axis=1)
        share = np.broadcast_to(setting.parameters.effective_slack, (20, 1))[:, 0]
        return float(12 * (usable * share).mean())

    def together(self, group: str, plan: tuple[Commitment, ...], months: int) -> Load:
        """The plan's initiatives in one group of clinics at once, and each with the clinics to itself.

        Every innovation is simulated beside the others under its own strategy: under each strategy of the plan all run
        once, and an innovation's adoption is read where its own strategy ran. An initiative without a scenario is an
        ordinary innovation that takes its hours. A strategy sets in with the first initiative that chose it, also where
        one has the clinics to itself, so that only the company differs.
        """
        base = self._files[str(self._portfolio.groups[group].scenario)]
        usual = self._usual(base.scenario, plan)
        by_name = {one.initiative: one.strategy if one.strategy in base.scenario.strategies else usual for one in plan}
        sets_in = {strategy: _first(plan, by_name, strategy) for strategy in sorted(set(by_name.values()))}
        everyone = {one.initiative: self._as_innovation(one, base.scenario) for one in plan}
        runs: dict[str, Months] = {}
        for strategy, quarter in sets_in.items():
            runs[strategy] = self._joint(base, everyone, strategy, quarter, months)
        beside, apart, needed_apart = {}, {}, np.zeros(months)
        for one in plan:
            strategy = by_name[one.initiative]
            just = self._joint(base, {one.initiative: everyone[one.initiative]}, strategy, sets_in[strategy], months)
            beside[one.initiative] = _from(runs[strategy], one.initiative, 3 * one.quarter)
            apart[one.initiative] = _from(just, one.initiative, 3 * one.quarter)
            needed_apart += just.shared["needed_hours"].mean(axis=0)
        shared = {key: np.mean([run.shared[key].mean(axis=0) for run in runs.values()], axis=0) for key in _SHARED}
        return Load(
            group,
            _quarterly(shared["needed_hours"]),
            _quarterly(needed_apart),
            _quarterly(shared["usable_hours"]),
            apart,
            beside,
            shared["fatigue"].reshape(-1, 3).mean(axis=1),
        )

    def _joint(
        self, base: ScenarioFile, innovations: Mapping[str, Innovation], strategy: str, quarter: int, months: int
    ) -> Months:
        """Some of the plan's innovations under one strategy that sets in with its first initiative."""
        scenario = base.scenario
        moved = later(scenario.strategies[strategy], 3 * quarter)
        changed = scenario.model_copy(
            update={
                "innovations": dict(innovations),
                "strategies": {strategy: moved},
                "months": months,
                "events": tuple(one for one in scenario.events if one.month is None or one.month < months),
                "goal": None,
            }
        )
        return self._run(f"{','.join(sorted(innovations))}@{quarter}", _with(base, changed), strategy)

    def _usual(self, scenario: Scenario, plan: tuple[Commitment, ...]) -> str:
        """How an initiative without a scenario spreads in a group: as the plan's first that has one does, else help."""
        known = [one.strategy for one in plan if one.strategy in scenario.strategies]
        return (known or [name for name in ("help", *scenario.strategies) if name in scenario.strategies])[0]

    def _as_innovation(self, one: Commitment, scenario: Scenario) -> Innovation:
        initiative = self._portfolio.initiatives[one.initiative]
        if initiative.benefit.scenario is not None:
            own = scenario.innovations.get(self._innovation(one.initiative))
            if own is not None:
                return own.model_copy(update={"arrives_month": 3 * one.quarter})
        hours = initiative.cost.change_hours_per_clinic
        effort = Effort(**{name: share * hours for name, share in EFFORT_SHARES.items()})
        return Innovation(effort=effort, arrives_month=3 * one.quarter)

    def _alone(self, name: str) -> ScenarioFile:
        """The initiative's scenario with its innovation only."""
        source = self._files[str(self._portfolio.initiatives[name].benefit.scenario)]
        own = self._innovation(name)
        if len(source.scenario.innovations) == 1:
            return source
        alone = source.scenario.model_copy(update={"innovations": {own: source.scenario.innovations[own]}})
        return _with(source, alone)

    def _innovation(self, name: str) -> str:
        initiative = self._portfolio.initiatives[name]
        source = self._files[str(initiative.benefit.scenario)]
        return initiative.benefit.innovation or next(iter(source.scenario.innovations))

    def _run(self, what: str, source: ScenarioFile, strategy: str) -> Months:
        key = (f"{source.path}:{what}:{source.scenario.months}", strategy)
        if key not in self._months:
            only = {strategy: source.scenario.strategies[strategy]}
            one = _with(source, source.scenario.model_copy(update={"strategies": only}))
            self._months[key] = remembered(one, strategy)
            if self._progress is not None:
                self._progress(len(self._months), max(len(self._months), self._expected()))
        return self._months[key]

    def _expected(self) -> int:
        simulated = (one for one in self._portfolio.initiatives.values() if one.benefit.scenario is not None)
        return sum(len(one.strategy_names()) for one in simulated)

    def _unknown(self, name: str) -> list[Mistake]:
        """Strategies and innovations that an initiative names and its scenario does not have."""
        initiative = self._portfolio.initiatives[name]
        if initiative.benefit.scenario is None:
            return []
        scenario = self._files[initiative.benefit.scenario].scenario
        place, known = f"initiatives.{name}", ", ".join(scenario.strategies)
        found = [
            Mistake(
                f"{place}.strategies",
                f"the scenario {initiative.benefit.scenario} has no strategy {strategy!r}",
                f"Write some of {known}",
            )
            for strategy in initiative.strategy_names()
            if strategy not in scenario.strategies
        ]
        own, has = initiative.benefit.innovation, ", ".join(scenario.innovations)
        if own is None and len(scenario.innovations) > 1:
            told = f"the scenario {initiative.benefit.scenario} has several innovations"
            found.append(Mistake(f"{place}.benefit", told, f"Write innovation: and one of {has}"))
        if own is not None and own not in scenario.innovations:
            told = f"the scenario {initiative.benefit.scenario} has no innovation {own!r}"
            found.append(Mistake(f"{place}.benefit.innovation", told, f"Write one of {has}"))
        return found


def _first(plan: tuple[Commitment, ...], by_name: Mapping[str, str], strategy: str) -> int:
    """The quarter of the first initiative that chose a strategy, else of the first that goes along with it."""
    chose = [one.quarter for one in plan if one.strategy == strategy]
    return min(chose or [one.quarter for one in plan if by_name[one.initiative] == strategy])


_SHARED = ("needed_hours", "usable_hours", "fatigue")


def _scenarios(portfolio: Portfolio, folder: Path) -> dict[str, ScenarioFile]:
    """Every scenario that the portfolio names, by that name; all mistakes at once."""
    named = {f"initiatives.{n}.benefit.scenario": one.benefit.scenario for n, one in portfolio.initiatives.items()}
    named |= {f"groups.{n}.scenario": group.scenario for n, group in portfolio.groups.items()}
    files: dict[str, ScenarioFile] = {}
    mistakes: list[Mistake] = []
    for place, name in named.items():
        if name is None or name in files:
            continue
        try:
            files[name] = scenario_file.read(_inside(folder, name, place), {})
        except UserMistakes as told:
            mistakes += told.mistakes
    if mistakes:
        raise UserMistakes(dict.fromkeys(mistakes))
    return files


def _inside(folder: Path, name: str, place: str) -> Path:
    """The file of that name beside the portfolio; nothing leads out of its folder."""
    path = folder / name
    try:
        safe = path.resolve().is_relative_to(folder.resolve()) and not Path(name).is_absolute()
    except (OSError, ValueError):
        safe = False
    if not safe:
        raise UserMistakes(
            Mistake(place, f"{name!r} leads out of the portfolio's folder", "Put the scenario beside the portfolio")
        )
    if not path.is_file():
        raise UserMistakes(
            Mistake(place, f"there is no file {name!r} beside the portfolio", "Write the name of a scenario file there")
        )
    return path


def _with(source: ScenarioFile, scenario: Scenario) -> ScenarioFile:
    changes: dict[str, Any] = {**vars(source), "scenario": scenario}
    return ScenarioFile(**changes)


def _adoption(months: Months, scenario: Scenario, name: str) -> Adoption:
    """One innovation's months as the portfolio sees them; time that is freed stays apart from money."""
    own, benefit = months.innovations[name], scenario.innovations[name].benefit
    hours_sek = benefit.staff_hours_per_month * months.wage[:, None]
    total = hours_sek + benefit.sek_per_year / 12
    freed = own["benefit_sek"] * np.divide(
        benefit.staff_hours_per_month, total, out=np.zeros_like(total), where=total != 0
    )
    saved = own["benefit_sek"] - freed * months.wage[:, None]
    return Adoption(
        "simulation",
        own["use"],
        np.maximum.accumulate(own["begun"], axis=1),
        months.clinics,
        {
            "qaly": own["qaly"],
            "saved_sek": saved,
            "freed_hours": freed,
            "levers_sek": months.shared["cost_levers_sek"],
            "innovation_sek": own["cost_innovation_sek"],
            "clinic_hours": own["clinic_hours"],
            "facilitators_fte": months.shared["facilitators_fte"],
        },
        {str(function.value): hours for function, hours in scenario.innovations[name].obstacles.items()},
    )


def _from(months: Months, name: str, start: int) -> Adoption:
    """Adoption of one innovation of a plan, from its own start."""
    own = months.innovations[name]
    begun = np.maximum.accumulate(own["begun"], axis=1)
    return Adoption(
        "simulation",
        own["use"][:, start:],
        begun[:, start:],
        months.clinics,
        {"clinic_hours": own["clinic_hours"][:, start:]},
    )


def _quarterly(series: Floats) -> Floats:
    return np.asarray(series.reshape(-1, 3).sum(axis=1))
