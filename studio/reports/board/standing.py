"""Pages 2 to 4: must-requirements, the ranking and how sure it is, traffic lights and balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from portfolio import balance
from portfolio.board import Judgement, Portfolio
from portfolio.figures import acceptability_bars, portfolio_map
from portfolio.gates import GateCard
from portfolio.requirements import PRECONDITIONS
from studio.reports.board import names
from studio.reports.board.decision import standing_of
from studio.reports.board.grid import Block, Cell, Grid, Paragraphs, Picture, millions, number, percent, plain
from studio.reports.board.pack import Pack
from studio.texts import Texts

_MARKS = {"yes": "✓", "no": "✗", "unknown": "?"}
LIGHTS = {"green": "●", "orange": "▲", "red": "■", "not_judged": "○"}


def gates(pack: Pack, texts: Texts) -> list[Block]:
    """Page 2."""
    cards = pack.ranking.cards
    required = list(next(iter(cards.values())).answers) if cards else []
    columns = (texts("board.gate_column"), *(names.initiative(pack.board, name, texts) for name in cards))
    rows = [(plain(names.gate(gate, texts)), *(_answer(card, gate) for card in cards.values())) for gate in required]
    verdicts = [plain(texts(f"portfolio.verdict.{card.verdict}"), f"gate-{card.verdict}") for card in cards.values()]
    rows.append((plain(texts("board.verdict")), *verdicts))
    grid = Grid(
        texts("board.part.gates"), texts("board.gates_caption"), columns, tuple(rows), len(columns), "matrix upright"
    )
    told = [sentence for name, card in cards.items() for sentence in _open(pack.board, name, card, texts)]
    return [Paragraphs((texts("board.gates_lead"),)), grid, Paragraphs(tuple(told), bullets=True)]


def _answer(card: GateCard, gate: str) -> Cell:
    if card.verdict == "decided":
        return Cell("–")
    answer = card.answers[gate]
    return plain(answer.by or "", "by") if answer.by else plain(_MARKS[answer.answer], f"gate-{answer.answer}")


def _open(board: Portfolio, name: str, card: GateCard, texts: Texts) -> list[str]:
    """What stops an initiative, what it has promised, and what nobody has answered."""
    if card.verdict == "decided":
        return []
    said = []
    for answer, key in (("no", "gates_stopped"), ("by", "gates_promised"), ("unknown", "gates_unknown")):
        found = [_told(gate, card, texts) for gate in card.those(answer)]
        if found:
            said.append(texts(f"board.{key}", title=names.initiative(board, name, texts), gates=", ".join(found)))
    return said


def _told(gate: str, card: GateCard, texts: Texts) -> str:
    answer, told = card.answers[gate], names.gate(gate, texts)
    if answer.by:
        told = texts("board.gate_by", gate=told, by=answer.by)
    return texts("board.gate_reason", gate=told, reason=answer.reason) if answer.reason else told


def ranking(pack: Pack, texts: Texts) -> list[Block]:
    """Page 3."""
    board, order, numbers = pack.board, pack.ranking, texts.numbers
    titles = [names.initiative(board, name, texts) for name in order.names]
    firsts = [f"{t} {numbers.percent(s)}" for t, s in zip(titles, order.acceptability[:, 0], strict=True)]
    labels = {key: texts.entries[f"board.{key}"] for key in ("place", "places")}
    picture = Picture(
        "acceptability",
        texts("board.ranking_picture"),
        texts("board.ranking_picture_caption"),
        texts("board.ranking_alt", firsts="; ".join(firsts)),
        acceptability_bars.figure(titles, order.acceptability, labels, numbers),
    )
    lead = Paragraphs((texts("board.ranking_lead", draws=numbers.number(order.draws)),))
    return [
        lead,
        picture,
        _ranked(pack, texts),
        Paragraphs(tuple(flips(pack, texts)), bullets=True),
        _places(pack, texts),
        _matrix(pack, texts),
    ]


def flips(pack: Pack, texts: Texts) -> list[str]:
    """Which weight would change who is at the top."""
    board, order, numbers = pack.board, pack.ranking, texts.numbers
    if not order.names:
        return []
    first = names.initiative(board, order.names[0], texts)
    turning = [one for one in order.flips if one.turns_at is not None and one.then_first is not None]
    if not turning:
        return [texts("board.no_flip", first=first)]
    return [
        texts(
            "board.flip",
            first=first,
            criterion=names.criterion(board, one.criterion, texts).lower(),
            weight=numbers.percent(one.weight),
            at=numbers.percent(one.turns_at),
            then=names.initiative(board, one.then_first or "", texts),
        )
        for one in sorted(turning, key=lambda one: abs((one.turns_at or 0) - one.weight))
    ]


def _ranked(pack: Pack, texts: Texts) -> Grid:
    board, order = pack.board, pack.ranking
    rows = [
        (
            number(i + 1, texts),
            plain(names.initiative(board, name, texts)),
            number(float(order.value[i]), texts, 2),
            percent(float(order.acceptability[i, 0]), texts),
            number(float(order.expected_place[i]), texts, 1),
            percent(float(order.confidence[i]), texts),
            number(order.bonus[i], texts),
            plain(names.initiative(board, order.dominated_by[i] or "", texts) if order.dominated_by[i] else ""),
        )
        for i, name in enumerate(order.names)
    ]
    keys = ("place", "initiative", "value", "first", "expected_place", "confidence", "bonus", "dominated")
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    return Grid(texts("board.part.ranking"), texts("board.ranking_caption"), columns, tuple(rows), left=2)


def _places(pack: Pack, texts: Texts) -> Grid:
    order = pack.ranking
    columns = (texts("board.column.initiative"), *(str(place + 1) for place in range(len(order.names))))
    rows = tuple(
        (plain(names.initiative(pack.board, name, texts)), *(percent(float(s), texts) for s in order.acceptability[i]))
        for i, name in enumerate(order.names)
    )
    return Grid(texts("board.column.place"), texts("board.places_caption"), columns, rows, look="narrow")


def _matrix(pack: Pack, texts: Texts) -> Grid:
    board, order = pack.board, pack.ranking
    columns = (texts("board.column.initiative"), *(names.criterion(board, c, texts) for c in order.criteria))
    shares = (texts("board.weight", weight=texts.numbers.percent(weight)) for weight in order.weights)
    rows = [(plain(texts("board.column.value")), *(plain(share) for share in shares))]
    for name in order.names:
        scores = board.initiatives[name].scores
        cells = []
        for criterion in order.criteria:
            score = scores[criterion]
            ends = "" if score.exact else f"{texts.numbers.number(score.low, 1)}–{texts.numbers.number(score.high, 1)}"
            cells.append(number(score.likely, texts, 1, ends))
        rows.append((plain(names.initiative(board, name, texts)), *cells))
    return Grid(texts("workbook.sheet.scores"), texts("board.matrix_caption"), columns, tuple(rows))


def lights(pack: Pack, texts: Texts) -> list[Block]:
    """Page 4."""
    return [*judgements(pack.board, texts), *_map(pack, texts), *_coverage(pack, texts)]


def judgements(board: Portfolio, texts: Texts) -> list[Block]:
    """The colours that people have set: of the initiatives' preconditions, and of environments."""
    found: list[Block] = [Paragraphs((texts("board.lights_lead"),))]
    if board.preconditions:
        titles = {name: names.initiative(board, name, texts) for name in board.preconditions}
        found.append(_preconditions(board, titles, texts))
        found += _reasons(board.preconditions, titles, "precondition", texts)
    titles = {name: one.title.in_language(texts.language) for name, one in board.environments.items()}
    areas = (("principle", balance.principle_lights), ("dimension", balance.dimension_lights))
    for kind, common in areas:
        judged = {name: getattr(one, f"{kind}s") for name, one in board.environments.items()}
        if any(judged.values()):
            found.append(_environments(kind, common(board.environments), judged, titles, texts))
            found += _reasons(judged, titles, kind, texts)
    if any(one.inclusion for one in board.environments.values()):
        found.append(_inclusion(board, titles, texts))
    if len(found) == 1:
        found.append(Paragraphs((texts("board.lights_none"),)))
    return found


