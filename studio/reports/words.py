"""Scenarios in words: names of strategies and innovations, levers, events, goals, ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

from sim import evidence, strategies
from sim.event_settings import Event
from sim.scenario import Inclusion, Mandate, Phase, Preset, Scenario, Strategy
from studio.texts import Texts

_ONE_SHARE = frozenset(
    {"protected_time", "early_adopter_investment", "support_priority", "lead_by_example", "remove_old_way"}
)
_ALL_FIGURES = 12
_FULL = 100
"""From so many worlds on, probabilities are told out of 100."""


@dataclass(frozen=True, slots=True)
class PhaseInWords:
    """A part of a strategy: the preset it starts from and what that means, how long, and its levers in force."""

    preset: str
    meaning: str
    until: str
    levers: list[str]


def strategy_names(scenario: Scenario, texts: Texts) -> dict[str, str]:
    """A readable name for each strategy: its title, or its preset; the file's name is added where two are alike."""
    names = {name: _strategy_name(strategy, texts) for name, strategy in scenario.strategies.items()}
    count = Counter(names.values())
    return {name: words if count[words] == 1 else f"{words} ({name})" for name, words in names.items()}


def innovation_names(scenario: Scenario, texts: Texts) -> dict[str, str]:
    """A readable name for each innovation."""
    return {
        name: innovation.title.in_language(texts.language) if innovation.title else name.replace("_", " ")
        for name, innovation in scenario.innovations.items()
    }


def listed(items: Sequence[str], joint: str) -> str:
    """``a, b and c``; the joint has the blanks ``first`` and ``last``."""
    if len(items) < 2:
        return "".join(items)
    return joint.format(first=", ".join(items[:-1]), last=items[-1])


def quoted(name: str, texts: Texts) -> str:
    """A strategy's name in running text, in the quotation marks of the language."""
    return f"”{name}”" if texts.language == "sv" else f"“{name}”"


def start_month(scenario: Scenario, texts: Texts) -> str:
    """Month 0 of the scenario, such as ``januari 2025``."""
    return f"{texts(f'calendar.{scenario.start_month}')} {scenario.start[:4]}"


def goal(scenario: Scenario, texts: Texts) -> str:
    """The goal in words; empty without one."""
    aim = scenario.goal
    if aim is None:
        return ""
    wishes = {"reach": aim.reach, "sustained": aim.sustained}
    parts = [
        texts(f"goal.{name}", share=short_percent(share, texts)) for name, share in wishes.items() if share is not None
    ]
    return texts("goal.by", what=texts("goal.and").join(parts), month=aim.by_month)


def events(scenario: Scenario, texts: Texts) -> list[tuple[str, str]]:
    """When each event is, and what it means; those whose month is known in their order, then the others."""
    months = [(one, one.month_after(scenario.start)) for one in scenario.events]
    known = sorted(((m, one) for one, m in months if m is not None), key=lambda pair: pair[0])
    told = [(texts("report.event_month", month=month), event(one, texts)) for month, one in known]
    for one, month in months:
        if month is None and one.reach is not None:
            told.append((texts("report.event_reach", reach=short_percent(one.reach, texts)), event(one, texts)))
        elif month is None and one.rate is not None:
            told.append((texts("report.event_rate", rate=plain(one.rate, texts)), event(one, texts)))
    return told


def event(happening: Event, texts: Texts) -> str:
    """What an event means."""
    kind = happening.kind
    values = {key: value for key, value in getattr(happening, kind).model_dump().items() if value is not None}
    region = texts("event.in_region", region=values["region"]) if "region" in values else ""
    shares = {key: short_percent(values[key], texts) for key in ("capacity", "share", "reimbursed") if key in values}
    sentence = texts(f"event_means.{kind}", **{**values, **shares, "region": region})
    return f"{sentence} {texts('event.handed_over')}" if values.get("transition_plan") else sentence


def phases(name: str, scenario: Scenario, clinics: int, texts: Texts) -> list[PhaseInWords]:
    """A strategy phase by phase.

    Args:
        name: the strategy.
        scenario: where it stands.
        clinics: number of clinics in scope, as some doses grow with it.
        texts: words.
    """
    steps = strategies.schedule(name, scenario.strategies[name], clinics, scenario.parameters).steps
    return [
        PhaseInWords(
            texts(f"preset.{step.name}"),
            texts(f"preset_means.{step.name}"),
            until(step.until, texts, alone=len(steps) == 1),
            levers(step.dose, texts) + _drawn(step.name, name, scenario, texts),
        )
        for step in steps
    ]


def _drawn(preset: Preset, strategy: str, scenario: Scenario, texts: Texts) -> list[str]:
    """The doses of a phase that differ from world to world."""
    start = "help_" if preset is Preset.HELP else "phased_" if preset is Preset.LET else ""
    if not start or (start == "phased_" and scenario.strategies[strategy].use is not Preset.PHASED):
        return []
    ranges = {name: drawn.bounds for name, drawn in scenario.uncertain.items() if name.startswith(start)}
    return [
        texts("lever.drawn", name=name, low=plain(low, texts), high=plain(high, texts))
        for name, (low, high) in ranges.items()
    ]


def levers(dose: strategies.Dose, texts: Texts) -> list[str]:
    """The levers that differ from doing nothing."""
    neutral = strategies.Dose()
    chosen = {name: getattr(dose, name) for name in strategies.Dose.__dataclass_fields__}
    return [lever(name, value, texts) for name, value in chosen.items() if value != getattr(neutral, name)]


