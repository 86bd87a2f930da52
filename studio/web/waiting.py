"""Why did this clinic wait? Its months in one world, in words that a room can follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim import population, tracing
from sim.errors import Mistake, UserMistakes
from sim.scenario_file import ScenarioFile
from sim.tracing import Trace
from studio import texts

SLOWED = 0.95
"""A cause that slowed the start by less than this, beside the mean clinic's, is not named."""
MOST_ADVISERS = 6


def told(source: ScenarioFile, content: Mapping[str, Any], words: texts.Texts) -> dict[str, Any]:
    """The clinic's timeline, who influenced it, what held it back, and what would have tipped it.

    Args:
        source: the scenario with the page's changes.
        content: ``strategy``, ``world`` and ``clinic``, the clinic's number.
        words: of the page's language.

    Raises:
        UserMistakes: no such clinic, strategy or world.
    """
    people = population.build(source.scenario, source.clinics)
    place, world = content.get("clinic"), content.get("world")
    if not isinstance(place, int) or not 0 <= place < len(people):
        raise UserMistakes(Mistake("clinic", f"there is no number {place!r}", f"Write 0 to {len(people) - 1}."))
    if not isinstance(world, int):
        raise UserMistakes(Mistake("world", f"{world!r} is no number", "Write a whole number."))
    name = f"{people.regions[people.region[place]]}/{people.names[place]}"
    trace = tracing.trace(source, str(content.get("strategy")), world, name)
    return {
        "clinic": trace.clinic,
        "region": trace.region,
        "timeline": [{"month": 0, "text": _stage(trace, 0, words)}]
        + [{"month": month, "text": _stage(trace, month, words)} for month, _, _ in trace.changes],
        "champion": _months(trace, "champion"),
        "facilitated": _months(trace, "facilitated"),
        "mandated": any(row["mandate"] > 0 for row in trace.months[1:]),
        "volunteers": bool(trace.months[0]["would_ever_volunteer"]),
        "advisers": [
            {"name": one.name, "weight": one.weight, "layer": words(f"web.layer.{one.layer}"), "since": one.in_use_from}
            for one in sorted(trace.advisers, key=lambda one: -one.weight)[:MOST_ADVISERS]
        ],
        "readiness": {name: trace.months[-1][name] for name in ("readiness", "fit", "advantage", "fatigue")},
        "held_back": _held_back(trace, words),
        "started": next((month for month, before, _ in trace.changes if before == "aware"), None),
    }


def _held_back(trace: Trace, words: texts.Texts) -> list[dict[str, Any]]:
    """What slowed the start beside the mean clinic, slowest first, and when it would have started without that."""
    return [
        {"text": _cause(cause, words), "share": share, "month": trace.start_as_usual_in(cause)}
        for cause, share in trace.held_back().items()
        if 0 < share < SLOWED
    ]


def _cause(cause: str, words: texts.Texts) -> str:
    """A cause in words; what plugins and special mechanisms add goes by its own name."""
    return words.entries.get(f"web.cause.{cause}", cause.replace("_", " ").replace(".", ": "))


def _stage(trace: Trace, month: int, words: texts.Texts) -> str:
    row = trace.months[month]
    stage = "using_in_name" if row["nominal"] and row["stage"] in ("using", "sustained") else row["stage"]
    return words(f"stage.{stage}")


def _months(trace: Trace, name: str) -> int:
    """In how many months it had that."""
    return sum(bool(row[name]) for row in trace.months[1:])