def _inclusion(board: Portfolio, titles: Mapping[str, str], texts: Texts) -> Grid:
    """How far those concerned are included in each environment."""
    rows = tuple(
        (
            plain(titles[name]),
            plain(texts(f"workbook.choice.inclusion.{one.inclusion}") if one.inclusion else texts("board.not_said")),
        )
        for name, one in board.environments.items()
    )
    columns = (texts("workbook.column.environment"), texts("workbook.column.inclusion"))
    return Grid(columns[1], texts("board.inclusion_caption"), columns, rows, 2, "small")


def _preconditions(board: Portfolio, titles: Mapping[str, str], texts: Texts) -> Grid:
    """A light for each precondition and initiative; last the colour that a rule suggests."""
    judged = board.preconditions
    written = {item for one in judged.values() for item in one}
    items = [*(item for item in PRECONDITIONS if item in written), *sorted(written - set(PRECONDITIONS))]
    rows = [
        (plain(_what("precondition", item, texts)), *(_of(own, item, texts) for own in judged.values()))
        for item in items
    ]
    suggested = balance.suggested_colours(board)
    rows.append((plain(texts("board.suggested")), *(_lamp(suggested[name], texts) for name in judged)))
    columns = (texts("board.precondition"), *titles.values())
    caption = texts("board.preconditions_caption")
    return Grid(texts("board.precondition"), caption, columns, tuple(rows), len(columns), "matrix")