def until(condition: strategies.End | None, texts: Texts, *, alone: bool) -> str:
    """When a phase ends; ``alone`` says that it is the only one."""
    if condition is None:
        return texts("until.whole" if alone else "until.last")
    ends = []
    if condition.reach is not None:
        ends.append(texts("until.reach", value=short_percent(float(condition.reach), texts)))
    if condition.month is not None:
        ends.append(texts("until.month", month=f"{condition.month:g}"))
    if condition.event is not None:
        ends.append(texts("until.event", event=texts(f"event.{condition.event}")))
    return texts("until.or").join(ends)


def lever(name: str, value: Any, texts: Texts) -> str:
    """One lever and its strength."""
    return texts(f"lever.{name}", value=_lever_value(name, value, texts))


def share_range(low: float, high: float, texts: Texts) -> str:
    """A range of shares, the per cent sign written once."""
    digits = _share_digits(high)
    first, last = texts.numbers.number(100 * low, digits), texts.numbers.percent(high, digits)
    return f"{first}–{last}"


def short_percent(share: float, texts: Texts) -> str:
    """A share with a decimal only where it is small."""
    return texts.numbers.percent(share, _share_digits(share))


def plain(value: float, texts: Texts, figures: int = 4) -> str:
    """A number with so many significant figures, and no more decimals than it has."""
    if not isfinite(value) or value == 0:
        return texts.numbers.number(value)
    rounded = rounded_to(value, figures)
    decimals = max(0, figures - 1 - floor(log10(abs(rounded))))
    text = f"{abs(rounded):.{decimals}f}"
    kept = len(text.rstrip("0").split(".")[1]) if "." in text else 0
    return texts.numbers.number(rounded, kept)


def rounded_to(value: float, figures: int = 3) -> float:
    """The value with so many significant figures."""
    if not isfinite(value) or value == 0:
        return value
    return round(value, figures - 1 - floor(log10(abs(value))))


def worlds(probability: float, replicates: int, texts: Texts) -> str:
    """A probability as a number of worlds, such as ``9 of 10``."""
    return texts("worlds.of", n=won(probability, replicates, texts), m=out_of(replicates))


def won(probability: float, replicates: int, texts: Texts) -> str:
    """A probability as a number of the worlds that ran, or of 100 where so many did; a tie is half a world."""
    if replicates >= _FULL:
        return str(of_100(probability))
    halves = round(2 * probability * replicates)
    return texts.numbers.number(halves / 2, halves % 2)


def out_of(replicates: int) -> int:
    """The number of worlds that ``won`` counts out of."""
    return min(replicates, _FULL)


def of_100(probability: float) -> int:
    """A probability as a number of worlds out of 100; 0 and 100 are kept for never and always."""
    if probability in (0, 1):
        return int(100 * probability)
    return min(99, max(1, round(100 * probability)))


def held(share: float, texts: Texts) -> str:
    """A share of the assumptions tried; 0 and 100 % are kept for never and always."""
    return texts.numbers.percent(of_100(share) / 100)


def parameter(name: str, texts: Texts) -> str:
    """A parameter's name for a reader."""
    return texts.of_model("parameter", name, name.replace("_", " "))


def amount(sek: float, texts: Texts) -> str:
    """An amount in millions, with its unit, for running text."""
    return texts("amount.msek", n=texts.numbers.millions(sek))


def qaly_threshold(scenario: Scenario, texts: Texts) -> str:
    """What a QALY counts for [SEK], as the scenario sets or draws it."""
    if "qaly_threshold" in scenario.uncertain:
        low, high = scenario.uncertain["qaly_threshold"].bounds
        return f"{texts.numbers.number(low)}–{texts.numbers.number(high)}"
    default = evidence.defaults()["qaly_threshold"].value
    return texts.numbers.number(scenario.parameters.get("qaly_threshold", default))


def mid_sentence(title: str) -> str:
    """A title as it is written inside a sentence: a small first letter, unless the word has capitals of its own.

    >>> mid_sentence("Self-monitoring"), mid_sentence("FETT B")
    ('self-monitoring', 'FETT B')
    """
    first, _, _ = title.partition(" ")
    return title[:1].lower() + title[1:] if first[1:].islower() else title


def _strategy_name(strategy: Strategy, texts: Texts) -> str:
    if strategy.title is not None:
        return strategy.title.in_language(texts.language)
    return (
        texts(f"preset.{strategy.use}") if strategy.use is not None else _name_of_phases(strategy.phases or (), texts)
    )


def _name_of_phases(given: Iterable[Phase], texts: Texts) -> str:
    presets = list(dict.fromkeys(phase.use for phase in given))
    return texts(f"preset.{presets[0]}") if len(presets) == 1 else texts("preset.phased")


def _lever_value(name: str, value: Any, texts: Texts) -> str:
    if isinstance(value, Mandate):
        return _mandate(value, texts)
    if name == "reinvention":
        return texts(f"reinvention.{value}")
    if name == "inclusion":
        return texts(f"inclusion.{list(Inclusion)[round(value) + 2]}")
    if name == "facilitators_fte":
        return plain(round(value, 1), texts, _ALL_FIGURES)
    if name in _ONE_SHARE:
        return short_percent(value, texts)
    return plain(value, texts, 3)


def _mandate(mandate: Mandate, texts: Texts) -> str:
    months = {key: getattr(mandate, key) for key in ("from_month", "deadline_month", "lift_month")}
    parts = [texts(f"mandate.{key}", month=month) for key, month in months.items() if month is not None]
    if mandate.monitoring != 1:
        parts.append(texts("mandate.monitoring", value=short_percent(mandate.monitoring, texts)))
    if mandate.scope != "all":
        parts.append(texts("mandate.scope", regions=listed(mandate.scope, texts.entries["report.and"])))
    return f" ({', '.join(parts)})" if parts else ""


def _share_digits(share: float) -> int:
    return 1 if 0 < abs(share) < 0.095 else 0


def first_capital(sentence: str) -> str:
    """The sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]
