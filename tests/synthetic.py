"""Comparisons that look like results and are made without the engine: smooth S-curves with noise between worlds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import store
from sim.metrics import (
    CURVES,
    MEASURES,
    STAGES,
    Comparison,
    EqualBudget,
    SpreadResult,
    StrategyResult,
    months_to,
    ratio,
    sustained_after,
)
from sim.scenario import Scenario

_CLINICS = 1200
# level reached, month of the steepest rise, width, share of use that is sustained, share in name only, lever cost
_SHAPES: Mapping[str, tuple[float, float, float, float, float, float]] = {
    "let": (0.34, 55.0, 13.0, 0.40, 0.00, 0.0),
    "help": (0.62, 38.0, 10.0, 0.52, 0.01, 71e6),
    "make": (0.80, 24.0, 7.0, 0.29, 0.24, 64e6),
    "phased": (0.72, 33.0, 9.0, 0.47, 0.09, 83e6),
}


def document(**changes: Any) -> dict[str, Any]:
    """A scenario as it would stand in a YAML file."""
    return {
        "title": {"sv": "Egenmonitorering i primärvården", "en": "Self-monitoring in primary care"},
        "start": "2025-01",
        "months": 60,
        "replicates": 100,
        "seed": 2025,
        "clinics": {"regions": {"Östergötland": 45, "Skåne": 150}},
        "innovations": {
            "self_monitoring": {
                "title": {"sv": "Egenmonitorering", "en": "Self-monitoring"},
                "begins": {"region": "Östergötland", "clinics": 8},
                "obstacles": {"it": 40, "legal": 8, "procurement": 30},
                "benefit": {"staff_hours_per_month": 18, "qaly_per_year": 0.4},
                "cost": {"licence_sek_per_month": 4000},
            }
        },
        "strategies": {
            "let": "let_it_happen",
            "help": {"use": "help_it_happen", "levers": {"facilitators_fte": 21, "protected_time": 0.02}},
            "make": {
                "use": "make_it_happen",
                "levers": {"mandate": {"from_month": 6, "deadline_month": 24, "lift_month": 42}},
            },
            "phased": {
                "phases": [
                    {"use": "let_it_happen", "until": {"reach": 0.1, "month": 12}},
                    {"use": "help_it_happen", "until": {"reach": 0.5}},
                    {"use": "make_it_happen"},
                ]
            },
        },
        "events": [
            {"month": 14, "pandemic": {"capacity": 0.4, "months": 6}},
            {"month": 36, "funding_ends": {"transition_plan": False}},
        ],
        "parameters": {"wage": 470},
        "uncertain": {"internalisation": {"uniform": [0.0, 0.5]}, "peer_influence": {"triangular": [0.24, 0.45, 0.7]}},
        "goal": {"sustained": 0.3, "by_month": 48},
        **changes,
    }


def comparison(**changes: Any) -> Comparison:
    """A comparison of the document's strategies; ``changes`` replace parts of the document."""
    return answer_to(Scenario.model_validate(document(**changes)))


def one_strategy() -> Comparison:
    """A comparison of a single strategy, without goal, events or overrides."""
    return comparison(strategies={"help": "help_it_happen"}, goal=None, events=[], parameters={}, uncertain={})


def two_innovations() -> Comparison:
    """Two innovations that share the clinics' time."""
    both = {**document()["innovations"], "fett_b": {"title": {"sv": "Färdig på ett besök", "en": "Done in one visit"}}}
    return comparison(innovations=both)


def slow() -> Comparison:
    """Half of the clinics are seldom reached: months to 50 % is infinite in most worlds."""
    return comparison(strategies={"let": "let_it_happen", "help": {"use": "let_it_happen"}}, months=36)


def answer_to(scenario: Scenario, *, equal_budget: float | bool = False) -> Comparison:
    """A made-up answer to any scenario; its numbers depend on the seed and the strategies' names only."""
    rests_on = store.provenance(scenario, equal_budget=equal_budget)
    return Comparison(
        scenario=scenario,
        key=store.content_key(scenario, rests_on),
        clinics=_CLINICS,
        regions=("Östergötland", "Skåne"),
        strategies={name: _strategy(scenario, name, i) for i, name in enumerate(scenario.strategies)},
        provenance=rests_on,
        grades={
            "external_influence": "A",
            "ceiling": "B",
            "internalisation": "uncertain",
            "peer_influence": "uncertain",
            "qaly_threshold": "C",
            "named_ties": "A",
            "slack_mean": "C",
            **dict.fromkeys(scenario.parameters, "scenario"),
            **dict.fromkeys(scenario.uncertain, "uncertain"),
        },
        equal_budget=_budget(scenario, equal_budget) if equal_budget else None,
    )


def _budget(scenario: Scenario, wish: float | bool) -> EqualBudget:
    names = list(scenario.strategies)
    sek = 65e6 if wish is True else float(wish)
    return EqualBudget(sek, {name: 0.9 + 0.1 * i for i, name in enumerate(names[1:])}, {names[0]: "nothing_to_buy"})