def _environments(
    kind: str,
    common: Sequence[balance.Light],
    judged: Mapping[str, Mapping[str, Judgement]],
    titles: Mapping[str, str],
    texts: Texts,
) -> Grid:
    """A light for each environment; principles have the portfolio's colour as a last column."""
    rule = kind == "principle"
    rows = tuple(
        (
            plain(_what(kind, light.label, texts)),
            *(_of(own, light.label, texts) for own in judged.values()),
            *([_lamp(light.colour, texts)] if light.colour is not None else []),
        )
        for light in common
    )
    columns = (texts(f"board.{kind}"), *titles.values(), *((texts("board.rule"),) if rule else ()))
    return Grid(texts(f"board.{kind}"), texts(f"board.{kind}s_caption"), columns, rows, len(columns), "matrix")


def _of(judged: Mapping[str, Judgement], item: str, texts: Texts) -> Cell:
    return _lamp(judged[item].colour if item in judged else "not_judged", texts)


def _lamp(colour: str, texts: Texts) -> Cell:
    word = texts(f"board.colour.{colour}")
    return Cell(f"{LIGHTS[colour]} {word}", word, look=f"lamp {colour}")


def _what(kind: str, item: str, texts: Texts) -> str:
    """A judged thing; the part of one that is split is written after it."""
    whole, _, part = item.partition("__")
    said = texts.entries.get(f"portfolio.{kind}.{whole}", whole.replace("_", " "))
    return f"{said}, {texts.entries.get(f'portfolio.part.{part}', part.replace('_', ' '))}" if part else said


def _reasons(
    judged: Mapping[str, Mapping[str, Judgement]], titles: Mapping[str, str], kind: str, texts: Texts
) -> list[Paragraphs]:
    """Why each colour was set, for each initiative or environment."""

    def line(item: str, one: Judgement) -> str:
        reason = " ".join(filter(None, (one.reason, f"({one.line})" if one.line else "")))
        colour = texts(f"board.colour.{one.colour}")
        return texts("board.reason_line", what=_what(kind, item, texts), colour=colour, reason=reason)

    found = []
    for name, own in judged.items():
        said = tuple(line(item, one) for item, one in own.items() if one.reason or one.line)
        found.append(Paragraphs(said, texts("board.reasons", title=titles[name]), bullets=True, look="small"))
    return found


def _map(pack: Pack, texts: Texts) -> list[Block]:
    """Value, risk, cost and standing in one picture."""
    bubbles = [
        portfolio_map.Bubble(
            names.initiative(pack.board, name, texts),
            (
                float(np.quantile(one.net_benefit, 0.05)),
                float(one.net_benefit.mean()),
                float(np.quantile(one.net_benefit, 0.95)),
            ),
            pack.choice.values[name],
            float(one.flows.cost_sek[:, : len(pack.board.years)].sum(axis=1).mean()),
            standing_of(pack, name),
        )
        for name, one in pack.appraisals.items()
        if pack.board.initiatives[name].scores
    ]
    if not bubbles:
        return []
    bubbles.sort(key=lambda one: (-one.value, one.name))
    decimals = texts.numbers.number
    points = "; ".join(f"{b.name} {decimals(b.net_sek[1] / 1e6, 1)}, {decimals(b.value, 2)}" for b in bubbles)
    labels = {key: texts(f"board.{key}") for key in ("net_axis", "value_axis")}
    picture = Picture(
        "map",
        texts("board.map"),
        texts("board.map_caption"),
        texts("board.map_alt", points=points),
        portfolio_map.figure(bubbles, labels, texts.numbers),
    )
    keys = ("number", "initiative", "standing", "value", "net_benefit", "cost_plan")
    rows = tuple(
        (
            plain(str(i)),
            plain(one.name),
            plain(texts(f"board.standing.{one.standing}")),
            number(one.value, texts, 2),
            millions(one.net_sek[1], texts, one.net_sek[::2]),
            millions(one.cost_sek, texts),
        )
        for i, one in enumerate(bubbles, 1)
    )
    columns = tuple(texts(f"board.column.{key}") for key in keys)
    return [picture, Grid(texts("board.map"), texts("board.map_table"), columns, rows, left=3)]


def _coverage(pack: Pack, texts: Texts) -> list[Block]:
    """Root causes, groups of clinics and stages, and which initiatives are there."""
    board, chosen = pack.board, set(pack.plan)
    everything = balance.coverage(board)
    parts = (
        ("root_cause", dict(everything.root_causes)),
        ("group", {names.group(board, group, texts): some for group, some in everything.groups.items()}),
        ("stage", {texts(f"workbook.choice.stage.{stage}"): some for stage, some in everything.stages.items()}),
    )
    found: list[Block] = []
    for key, parted in parts:
        rows = tuple(
            (plain(what), *(plain(_titles(board, members, chosen, inside, texts)) for inside in (True, False)))
            for what, members in parted.items()
        )
        columns = tuple(texts(f"board.column.{column}") for column in (key, "in_plan", "not_in_plan"))
        if rows:
            found.append(Grid(texts(f"board.column.{key}"), texts(f"board.coverage.{key}"), columns, rows, 3, "small"))
    return found


def _titles(board: Portfolio, members: Sequence[str], chosen: set[str], inside: bool, texts: Texts) -> str:
    return ", ".join(names.initiative(board, name, texts) for name in members if (name in chosen) == inside)
