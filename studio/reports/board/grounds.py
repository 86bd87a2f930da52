"""Page 10: what it rests on, what has been decided and seen, what it must not be used for, and the checklists."""

from __future__ import annotations

from portfolio.follow_up import Followed
from portfolio.numbers import own_defaults
from sim.store import engine_version
from studio.reports import words
from studio.reports.board import entries, names
from studio.reports.board.grid import Block, Grid, Paragraphs, number, plain
from studio.reports.board.pack import Pack
from studio.texts import Texts

_LIMITS = ("rank_environments", "cause", "clinical", "estimates")
ISPOR = {
    "problem": "1",
    "criteria": "3",
    "performance": "3",
    "scoring": "3",
    "weighting": "3",
    "aggregate": "3",
    "uncertainty": "3, 7",
    "report": "10",
}
_CHEERS = (
    *("1", "1", "1", "–", "10", "6", "8", "8", "8", "8", "8", "8", "8", "8"),
    *("8", "10", "10", "6", "–", "3, 7, 9", "–", "10", "8", "7, 9", "–", "10", "–", "–"),
)
"""Page of each of the 28 items; a dash where the report says nothing of it."""


def grounds(pack: Pack, texts: Texts) -> list[Block]:
    """Page 10."""
    found: list[Block] = [misuse(texts)]
    if pack.journal:
        found.append(_journal(pack, texts))
    if pack.followed is not None and pack.followed.sightings:
        found += _followed(pack, pack.followed, texts)
    found += [_sources(pack, texts), _assumptions(texts), _provenance(pack, texts)]
    return [*found, _ispor(texts), _cheers(texts)]


def misuse(texts: Texts) -> Paragraphs:
    """What the report must not be used for."""
    said = tuple(texts(f"board.limit.{key}") for key in _LIMITS)
    return Paragraphs(said, texts("board.limits_heading"), True, "limits")


def _journal(pack: Pack, texts: Texts) -> Grid:
    rows = tuple(
        (
            plain(str(entry.line.number)),
            plain(entry.record.date.isoformat()),
            plain(names.initiative(pack.board, entry.record.initiative, texts)),
            plain(entries.what(entry, texts)),
            plain(entries.who(entry, texts)),
            plain(entry.record.reason if entry.record.kind == "decision" else entry.record.source),
        )
        for entry in pack.journal
    )
    columns = tuple(texts(f"board.column.{key}") for key in ("line", "date", "initiative", "what", "who", "reason"))
    return Grid(texts("portfolio.journal.title"), texts("board.journal_caption"), columns, rows, 6, "small")


def _followed(pack: Pack, seen: Followed, texts: Texts) -> list[Block]:
    rows = []
    for one in seen.sightings:
        band = "–"
        if one.inside is not None:
            mark = texts("portfolio.follow_up.inside" if one.inside else "portfolio.follow_up.outside")
            ends = (entries.written(one.what, end, texts) for end in (one.low, one.high))
            band = f"{' … '.join(ends)} ({mark})"
        figures = (entries.written(one.what, one.seen, texts), entries.written(one.what, one.median, texts), band)
        title = names.initiative(pack.board, one.initiative, texts)
        shown = (title, one.period, *figures, entries.apart(one.what, one.crps, texts))
        rows.append(tuple(plain(text) for text in shown))
    keys = ("initiative", "period", "seen", "forecast", "band", "crps")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    told = [entries.coverage(seen, texts)]
    told += [entries.updated(one, names.initiative(pack.board, one.initiative, texts), texts) for one in seen.updates]
    return [
        Grid(texts("board.followed"), texts("board.followed_caption"), columns, tuple(rows), 2),
        Paragraphs(tuple(told), bullets=True),
    ]


def _sources(pack: Pack, texts: Texts) -> Grid:
    rows = tuple(
        (
            plain(names.initiative(pack.board, name, texts)),
            plain(texts(f"portfolio.source.{pack.choice.sources[name]}"))
            if name in pack.choice.sources
            else plain("–"),
            plain("; ".join(f"{key.replace('_', ' ')}: {reason}" for key, reason in one.evidence.items())),
        )
        for name, one in pack.board.initiatives.items()
    )
    columns = tuple(texts(f"board.column.{key}") for key in ("initiative", "source", "evidence"))
    return Grid(texts("board.column.evidence"), texts("board.sources_caption"), columns, rows, 3)


def _assumptions(texts: Texts) -> Grid:
    rows = tuple(
        (
            plain(name.replace("_", " ")),
            number(one.value, texts, _decimals(one.value)),
            plain(f"{words.plain(one.low, texts)}–{words.plain(one.high, texts)}"),
            plain(one.unit),
            plain(f"{one.source} ({one.grade})"),
        )
        for name, one in own_defaults().items()
    )
    columns = tuple(
        texts(f"board.column.{key}") for key in ("assumption", "used_value", "range", "unit", "evidence_source")
    )
    return Grid(texts("board.column.assumption"), texts("board.assumptions_caption"), columns, rows, 5, "small english")


def _decimals(value: float) -> int:
    text = f"{value:.4f}".rstrip("0")
    return len(text.partition(".")[2])


def _provenance(pack: Pack, texts: Texts) -> Grid:
    numbers = texts.numbers
    last = pack.journal[-1].line if pack.journal else None
    said = {
        "key": pack.key,
        "file": pack.file.name,
        "seed": str(pack.board.seed),
        "draws": numbers.number(pack.board.doubt.draws),
        "gap": numbers.percent(pack.choice.gap, 2),
        "rounds": str(len(pack.tested.rounds)),
        "engine": engine_version(),
        "receipt": f"{last.number}:{last.hash[:16]}" if last is not None else "–",
    }
    rows = tuple((plain(texts(f"board.provenance.{key}")), plain(text)) for key, text in said.items())
    columns = (texts("board.column.what"), texts("board.column.used_value"))
    caption = f"{texts('board.provenance_title')}. {texts('board.grounds_lead')}"
    return Grid(texts("board.provenance_title"), caption, columns, rows, 2)


def _ispor(texts: Texts) -> Grid:
    rows = tuple(
        (plain(str(i)), plain(texts(f"board.ispor.{key}")), plain(page), plain(texts(f"board.ispor_how.{key}")))
        for i, (key, page) in enumerate(ISPOR.items(), 1)
    )
    columns = ("", *(texts(f"board.column.{key}") for key in ("item", "where", "how")))
    return Grid("ISPOR", texts("board.ispor_caption"), columns, rows, 4, "small")


def _cheers(texts: Texts) -> Grid:
    notes = texts.family("board.cheers_how")
    rows = tuple(
        (plain(str(i)), plain(texts(f"board.cheers.{i}")), plain(page), plain(notes.get(str(i), "")))
        for i, page in enumerate(_CHEERS, 1)
    )
    columns = ("", *(texts(f"board.column.{key}") for key in ("item", "where", "how")))
    return Grid("CHEERS", texts("board.cheers_caption"), columns, rows, 4, "small")
