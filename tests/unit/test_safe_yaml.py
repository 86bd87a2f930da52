"""The YAML guard: what it accepts, what it refuses, and that it says where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim import safe_yaml
from sim.errors import Mistake, UserMistakes


def mistakes(text: str | bytes) -> tuple[Mistake, ...]:
    """What the guard says of a text."""
    with pytest.raises(UserMistakes) as told:
        safe_yaml.load(text, file="a.yaml")
    return told.value.mistakes


def value(word: str) -> Any:
    """What one unquoted word means."""
    return safe_yaml.load(f"x: {word}", file="a.yaml").data["x"]


@pytest.mark.parametrize(
    "word",
    ["no", "yes", "on", "off", "NO", "010", "12:30", "2025-01", "2025-01-01", "0x1F", "0o17", "1_0", "nan", "0,5"],
)
def test_words_that_older_yaml_would_change_stay_text(word: str) -> None:
    """A word that is not plainly a number, true, false or null is text as it stands."""
    assert value(word) == word


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("24_000_000", 24_000_000),
        ("1_000.5", 1000.5),
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ('"true"', "true"),
    ],
)
def test_numbers_truth_and_nothing_are_understood(word: str, meaning: object) -> None:
    """Plain numbers, true, false and null get their meaning; in quotation marks they are text."""
    assert value(word) == meaning
    assert type(value(word)) is type(meaning)


@pytest.mark.parametrize(
    ("word", "piece"),
    [
        (".nan", "not a number to reckon with"),
        (".inf", "not a number to reckon with"),
        ("-.INF", "not a number to reckon with"),
        ("1e999", "too large"),
        ("1e-999", "too small"),
        ("9" * 500_000, "a number of 500000 characters"),
        ("0." + "1" * 500_000, "a number of 500002 characters"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(word: str, piece: str) -> None:
    """A number that is infinite, not a number, or endlessly long is refused on its line."""
    (mistake,) = mistakes(f"a: 1\nb: {word}")
    assert piece in mistake.found
    assert (mistake.place, mistake.line) == ("b", 2)
    assert len(str(mistake)) < 200


def test_every_key_and_value_has_its_line() -> None:
    """Lines are counted from 1 and known for keys, values and list items."""
    document = safe_yaml.load("\ufeffa:\n  b: 1\n  c:\n    - x\n    - {d: 2,\n       e: 3}\n", file="a.yaml")
    assert document.data == {"a": {"b": 1, "c": ["x", {"d": 2, "e": 3}]}}
    assert document.key_lines == {
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 3,
        ("a", "c", 1, "d"): 5,
        ("a", "c", 1, "e"): 6,
    }
    assert document.value_lines[("a", "c", 0)] == 4
    assert document.value_lines[("a", "c", 1, "e")] == 6


def test_text_and_keys_are_composed() -> None:
    """The same name typed on two kinds of computer is the same name."""
    assert safe_yaml.load("O\u0308: o\u0308", file="a.yaml").data == {"Ö": "ö"}


def test_an_empty_file_is_nothing() -> None:
    """A file with only comments holds no data."""
    assert safe_yaml.load("# nothing\n", file="a.yaml").data is None


@pytest.mark.parametrize(
    ("text", "piece", "line"),
    [
        ("a: 1\nb: &x 2", "the anchor &x", 2),
        ("a: 1\nb: *x", "the alias *x", 2),
        ("*x : 1", "the alias *x", 1),
        ("a: 1\nb: !!python/object:os.system 2", "the tag !!python/object:os.system", 2),
        ("a: ! b", "the tag !", 1),
        ("a: 1\n<<: {b: 2}", "the merge key <<", 2),
        ("a: 1\n---\nb: 2", "a second document", 2),
        ("%YAML 1.1\n---\na: 1", "a line that begins with %", 2),
        ("a: 1\nb: 2\na: 3", "the key 'a' is written twice, on line 1 and on line 3", 3),
        ("? [a, b]\n: 1", "a list or section where a key belongs", 1),
        ('a: "\\u202E"', "the invisible character U+202E (right-to-left override)", 1),
        ('a: "\\0"', "the invisible character U+0000", 1),
        ("a: 1\nb: \u202etxt", "the invisible character U+202E", 2),
        ("a: 1\n# \x07", "the invisible character U+0007", 2),
        ("a: \ud800", "the invisible character U+D800", 1),
        ("a: x\u2028y", "the invisible character U+2028", 1),
    ],
)
def test_what_yaml_allows_but_a_scenario_does_not_need_is_refused(text: str, piece: str, line: int) -> None:
    """Anchors, aliases, tags, merge keys, more documents, twice written keys and unseen characters are refused."""
    found = mistakes(text)
    assert any(piece in mistake.found for mistake in found)
    assert found[0].file == "a.yaml"
    assert found[0].line == (1 if text.startswith("%") else line)
    assert all(mistake.remedy for mistake in found)


@pytest.mark.parametrize(
    ("text", "piece", "line"),
    [
        ("a:\n\tb: 1", "a tab at the beginning of a line", 2),
        ("a: 1\nb: @x", "a text that begins with @", 2),
        ("a: 1\nb: x: y", "a colon where no key can stand", 2),
        ("a: 1\nword\nb: 2", "a line without a colon", 2),
        ("a:\n  b: 1\n c: 2", "does not line up with the lines above", 3),
        ("- a\nb: 1", "does not line up with the list above", 2),
        ("a: 1\nb: [1, 2\nc: 3", "a list that begins with [ and does not end", 2),
        ("a: 1\nb: {c: 1", "a section that begins with { and does not end", 2),
        ("a: 1\nb: 'c\nd: 1", "a quotation mark that is not closed", 2),
        ("a: 'b\n---\nc'", "a quotation mark that is not closed", 1),
        ("a: - b", "a list item where none can stand", 1),
        ('a: "\\q"', "a backslash in double quotation marks", 1),
        ("a: *", "a text that begins with * or &", 1),
        ("a: }", "a sign where a value belongs", 1),
        ("a: >x\n b", "a line that cannot be read as YAML", 1),
    ],
)
def test_syntax_errors_are_told_in_plain_words(text: str, piece: str, line: int) -> None:
    """A syntax error names what was seen, on the line where it begins, without the parser's jargon."""
    mistake = mistakes(text)[-1]
    assert piece in mistake.found
    assert mistake.line == line


