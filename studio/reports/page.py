"""The report as one HTML file: no script, no request to anywhere, ready to print on A4."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from sim.figures import files
from sim.metrics import Comparison
from sim.parameters import WORLDS_PER_DRAW
from studio.reports import acting, answer, budget, grounds, key_figures, known_facts, words
from studio.reports.pictures import Picture, pictures
from studio.texts import Texts

REPORT = "report.html"
"""Name of the page in a result's folder."""

_COLUMNS = 5
_LIMITS = ("clinic", "cause", "clinical", "estimates")
_NAMED_REGIONS = 4


def write(folder: Path, comparison: Comparison, texts: Texts) -> None:
    """Write ``report.html`` and the figures (PNG and SVG) into a folder."""
    place = folder / "figures"
    place.mkdir()
    drawn = [(picture, files.save(picture.figure, place, picture.name)) for picture in pictures(comparison, texts)]
    (folder / REPORT).write_text(html(comparison, texts, drawn), encoding="utf-8")


def html(comparison: Comparison, texts: Texts, drawn: Sequence[tuple[Picture, bytes]]) -> str:
    """The whole page.

    Args:
        comparison: the results.
        texts: words in the reader's language.
        drawn: the figures, from ``pictures``, each with its SVG.
    """
    return _templates().get_template("report.html.j2").render(_content(comparison, texts, drawn))


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("studio.reports", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _content(comparison: Comparison, texts: Texts, drawn: Sequence[tuple[Picture, bytes]]) -> dict[str, Any]:
    scenario = comparison.scenario
    names = words.strategy_names(scenario, texts)
    rows = key_figures.key_figures(comparison, texts)
    return {
        "t": texts,
        "scenario": scenario,
        "title": scenario.title.in_language(texts.language),
        "kind": texts("report.kind" if len(names) > 1 else "report.kind_single"),
        "question": _question(comparison, names, texts),
        "answer": [_unbroken(sentence) for sentence in answer.sentences(comparison, texts)],
        "worlds": _worlds(comparison, texts),
        "pictures": [(picture, _data_uri(svg)) for picture, svg in drawn],
        "names": budget.marked_names(comparison, texts),
        "blocks": _blocks(comparison, names, rows, texts),
        "pairs_caption": _pairs_caption(comparison, texts),
        "differences": key_figures.differences(comparison, texts),
        "each": key_figures.each_innovation(comparison, texts) if len(scenario.innovations) > 1 else [],
        "phases": {text: words.phases(name, scenario, comparison.clinics, texts) for name, text in names.items()},
        "events": words.events(scenario, texts),
        "actors": acting.actors(scenario, texts),
        "asked_for": acting.asked_for(scenario, texts),
        "switched_off": ", ".join(scenario.mechanisms.off),
        "limits": [texts(f"report.limit_{limit}") for limit in _LIMITS],
        "groups": grounds.groups(comparison, texts),
        "rests": texts("report.rests_text", **grounds.counts(comparison)),
        "facts": known_facts.rows(texts),
        "facts_counts": known_facts.counts(texts),
        "facts_waiting": known_facts.waiting(texts),
        "definitions": _definitions(comparison, texts),
        "provenance": _provenance(comparison, texts),
    }


def _question(comparison: Comparison, names: Mapping[str, str], texts: Texts) -> str:
    scenario = comparison.scenario
    what = [words.mid_sentence(title) for title in words.innovation_names(scenario, texts).values()]
    regions = list(comparison.regions)
    some = len(regions) <= _NAMED_REGIONS
    return texts(
        "report.question_several" if len(names) > 1 else "report.question_text",
        how=texts(
            "report.how_one" if len(what) == 1 else "report.how_several",
            what=words.listed(what, texts.entries["report.and"]),
        ),
        clinics=texts.numbers.number(comparison.clinics),
        regions=words.listed(regions, texts.entries["report.and"])
        if some
        else texts("report.regions_many", n=len(regions)),
        months=scenario.months,
        start=words.start_month(scenario, texts),
        strategies=words.listed([words.quoted(name, texts) for name in names.values()], texts.entries["report.or"]),
    )


def _worlds(comparison: Comparison, texts: Texts) -> str:
    """How many worlds were played, under how many assumptions, and which of these can never be seen in use."""
    said = [texts("report.worlds_note", replicates=texts.numbers.number(comparison.scenario.replicates))]
    tried = comparison.summary_of_assumptions()
    if tried["drawn"] and comparison.scenario.estimates == "drawn":
        said.append(texts("report.draws_note", draws=texts.numbers.number(tried["draws"]), worlds=WORLDS_PER_DRAW))
    if tried["never_seen_in_use"]:
        names = [words.parameter(name, texts) for name in tried["never_seen_in_use"]]
        said.append(texts("report.never_seen", names=words.listed(names, texts.entries["report.and"])))
    return " ".join(said)


def _unbroken(sentence: str) -> str:
    """The sentence with ranges such as 16–37 % kept on one line."""
    return sentence.replace("–", "\u2060–\u2060")


def _blocks(
    comparison: Comparison, names: Mapping[str, str], rows: Sequence[key_figures.Row], texts: Texts
) -> list[tuple[str, list[str], list[tuple[Any, Any]]]]:
    """The table cut into pieces that fit the page, those at their own cost apart: caption, names, rows with cells."""
    places = {name: i for i, name in enumerate(comparison.strategies)}
    groups = (
        ("report.numbers_caption", list(budget.compared(comparison))),
        ("report.apart_caption", budget.apart(comparison)),
    )
    return [
        (texts(caption), [names[n] for n in some], [(row, [row.cells[places[n]] for n in some]) for row in rows])
        for caption, group in groups
        for some in (group[start : start + _COLUMNS] for start in range(0, len(group), _COLUMNS))
    ]


def _pairs_caption(comparison: Comparison, texts: Texts) -> str:
    """What the table of differences shows, and that strategies apart are not in it."""
    tried = comparison.assumptions is not None and comparison.assumptions.enough
    caption = texts("report.pairs_caption" if tried else "report.pairs_caption_fixed")
    return f"{caption} {texts('report.pairs_without')}" if budget.apart(comparison) else caption


def _definitions(comparison: Comparison, texts: Texts) -> list[tuple[str, str]]:
    told = key_figures.told(comparison)
    return [(key_figures.heading(f, comparison, texts), key_figures.meaning(f, comparison, texts)) for f in told]


def _provenance(comparison: Comparison, texts: Texts) -> list[tuple[str, str]]:
    rests_on = comparison.provenance
    none = texts("report.none")
    plugins = ", ".join(f"{plugin['id']} {plugin['version']}" for plugin in rests_on.get("plugins", ()))
    versions = ", ".join(f"{name} {version}" for name, version in rests_on.get("versions", {}).items())
    return [
        (texts("report.key"), comparison.key),
        (texts("report.seed"), str(comparison.scenario.seed)),
        (texts("report.replicates"), texts.numbers.number(comparison.scenario.replicates)),
        (texts("report.engine"), str(rests_on.get("engine", none))),
        (texts("report.rng"), str(rests_on.get("rng", none))),
        (texts("report.versions"), versions or none),
        (texts("report.plugins"), plugins or none),
        (texts("report.inputs"), ", ".join(rests_on.get("inputs", ())) or none),
    ]


def _data_uri(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
