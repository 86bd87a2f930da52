"""What only the whole portfolio can show: references, cycles, weights, scores, windows. Every mistake, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portfolio.board import Criterion, Portfolio
from portfolio.choice.options import quarters
from portfolio.gates import gate_card, requirements
from portfolio.initiative import Initiative, YearlyLimit
from portfolio.requirements import DIMENSIONS, PRECONDITIONS, PRINCIPLES
from sim.api import nearest
from sim.reading import Wrong

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Known:
    """Names that are written, also where what stands under them is broken."""

    initiatives: frozenset[str]
    criteria: frozenset[str]
    groups: frozenset[str]
    broken: frozenset[str] = field(default_factory=frozenset)
    """Sections in which something is broken; what is said of their completeness would be wrong."""


def wrongs(portfolio: Portfolio, known: Known) -> Iterator[Wrong]:
    """Every contradiction between the parts of a portfolio."""
    yield from _whole(portfolio, known)
    yield from _years(portfolio)
    yield from _weights(portfolio.criteria, known)
    for name, one in portfolio.initiatives.items():
        yield from _names(("initiatives", name, "gates"), one.gates, requirements(portfolio), "requirement")
        yield from _scores(portfolio, name, one, known)
        yield from _dependencies(name, one, known)
        yield from _clinics(portfolio, name, one, known)
        yield from _window(portfolio, name)
    yield from _cycles(portfolio)
    yield from _limits(portfolio, known)
    yield from _judgements(portfolio, known)


def _whole(portfolio: Portfolio, known: Known) -> Iterator[Wrong]:
    if not known.initiatives:
        return
    if not portfolio.years and "years" not in known.broken:
        yield Wrong((), "the key 'years' is missing", "Write the budget years, such as years: [2026, 2027, 2028]")
    if not known.criteria:
        yield Wrong((), "the key 'criteria' is missing", "Write criteria: with a weight each")


def _years(portfolio: Portfolio) -> Iterator[Wrong]:
    years = portfolio.years
    if years and list(years) != list(range(years[0], years[0] + len(years))):
        yield Wrong(("years",), "the years do not follow each other", "Write them in order, such as [2026, 2027, 2028]")


def _weights(criteria: Mapping[str, Criterion], known: Known) -> Iterator[Wrong]:
    if not criteria or "criteria" in known.broken:
        return
    ranked = [name for name, one in criteria.items() if one.rank is not None]
    weighed = [name for name, one in criteria.items() if one.weight is not None]
    if ranked and len(ranked) < len(criteria):
        found = f"{_listed(ranked)} with a rank, others without"
        yield Wrong(("criteria",), found, "Give every criterion a rank, or every one a weight")
    elif ranked and weighed:
        yield Wrong(("criteria",), "both ranks and weights", "Keep one of them: weights say more than a ranking")
    elif not ranked and not sum(one.weight or 0.0 for one in criteria.values()) > 0:
        remedy = "Give the most important criterion weight: 100 and the others less"
        yield Wrong(("criteria",), "the weights sum to nothing", remedy)


def _scores(portfolio: Portfolio, name: str, one: Initiative, known: Known) -> Iterator[Wrong]:
    where = ("initiatives", name, "scores")
    yield from _names(where, one.scores, sorted(known.criteria), "criterion")
    for label, amount in one.scores.items():
        criterion = portfolio.criteria.get(label)
        if criterion is not None and not (criterion.scale.low <= amount.low and amount.high <= criterion.scale.high):
            span = f"{criterion.scale.low:g}-{criterion.scale.high:g}"
            shown = f"{amount.low:g}" if amount.exact else f"{amount.low:g} to {amount.high:g}"
            yield Wrong((*where, label), f"{shown} is not on the scale {span}", f"Write scores from {span}")
    if one.must is not None or gate_card(one, requirements(portfolio)).verdict == "stopped":
        return
    missing = [label for label in known.criteria if label not in one.scores]
    if missing:
        found = f"no score on {_listed(sorted(missing))}"
        remedy = "Write a score on every criterion, such as {low: 2, likely: 3, high: 4} where it is unsure"
        yield Wrong(where if one.scores else where[:2], found, remedy)


def _dependencies(name: str, one: Initiative, known: Known) -> Iterator[Wrong]:
    where = ("initiatives", name)
    for kind, others in (("requires", one.requires), ("synergy", one.synergy), ("excludes", one.excludes)):
        for place, other in enumerate(others):
            path = (*where, kind) if kind != "excludes" else (*where, kind, place)
            if other == name:
                yield Wrong(path, f"{name} names itself", "Take it away")
            elif other not in known.initiatives:
                key = other if kind != "excludes" else None
                yield Wrong(path, f"there is no initiative {other!r}", _instead(other, known.initiatives), key)
    for other in sorted(set(one.requires) & set(one.excludes)):
        yield Wrong((*where, "excludes"), f"{other} is both required and excluded", "Keep one of them")


def _clinics(portfolio: Portfolio, name: str, one: Initiative, known: Known) -> Iterator[Wrong]:
    where = ("initiatives", name, "clinics")
    yield from _names(where, one.clinics, sorted(known.groups), "group of clinics")
    for label, count in one.clinics.items():
        group = portfolio.groups.get(label)
        if group is not None and group.clinics is not None and count > group.clinics:
            found = f"{count} clinics, but {label} has {group.clinics}"
            yield Wrong((*where, label), found, f"Write {group.clinics} or fewer")
    if one.benefit.scenario is not None and isinstance(one.strategies, dict):
        remedy = "Write a list of the scenario's strategies, such as [help, phased]"
        yield Wrong(("initiatives", name, "strategies"), "plans by hand beside a scenario", remedy)


def _window(portfolio: Portfolio, name: str) -> Iterator[Wrong]:
    if portfolio.years and not quarters(portfolio, name):
        years = f"{portfolio.years[0]}-{portfolio.years[-1]}"
        found = f"it cannot start in any quarter of {years} (earliest, latest and the dates of its gates)"
        yield Wrong(("initiatives", name), found, "Move the dates, or leave the initiative out")


def _cycles(portfolio: Portfolio) -> Iterator[Wrong]:
    """Initiatives that wait for one another; each cycle is told once."""
    told: set[frozenset[str]] = set()
    for name in portfolio.initiatives:
        path = _cycle_from(name, portfolio)
        if path and frozenset(path) not in told:
            told.add(frozenset(path))
            found = f"{' requires '.join([*path, path[0]])}: they wait for one another"
            yield Wrong(("initiatives", path[0], "requires"), found, "Take one of these away")


def _cycle_from(name: str, portfolio: Portfolio) -> list[str] | None:
    """The way along ``requires`` from an initiative back to itself, or None."""
    ways, seen = [[name]], {name}
    while ways:
        way = ways.pop()
        one = portfolio.initiatives.get(way[-1])
        for other in one.requires if one is not None else ():
            if other == name and len(way) > 1:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return None


def _limits(portfolio: Portfolio, known: Known) -> Iterator[Wrong]:
    limits = portfolio.limits
    yearly: dict[Place, YearlyLimit | None] = {
        ("limits", "budget_sek"): limits.budget_sek,
        ("limits", "facilitators_fte"): limits.facilitators_fte,
    }
    yearly |= {("limits", "support_hours", str(name)): one for name, one in limits.support_hours.items()}
    capacity = limits.change_capacity
    if not isinstance(capacity, str):
        yield from _names(("limits", "change_capacity"), capacity, sorted(known.groups), "group of clinics")
        yearly |= {("limits", "change_capacity", name): one for name, one in capacity.items()}
    for path, limit in yearly.items():
        for year in limit if isinstance(limit, dict) else ():
            if year not in portfolio.years and "years" not in known.broken:
                remedy = f"Write some of {_listed(str(one) for one in portfolio.years)}"
                yield Wrong(path, f"{year} is not among the years", remedy, str(year))
    for name, group in portfolio.groups.items():
        if isinstance(capacity, str) and group.scenario is None and group.clinics is None:
            remedy = "Write clinics: and how many they are, or the scenario whose clinics they are"
            yield Wrong(("groups", name), "neither clinics nor a scenario", remedy)


def _judgements(portfolio: Portfolio, known: Known) -> Iterator[Wrong]:
    yield from _names(("preconditions",), portfolio.preconditions, sorted(known.initiatives), "initiative")
    for name, judged in portfolio.preconditions.items():
        yield from _names(("preconditions", name), judged, PRECONDITIONS, "precondition")
    for name, one in portfolio.environments.items():
        plain = [label.partition("__")[0] for label in one.principles]  # a two-part principle may be split
        for label, base in zip(one.principles, plain, strict=True):
            if base not in PRINCIPLES:
                path = ("environments", name, "principles")
                yield Wrong(path, f"there is no principle {base!r}", _instead(base, PRINCIPLES), label)
        yield from _names(("environments", name, "dimensions"), one.dimensions, DIMENSIONS, "dimension")


def _names(path: Place, given: Iterable[str], known: Sequence[str], what: str) -> Iterator[Wrong]:
    for name in given:
        if name not in known:
            yield Wrong(path, f"there is no {what} {name!r}", _instead(name, known), name)


def _instead(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    meant = nearest(name, names)
    return f"Did you mean {meant!r}?" if meant else f"Write one of {_listed(names)}" if names else "Take it away"


def _listed(names: Iterable[str]) -> str:
    words = list(names)
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
