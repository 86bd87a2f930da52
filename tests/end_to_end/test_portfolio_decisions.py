"""Decide, follow up, export and verify at the command line: what is told, what is refused, what cannot be changed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from openpyxl import load_workbook

from studio import cli

BOARD = """
title: {sv: Prov, en: Trial}
years: [2024, 2025]
groups: {ward: {clinics: 20}}
criteria: {difference: {weight: 100}}
initiatives:
  first:
    gates: {clear_need: no}
    scores: {difference: 4}
    clinics: {ward: 20}
    cost: {fixed_sek: {low: 500_000, likely: 1_000_000, high: 2_000_000}, per_clinic_sek: 10_000}
    benefit: {ramp: {bass: {p: 0.1, q: 0.4}}}
    strategies: {help: {per_year_sek: 100_000}, make: {per_year_sek: 200_000}}
  second: {scores: {difference: 3}, stage: operation}
"""
DECISION = ("--level", "committee", "--diary", "RS 2024-0001", "--by", "Nämnden", "--date", "2024-01-10")
START = ("decide", "board.yaml", "first", "start", "--outcome", "approved", *DECISION, "--reason", "=Störst nytta")
HOW = ("--strategy", "help", "--start", "2024-Q1")
SEEN = (
    "follow-up",
    "board.yaml",
    "--initiative",
    "first",
    "--by",
    "Nämnden",
    "--source",
    "Uttag",
    "--date",
    "2025-06-01",
)


@pytest.fixture
def innomotor(tmp_path, monkeypatch, capsys):
    """Runs a portfolio command in a folder with a small board; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    (tmp_path / "board.yaml").write_text(BOARD, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(("portfolio", *arguments))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return end.value.code, printed.out, printed.err

    return run


def test_a_year_of_decisions(innomotor, tmp_path):
    """Decide, follow up, adjust, hand over: every line is there, the forecast is scored, the journal is whole."""
    code, out, _ = innomotor(*START, *HOW, "--lang", "sv")
    assert (code, "Rad 1" in out, "tydligt behov" in out, "Kvitto" in out) == (0, True, True, True)
    code, out, _ = innomotor(*SEEN, "--period", "2024", "--adoption", "0.2", "--cost", "1500000", "--json")
    said = json.loads(out)
    assert code == 0
    assert [one["what"] for one in said["sightings"]] == ["adoption", "cost_sek"]
    assert said["coverage"]["of"] == 1
    assert said["updates"][0]["effective_worlds"] <= said["updates"][0]["worlds"] == 200
    said = innomotor("follow-up", "board.yaml", "--lang", "sv")[1]
    assert "1 av 1 utfall låg inom" in said
    assert "Kostnaden för hela planen var" in said
    adjust = ("decide", "board.yaml", "first", "adjust", "--outcome", "approved", *DECISION, "--reason", "Längre tid")
    assert json.loads(innomotor(*adjust, "--json")[1])["strategy"] == "help"
    assert innomotor(*(word if word != "adjust" else "hand_over" for word in adjust))[0] == 0
    code, out, _ = innomotor("journal", "show", "board.yaml", "--json")
    lines = json.loads(out)["lines"]
    assert [(line["kind"], line.get("step")) for line in lines] == [
        ("decision", "start"),
        ("follow_up", None),
        ("decision", "adjust"),
        ("decision", "hand_over"),
    ]
    assert lines[0]["stopped_by"] == ["clear_need"]
    code, out, _ = innomotor("journal", "verify", "board.yaml", "--receipt", f"2:{lines[1]['hash'][:12]}")
    assert (code, "4 lines" in out) == (0, True)
    assert (tmp_path / "board.journal.sqlite").exists()


def test_a_changed_line_ends_with_1(innomotor, tmp_path):
    """Verify names the line, in the file and in its export."""
    innomotor(*START, *HOW)
    innomotor("journal", "export", "board.yaml", "--out", "j.json")
    assert innomotor("journal", "verify", "j.json")[0] == 0
    text = (tmp_path / "j.json").read_text(encoding="utf-8")
    (tmp_path / "j.json").write_text(text.replace("Störst nytta", "Minst nytta"), encoding="utf-8")
    code, out, _ = innomotor("journal", "verify", "j.json", "--lang", "sv")
    assert (code, out.strip()) == (1, "Rad 1 har ändrats.")
    with closing(sqlite3.connect(tmp_path / "board.journal.sqlite", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER lines_update")
        connection.execute("UPDATE lines SET body = replace(body, 'approved', 'rejected')")
    code, out, _ = innomotor("journal", "verify", "board.yaml", "--json")
    assert code == 1
    assert {fault["why"] for fault in json.loads(out)["faults"]} == {"changed", "unprotected"}


def test_exports_hold_text_as_text(innomotor, tmp_path):
    """A reason that begins as a formula would is text in Excel and in CSV."""
    innomotor(*START, *HOW)
    for file in ("j.xlsx", "j.csv"):
        assert innomotor("journal", "export", "board.yaml", "--out", file)[0] == 0
    page = load_workbook(tmp_path / "j.xlsx").active
    (cell,) = (cell for row in page.iter_rows() for cell in row if cell.value == "=Störst nytta")
    assert cell.data_type == "s"
    assert ";'=Störst nytta;" in (tmp_path / "j.csv").read_text(encoding="utf-8-sig")
    assert innomotor("journal", "export", "board.yaml", "--out", "j.txt")[0] == 2


REFUSED = {
    "unknown initiative": (("decide", "board.yaml", "frist", "start", *START[4:]), "Did you mean 'first'?"),
    "no strategy": (START, "--strategy: does not say how"),
    "no start": ((*START, "--strategy", "help"), "--start: does not say from when"),
    "outside the plan": ((*START, "--strategy", "help", "--start", "2027-Q1"), "outside the plan's years"),
    "not a quarter": ((*START, "--strategy", "help", "--start", "våren"), "'våren' is not a quarter"),
    "out of order": (
        ("decide", "board.yaml", "first", "hand_over", *START[4:]),
        "first is proposed, so it cannot hand over",
    ),
    "running already": (("decide", "board.yaml", "second", "start", *START[4:], *HOW[2:]), "second is running"),
    "empty reason": ((*START[:-1], " ", *HOW), "--reason: is empty"),
    "the future": ((*START, *HOW, "--date", "2999-01-01"), "has not come yet"),
    "corrects nothing": ((*START, *HOW, "--corrects", "7"), "there is no line 7"),
    "no journal": (("journal", "show", "board.yaml"), "there is no journal there"),
    "no decision": ((*SEEN, "--period", "2024", "--adoption", "0.2"), "no approved decision about 'first'"),
    "period": ((*SEEN, "--period", "i fjol", "--adoption", "0.2"), "'i fjol' is no period"),
    "nothing seen": ((*SEEN, "--period", "2024"), "neither adoption nor cost"),
    "not whom": (("follow-up", "board.yaml", "--adoption", "0.2"), "--initiative: does not say"),
    "receipt": (("journal", "verify", "board.yaml", "--receipt", "x"), "'x' is not a receipt"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused(case, innomotor, tmp_path):
    """Exit code 2, one plain sentence, and nothing written."""
    arguments, message = REFUSED[case]
    code, out, err = innomotor(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    book = tmp_path / "board.journal.sqlite"
    assert not book.exists() or "number" not in innomotor("journal", "show", "board.yaml", "--json")[1]


def test_a_period_is_told_once_and_may_be_corrected(innomotor):
    """A second figure for the same period is refused; a correction replaces it, and the old line stays."""
    innomotor(*START, *HOW)
    first = (*SEEN, "--period", "2024-Q4", "--adoption")
    assert innomotor(*first, "0.9")[0] == 0
    code, _, err = innomotor(*first, "0.3")
    assert (code, "line 2 already says" in err) == (2, True)
    assert innomotor(*SEEN, "--period", "2025-Q2", "--adoption", "0.3")[2].startswith("--period: 2025-Q2 has not ended")
    said = json.loads(innomotor(*first, "0.3", "--corrects", "2", "--json")[1])
    assert [one["seen"] for one in said["sightings"]] == [0.3]
    assert len(json.loads(innomotor("journal", "show", "board.yaml", "--json")[1])["lines"]) == 3


def test_minutes_of_a_meeting(innomotor, tmp_path):
    """The day's decisions as a page; another day has none; a journal alone does not know the titles."""
    assert innomotor(*START, *HOW)[0] == 0
    export = ("journal", "export", "board.yaml", "--lang", "sv")
    assert innomotor(*export, "--day", "2024-01-10", "--out", "minutes.html")[0] == 0
    told = (tmp_path / "minutes.html").read_text(encoding="utf-8")
    assert ("bifall" in told, "=Störst nytta" in told, "RS 2024-0001" in told) == (True, True, True)
    assert innomotor(*export, "--day", "2024-01-11", "--out", "minutes.html")[0] == 0
    assert "Inga beslut" in (tmp_path / "minutes.html").read_text(encoding="utf-8")
    code, _, err = innomotor("journal", "export", "board.journal.sqlite", "--out", "minutes.html")
    assert (code, "Write the portfolio, not its journal" in err) == (2, True)