@pytest.mark.parametrize(
    ("raw", "piece", "line"),
    [
        ("a: 1\nb: Östergötland".encode("latin-1"), "0xd6 is not UTF-8", 2),
        ("a: 1".encode("utf-16"), "UTF-16", 1),
    ],
)
def test_other_encodings_are_refused_with_their_line(raw: bytes, piece: str, line: int) -> None:
    """A file in another encoding than UTF-8 is refused, never guessed."""
    (mistake,) = mistakes(raw)
    assert piece in mistake.found
    assert mistake.line == line
    assert "UTF-8" in mistake.remedy


def test_bytes_in_utf8_are_read_with_and_without_byte_order_mark() -> None:
    """A byte order mark changes nothing."""
    assert safe_yaml.load("a: ö".encode(), file="a.yaml").data == {"a": "ö"}
    assert safe_yaml.load("a: ö".encode("utf-8-sig"), file="a.yaml").data == {"a": "ö"}


LAUGHS = "a0: &a0 [x]\n" + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))


@pytest.mark.parametrize(
    ("bomb", "piece"),
    [
        (LAUGHS, "the anchor &a0"),
        ("[" * 100_000, "more than 40 levels"),
        ("{a: " * 100_000, "more than 40 levels"),
        ("- " * 100_000, "more than 40 levels"),
        ("a: [" + "1," * 400_000 + "1]", "more than 50000 keys and values"),
        ("x" * (safe_yaml.MAX_BYTES + 1), "more than 1024 KiB"),
        ("ö" * (safe_yaml.MAX_BYTES // 2 + 1), "more than 1024 KiB"),
        (b"\xff" * (safe_yaml.MAX_BYTES + 1), "more than 1024 KiB"),
    ],
    ids=["laughs", "lists", "sections", "items", "long list", "large", "large in bytes", "large and binary"],
)
def test_bombs_are_refused_at_once(bomb: str | bytes, piece: str) -> None:
    """A file made to exhaust memory or stack is refused before it does."""
    assert piece in str(UserMistakes(mistakes(bomb)))


def test_all_mistakes_are_told_at_once() -> None:
    """One reading finds every mistake that does not hide the rest."""
    found = mistakes("a: .nan\nb: &x 1\nc: !t 2\nd: 1\nd: 1e999\nlist:\n  - *x\n")
    assert [(mistake.place, mistake.line) for mistake in found] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
        ("d", 5),
        ("d", 5),
        ("list.1", 7),
    ]


def test_a_flood_of_mistakes_is_cut() -> None:
    """Nobody reads a thousand mistakes; the first fifty come with a word on the rest."""
    assert len(mistakes("\n".join(f"k{n}: .nan" for n in range(1000)))) == safe_yaml.MAX_MISTAKES + 1
    assert len(mistakes("\n".join("\x07" for _ in range(1000)))) == safe_yaml.MAX_MISTAKES + 1


YAMLISH = st.lists(
    st.sampled_from([*"ab:-,[]{}&*!|>'\"%@`#?~\\ \n\t0.", "a: ", "\n  ", "- ", "<<", "1e9", "---\n"]), max_size=40
)


def told(text: str | bytes) -> tuple[Mistake, ...]:
    """The mistakes of a text that may have none."""
    try:
        safe_yaml.load(text, file="a.yaml")
    except UserMistakes as refusal:
        return refusal.mistakes or (Mistake("", "", ""),)
    return ()


@settings(max_examples=60, deadline=None)
@given(st.text() | YAMLISH.map("".join) | st.binary(max_size=200))
@example("\ud800")
@example("a: \x85")
@example("? ")
def test_whatever_a_file_holds_nothing_but_mistakes_is_raised(text: str | bytes) -> None:
    """Any text and any bytes are read, or their mistakes are told with a place and a remedy."""
    assert all(mistake.place and mistake.found and mistake.remedy for mistake in told(text))