def _strategy(scenario: Scenario, name: str, position: int) -> StrategyResult:
    shape = _SHAPES.get(name, tuple(_SHAPES.values())[position % 4])
    parts = {
        innovation: _spread(scenario, shape, (scenario.seed, position, i), 1 - 0.35 * i)
        for i, innovation in enumerate(scenario.innovations)
    }
    every = list(parts.values())
    together = SpreadResult(
        final={metric: _mean([p.final[metric] for p in every]) for metric in MEASURES},
        curves={curve: _mean([p.curves[curve] for p in every]) for curve in CURVES},
        stages=_mean([p.stages for p in every]),
    )
    return StrategyResult(together.final, together.curves, together.stages, innovations=parts)


def _mean(values: list[NDArray[Any]]) -> NDArray[Any]:
    result: NDArray[Any] = np.mean(values, axis=0, dtype=np.float64).astype(values[0].dtype)
    return result


def _spread(scenario: Scenario, shape: tuple[float, ...], seed: tuple[int, ...], scale: float) -> SpreadResult:
    level, steepest, width, kept, in_name, levers = shape
    draws = np.random.default_rng(seed)
    worlds, months = scenario.replicates, np.arange(scenario.months + 1)
    common = np.random.default_rng((seed[0], 99)).normal(0, 1, (worlds, 1))
    level_ = np.clip(scale * level * (1 + 0.09 * common + 0.04 * draws.normal(0, 1, (worlds, 1))), 0, 0.97)
    middle = steepest + 4 * draws.normal(0, 1, (worlds, 1)) - 3 * common
    reach = np.round(_rise(months, level_, middle, width) * _CLINICS) / _CLINICS
    sustained = _rise(months, kept * level_, middle + 15, width) * np.clip(
        1 + 0.1 * draws.normal(0, 1, (worlds, 1)), 0.6, 1.2
    )
    nominal = np.minimum(in_name * _rise(months, level_, middle - 6, width), reach - sustained)
    abandoned = 0.22 * (1 - kept) * _rise(months, level_, middle + 10, width + 3)
    stages = _stages(reach, sustained, nominal, abandoned)
    depth = np.where(reach > 0, 0.25 + 0.6 * sustained / np.maximum(reach, 1e-9), 0)
    curves = {
        "reach": reach,
        "sustained": sustained,
        "nominal": nominal,
        "abandoned": abandoned,
        "reported": reach + 0.3 * abandoned,
        "depth": depth,
        "fatigue": 0.08 + 0.2 * reach,
    }
    followed = {curve: curves[curve].astype(np.float32) for curve in CURVES}
    return SpreadResult(_final(followed, levers, draws), followed, stages.astype(np.float32))


def _rise(months: NDArray[Any], level: Any, middle: Any, width: float) -> NDArray[np.float64]:
    start = 1 / (1 + np.exp(middle / width))
    result: NDArray[np.float64] = (
        level * np.maximum(1 / (1 + np.exp(-(months - middle) / width)) - start, 0) / (1 - start)
    )
    return result


def _stages(
    reach: NDArray[np.float64],
    sustained: NDArray[np.float64],
    nominal: NDArray[np.float64],
    abandoned: NDArray[np.float64],
) -> NDArray[np.float64]:
    rest = 1 - reach - abandoned
    under_way = np.minimum(rest * 0.5, 4 * np.maximum(np.gradient(reach, axis=1), 0))
    shares = {
        "unaware": 0 * rest,
        "aware": rest - under_way - 0.06 * (rest - under_way),
        "declined": 0.06 * (rest - under_way),
        "testing": 0.3 * under_way,
        "adjusting": 0.15 * under_way,
        "blocked": 0.25 * under_way,
        "implementing": 0.3 * under_way,
        "using_in_name": nominal,
        "using": np.maximum(reach - sustained - nominal, 0),
        "sustained": sustained,
        "abandoned": abandoned,
    }
    return np.stack([shares[name] for name in STAGES])


def _final(
    curves: Mapping[str, NDArray[np.float32]], levers: float, draws: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    worlds = len(curves["reach"])
    last = {name: values[:, -1].astype(np.float64) for name, values in curves.items()}
    noise = 1 + 0.05 * draws.normal(0, 1, worlds)
    hours = _CLINICS * (30 + 330 * last["reach"]) * noise
    parts = {
        "qaly": _CLINICS * 0.8 * last["sustained"],
        "cost_levers_sek": levers * noise,
        "cost_innovation_sek": _CLINICS * 90_000 * last["reach"],
        "cost_support_functions_sek": _CLINICS * 35_000 * last["reach"],
        "cost_clinic_hours_sek": hours * 450,
    }
    cost = sum(value for name, value in parts.items() if name.startswith("cost"))
    benefit = _CLINICS * 260_000 * last["sustained"] * noise
    known = {name: last[name] for name in ("reach", "sustained", "reported", "nominal", "abandoned", "fatigue")}
    return {
        **known,
        **{f"months_to_{p}": months_to(curves["reach"], p / 100) for p in (10, 50, 80)},
        "cost_sek": cost,
        "clinic_hours": hours,
        "benefit_sek": benefit,
        "net_benefit_sek": benefit + parts["qaly"] * 500_000 - cost,
        "equity_gap": 0.12 + 0.15 * last["reach"] * noise,
        "queue_months": 0.5 + 4 * last["reach"] * noise,
        "cost_per_sustained_sek": ratio(cost, _CLINICS * last["sustained"]),
        "cost_per_qaly_sek": ratio(cost, parts["qaly"]),
        **sustained_after(curves["sustained"], np.full(worlds, 36.0 if levers else np.inf)),
        **parts,
    }
