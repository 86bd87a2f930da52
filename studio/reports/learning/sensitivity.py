"""Which assumptions matter, where another strategy becomes best, and what is worth finding out first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sim import store
from sim.figures import best_strategy, strength_bars, tornado
from sim.scenario_file import ScenarioFile
from sim.sensitivity.study import LEAD, RANKING, Study
from studio.reports import words
from studio.reports.learning.page import Page, Rows, Section, provenance
from studio.reports.pictures import Picture
from studio.texts import Texts

_SHOWN = 10
_SURE = 0.8


@dataclass(frozen=True, eq=False)
class Studied:
    """A study with what it rests on."""

    source: ScenarioFile
    study: Study
    asked: store.Studied


def summary(studied: Studied) -> dict[str, Any]:
    """The study as plain JSON data."""
    study = studied.study
    return {
        "scenario": studied.source.scenario.title.en,
        "key": studied.asked.key,
        "metric": study.metric,
        "strategies": list(study.strategies),
        "leader": study.leader,
        "best_in": dict(study.first),
        "assumptions": list(study.assumptions.names),
        "size": asdict(study.size),
        "screening": {key: [asdict(one) for one in found] for key, found in study.effects.items()},
        "indices": {key: [asdict(one) for one in found] for key, found in study.indices.items()},
        "map": _plain_map(study),
        "tornado": {"middle": study.middle, "bars": [asdict(bar) for bar in study.tornado]},
        "value_of_asking": {
            "all_sek": study.worth_all_sek,
            "assumptions": [asdict(one) for one in study.asked],
        },
    }


def _plain_map(study: Study) -> dict[str, Any] | None:
    if study.map is None:
        return None
    return {
        "across": {"assumption": study.map.across, "values": study.map.across_values.tolist()},
        "up": {"assumption": study.map.up, "values": study.map.up_values.tolist()},
        "best": [[study.strategies[place] for place in row] for row in study.map.best.tolist()],
        "value": study.map.value.tolist(),
        "flips": study.map.flips,
    }


def page(studied: Studied, texts: Texts) -> Page:
    """The report."""
    scenario, study = studied.source.scenario, studied.study
    return Page(
        kind=texts("learn.kind_sensitivity"),
        title=scenario.title.in_language(texts.language),
        question=texts(
            "learn.question_sensitivity",
            assumptions=texts.numbers.number(len(study.assumptions.names)),
            metric=words.mid_sentence(_metric(study, texts)),
        ),
        answer=answer(studied, texts),
        warnings=[],
        sections=_sections(studied, texts),
        provenance=provenance(studied.asked, texts),
        tables={"screening.csv": _csv(study)},
    )


def answer(studied: Studied, texts: Texts) -> list[str]:
    """What matters, in a few sentences."""
    study, numbers = studied.study, texts.numbers
    names = words.strategy_names(studied.source.scenario, texts)
    told, joint = [], texts.entries["report.and"]
    if len(study.strategies) > 1:
        share = study.first[study.leader]
        said = texts(
            "learn.leader" if share >= _SURE else "learn.leader_open",
            strategy=words.quoted(names[study.leader], texts),
            metric=words.mid_sentence(_metric(study, texts)),
            share=numbers.percent(share),
        )
        told.append(said)
        decisive = [words.parameter(one.name, texts) for one in study.indices.get(RANKING, ())[:2]]
        if decisive:
            told.append(texts("learn.decisive", names=words.listed(decisive, joint)))
        if study.map is not None:
            told.append(_flips(study, names, texts))
    else:
        strongest = study.effects[f"{study.leader}:{study.metric}"][:2]
        told.append(
            texts("learn.strongest", names=words.listed([words.parameter(e.name, texts) for e in strongest], joint))
        )
    told.append(_asking(study, texts))
    return [one for one in told if one]


def _flips(study: Study, names: dict[str, str], texts: Texts) -> str:
    assert study.map is not None  # noqa: S101 the caller has looked
    met = [study.strategies[place] for place in sorted(set(study.map.best.ravel().tolist()))]
    two = [words.parameter(one, texts) for one in (study.map.across, study.map.up)]
    if not study.map.flips:
        return texts("learn.no_flip", a=two[0], b=two[1], strategy=words.quoted(names[met[0]], texts))
    shares = [f"{words.quoted(names[one], texts)} {texts.numbers.percent(_field_share(study, one))}" for one in met]
    return texts("learn.flip", a=two[0], b=two[1], shares=words.listed(shares, texts.entries["report.and"]))


def _field_share(study: Study, strategy: str) -> float:
    assert study.map is not None  # noqa: S101 the caller has looked
    return float((study.map.best == study.strategies.index(strategy)).mean())


def _asking(study: Study, texts: Texts) -> str:
    if len(study.strategies) < 2:
        return ""
    worth = [one for one in study.asked if one.shown]
    if not worth:
        return texts("learn.asking_nothing", all=words.amount(study.worth_all_sek, texts))
    first = worth[0]
    return texts(
        "learn.asking",
        name=words.parameter(first.name, texts),
        worth=words.amount(first.worth_sek, texts),
        all=words.amount(study.worth_all_sek, texts),
    )


def _metric(study: Study, texts: Texts) -> str:
    return texts(f"metric.{study.metric}")


def _written(metric: str, texts: Texts) -> Callable[[float], str]:
    if metric.endswith("_sek"):
        return lambda value: texts.numbers.number(value / 1e6, 1 if abs(value) < 1e7 else 0)
    return lambda value: texts.numbers.number(100 * value, 0 if abs(value) >= 0.1 else 1)


def _unit(metric: str, texts: Texts) -> str:
    return texts("unit.msek") if metric.endswith("_sek") else texts("learn.points")


def _sections(studied: Studied, texts: Texts) -> list[Section]:
    study = studied.study
    names = words.strategy_names(studied.source.scenario, texts)
    found = [
        Section(texts("learn.screening"), [_tried(study, texts)], _screening(study, texts)),
        Section(texts("learn.indices"), [texts("learn.indices_note")], _indices(study, names, texts)),
    ]
    if study.map is not None:
        found.append(Section(texts("learn.map"), [texts("learn.map_note")], _map(study, names, texts)))
    found.append(Section(texts("learn.tornado"), [], _tornado(study, names, texts)))
    if any(one.worth_sek > 0 for one in study.asked):
        note, picture, table = texts("learn.asking_note"), _asked(study, texts), _rows(study, texts)
        found.append(Section(texts("learn.asking_heading"), [note], picture, table))
    return found


def _tried(study: Study, texts: Texts) -> str:
    number = texts.numbers.number
    return texts(
        "learn.tried",
        assumptions=number(len(study.assumptions.names)),
        trajectories=study.size.trajectories,
        strongest=number(min(study.size.strongest, len(study.assumptions.names))),
        rows=number(study.size.rows(len(study.assumptions.names))),
        worlds=study.size.worlds,
    )


def _screening(study: Study, texts: Texts) -> Picture:
    outcome = f"{study.leader}:{study.metric}"
    panels = []
    for key, title in ((outcome, "learn.screening_leader"), (LEAD, "learn.screening_lead")):
        if key in study.effects:
            bars = [
                strength_bars.Bar(words.parameter(one.name, texts), one.strength, one.error)
                for one in study.effects[key][:_SHOWN]
            ]
            written = _written(study.metric, texts)
            panels.append(strength_bars.Panel(texts(title), _unit(study.metric, texts), bars, written))
    said = "; ".join(bar.name for bar in panels[-1].bars[:5])
    drawn = strength_bars.figure(panels)
    return Picture("screening", texts("learn.screening"), texts("learn.screening_caption"), said, drawn)


def _indices(study: Study, names: dict[str, str], texts: Texts) -> Picture:
    legend = (texts("learn.alone"), texts("learn.with_others"))
    panels = []
    titled = [(f"{study.leader}:{study.metric}", texts("learn.indices_leader", strategy=names[study.leader]))]
    titled += [(RANKING, texts("learn.indices_ranking"))] if study.indices.get(RANKING) else []
    for key, title in titled:
        bars = [
            strength_bars.Bar(words.parameter(one.name, texts), one.total, one.total_error, one.first)
            for one in study.indices[key]
        ]
        axis = texts("learn.indices_axis")
        panels.append(strength_bars.Panel(title, axis, bars, texts.numbers.percent, legend))
    said = "; ".join(f"{bar.name} {texts.numbers.percent(bar.length)}" for bar in panels[-1].bars)
    drawn = strength_bars.figure(panels)
    return Picture("indices", texts("learn.indices"), texts("learn.indices_caption"), said, drawn)


def _map(study: Study, names: dict[str, str], texts: Texts) -> Picture:
    flips = study.map
    assert flips is not None  # noqa: S101 the caller has looked
    table = best_strategy.Fields(
        [words.plain(value, texts, 2) for value in flips.across_values.tolist()],
        [words.plain(value, texts, 2) for value in flips.up_values.tolist()],
        [[study.strategies[place] for place in row] for row in flips.best.tolist()],
        flips.value.tolist(),
        study.strategies,
    )
    labels = {
        "title": texts("plot.best_title", metric=_metric(study, texts)),
        "across": words.parameter(flips.across, texts),
        "up": words.parameter(flips.up, texts),
        **{f"strategy.{name}": title for name, title in names.items()},
    }
    written = _written(study.metric, texts)
    drawn = best_strategy.figure(table, labels, written)
    return Picture(
        "map",
        texts("learn.map"),
        texts("learn.map_caption", unit=_unit(study.metric, texts)),
        _flips(study, names, texts),
        drawn,
    )


def _tornado(study: Study, names: dict[str, str], texts: Texts) -> Picture:
    def shown(name: str, value: float) -> str:
        return words.plain(value, texts, 2)

    bars = [
        tornado.Bar(
            words.parameter(b.name, texts), shown(b.name, b.low), shown(b.name, b.high), b.at_low, b.at_high, b.flips
        )
        for b in study.tornado
    ]
    ahead = len(study.strategies) > 1
    strategy = words.quoted(names[study.leader], texts)
    labels = {
        "title": texts("learn.tornado_lead" if ahead else "learn.tornado_single", strategy=strategy),
        "axis": f"{_metric(study, texts)}, {_unit(study.metric, texts)}",
        "at_low": texts("learn.at_low"),
        "at_high": texts("learn.at_high"),
        "flips": texts("learn.bar_flips"),
    }
    drawn = tornado.figure(bars, study.middle, labels, _written(study.metric, texts))
    said = "; ".join(bar.name for bar in bars)
    return Picture("tornado", texts("learn.tornado"), texts("learn.tornado_caption"), said, drawn)


def _asked(study: Study, texts: Texts) -> Picture:
    bars = [
        strength_bars.Bar(words.parameter(one.name, texts), one.worth_sek, pale=not one.shown)
        for one in study.asked[:_SHOWN]
    ]
    panel = strength_bars.Panel(
        texts("learn.asking_title"), texts("unit.msek"), bars, lambda value: words.plain(value / 1e6, texts, 2)
    )
    said = "; ".join(f"{bar.name} {words.amount(bar.length, texts)}" for bar in bars[:5])
    drawn = strength_bars.figure([panel])
    return Picture("asking", texts("learn.asking_heading"), texts("learn.asking_caption"), said, drawn)


def _rows(study: Study, texts: Texts) -> Rows:
    keys = ("parameter", "grade", "worth", "told_from_chance")
    rows = [
        [
            words.parameter(one.name, texts),
            one.grade or texts("learn.own"),
            words.plain(one.worth_sek / 1e6, texts, 2),
            texts("learn.yes" if one.shown else "learn.no"),
        ]
        for one in study.asked[:_SHOWN]
    ]
    return Rows(texts("learn.asking_table"), [texts(f"learn.column_{key}") for key in keys], rows)


def _csv(study: Study) -> list[list[Any]]:
    rows: list[list[Any]] = [["outcome", "assumption", "strength", "error", "direction", "spread"]]
    for key, effects in study.effects.items():
        rows += [[key, e.name, e.strength, e.error, e.direction, e.spread] for e in effects]
    return rows
