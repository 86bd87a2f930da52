"""The JSON Schema of portfolios, tried on files with another program, and `validate` of them."""

from __future__ import annotations

import json
from pathlib import Path

import fastjsonschema
import pytest
import yaml

from portfolio.json_schema import schema
from studio.cli import main

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = ("portfolio_exempelregion", "portfolio_visionsdriven_halsa")
SHORT = """
title: Kort
years: [2026]
criteria: {a: {weight: 1, scale: 1-5}}
initiatives:
  x:
    gates: {clear_need: yes, clear_goal: {by: 2026-06}, ability: unknown}
    scores: {a: {low: 1, high: 3}}
    requires: [y]
  y: {scores: {a: 3}, about: Kort, gates: {prioritised: {answer: no, reason: Nej}}}
preconditions: {x: {own_motor: green}}
"""


@pytest.fixture(scope="module")
def judge():
    """Judges a document by the schema."""
    older = (
        json.dumps(schema()).replace("draft/2020-12/schema", "draft-07/schema").replace("https://json", "http://json")
    )
    return fastjsonschema.compile(json.loads(older))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_portfolios_keep_the_schema_that_lies_beside_them(name, judge):
    """Their first line names it, and it is the one that the program gives."""
    written = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8")
    assert written.startswith("# yaml-language-server: $schema=portfolio.schema.json\n")
    judge(yaml.safe_load(written))
    assert json.loads((SCENARIOS / "portfolio.schema.json").read_text(encoding="utf-8")) == schema()


def test_short_forms_are_accepted(judge):
    """A scale as 1-5, answers as words, a colour alone, an amount without likely, a list of what is required."""
    judge(yaml.safe_load(SHORT))


@pytest.mark.parametrize(
    ("said", "instead"),
    [("weight: 1", "wieght: 1"), ("green", "purple"), ("unknown", "perhaps"), ("2026-06", "June"), ("[y]", "[1]")],
)
def test_mistakes_are_refused(said, instead, judge):
    """What the program refuses an editor underlines."""
    with pytest.raises(fastjsonschema.JsonSchemaException):
        judge(yaml.safe_load(SHORT.replace(said, instead)))


def ended(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def test_validate_knows_portfolios(capsys, tmp_path):
    """Valid ones are counted; every mistake of the others is told with its line, and the exit code is 2."""
    assert ended("validate", "portfolio_exempelregion", "smallest", "--lang", "en") == 0
    told = capsys.readouterr().out
    assert "portfolio_exempelregion: in order (initiatives 12, criteria 4, environments 0)" in told
    assert "smallest: in order (innovations" in told
    wrong = tmp_path / "board.yaml"
    wrong.write_text(SHORT.replace("weight: 1", "weight: 0").replace("requires: [y]", "requires: [z]"), "utf-8")
    assert ended("validate", str(wrong)) == 2
    told = capsys.readouterr().err
    assert "the weights sum to nothing" in told
    assert "there is no initiative 'z'" in told
    assert "board.yaml:9" in told
