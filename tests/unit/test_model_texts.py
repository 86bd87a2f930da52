"""What the model is called in Swedish: every mechanism, parameter and unit, and nothing that is not there."""

from __future__ import annotations

import pytest

from sim import builtin, evidence
from studio import texts

SWEDISH = texts.load("sv").model
PARTS = [*builtin.innomotor_mechanisms(), *builtin.innomotor_actors()]
WANTED = {
    "mechanism": {part.name for part in PARTS},
    "parameter": set(evidence.defaults()),
    "unit": {one.unit for one in evidence.defaults().values()},
}


@pytest.mark.parametrize("kind", WANTED)
def test_everything_has_a_swedish_name(kind: str) -> None:
    """Write what is missing in studio/texts/model_sv.json, and take out what is no longer there."""
    assert sorted(WANTED[kind] - SWEDISH[kind].keys()) == []
    assert sorted(SWEDISH[kind].keys() - WANTED[kind]) == []


def test_no_two_parameters_are_called_the_same() -> None:
    """A reader who sees a parameter's name in an answer knows which it is."""
    called = list(SWEDISH["parameter"].values())
    assert len(set(called)) == len(called)


def test_mechanisms_are_sentences() -> None:
    """Each is told in a sentence: a capital letter and a full stop."""
    assert all(text[0].isupper() and text.endswith((".", "?")) for text in SWEDISH["mechanism"].values())


def test_english_is_what_the_code_says() -> None:
    """Without a Swedish reader the model's own words are shown."""
    assert texts.load("en").of_model("unit", "1/year", "1/year") == "1/year"
    assert texts.load("sv").of_model("unit", "1/year", "1/year") == "per år"
