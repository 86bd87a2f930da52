"""The board pack: one page that needs nothing else, in a board's order, each chart with its table, fit to be shown."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from portfolio.board import Portfolio
from portfolio.follow_up import followed, promised
from portfolio.forecast import Commitment, NoForecast
from portfolio.journal import Decision, Entry, FollowUp, Line, taken
from portfolio.requirements import GATES
from sim.figures import files
from studio import cli, texts
from studio.reports.board import page, pdf, standing
from studio.reports.board.grid import Grid, Picture
from studio.reports.board.pack import Pack, gathered

PASSED = dict.fromkeys(GATES, "yes")
BAD = "<script>alert(1)</script>\"'&"
VOID = {"meta", "img", "br", "hr", "link", "input"}


def document(**changes: object) -> dict:
    """Five initiatives of every standing: started, promised, open, stopped, and two for the same problem."""
    small = {"per_clinic_sek": 40_000, "change_hours_per_clinic": 30, "support_hours": {"it": 100}}
    ramp = {"bass": {"p": 0.1, "q": 0.4}}
    return {
        "title": {"sv": "Provportföljen", "en": "Trial portfolio"},
        "note": {"sv": "Alla belopp är påhittade.", "en": "All amounts are invented."},
        "years": [2026, 2027],
        "horizon_years": 5,
        "limits": {
            "budget_sek": 4e6,
            "facilitators_fte": 2,
            "support_hours": {"it": 400},
            "change_capacity": {"ward": 900},
        },
        "groups": {"ward": {"title": {"sv": "Avdelningarna", "en": "Wards"}, "clinics": 30}},
        "criteria": {"difference": {"weight": 100}, "learning": {"weight": 40}},
        "doubt": {"draws": 400},
        "initiatives": {
            "running": {"must": "started", "cost": {"fixed_sek": 5e5}, "owner": "Kliniken"},
            "first": {
                "title": {"sv": "Första satsningen", "en": "The first initiative"},
                "gates": {**PASSED, "clear_value": {"by": "2026-06", "reason": "Kalkylen görs"}},
                "scores": {"difference": {"low": 2, "likely": 4, "high": 5}, "learning": 3},
                "cost": {**small, "fixed_sek": {"low": 2e5, "likely": 4e5, "high": 9e5}, "facilitators_fte": 1},
                "benefit": {"per_year": {"qaly": {"low": 0, "likely": 2, "high": 6}}, "ramp": ramp},
                "clinics": {"ward": 20},
                "strategies": {
                    "help": {"per_year_sek": 1e5},
                    "make": {"ramp": {"by_hand": [0.5, 1]}, "fixed_sek": 3e5},
                },
                "alternative": "same",
                "root_causes": ["Brist på tid"],
                "procurement": {"route": "direktupphandling", "risk": "low"},
                "regulatory": {"mdr": "klass I"},
            },
            "second": {
                "gates": {**PASSED, "ability": "unknown"},
                "scores": {"difference": 4, "learning": {"low": 1, "likely": 3, "high": 5}},
                "cost": {**small, "fixed_sek": 2e6},
                "benefit": {"per_year": {"saved_sek": 3e5, "qaly": 1}, "ramp": ramp, "patients_per_year": 500},
                "clinics": {"ward": 25},
                "alternative": "same",
                "root_causes": ["Brist på tid", "Otydligt ägarskap"],
            },
            "third": {
                "gates": PASSED,
                "scores": {"difference": 2, "learning": 5},
                "cost": {"per_year_sek": 1e5},
                "benefit": {"per_year": {"freed_hours": 900}},
            },
            "stopped": {"gates": {**PASSED, "clear_need": "no"}, "scores": {"difference": 5, "learning": 5}},
        },
        "preconditions": {"first": {"own_motor": {"colour": "green", "reason": "Driver"}, "frees_time": "orange"}},
        "environments": {
            name: {
                "title": name.upper(),
                "principles": {"vision": colour, "core_team": "green"},
                "dimensions": {"culture": "red"},
            }
            for name, colour in (("a", "orange"), ("b", "red"))
        },
        **changes,
    }


def lines(board: Portfolio) -> list[Entry]:
    """A decision and what came of it."""
    base = {"portfolio": "p", "initiative": "first", "recorded_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
    decided = {
        "step": "start",
        "outcome": "approved",
        "level": "committee",
        "diary_number": "RS 1",
        "decided_by": "Nämnden",
    }
    said = {**base, **decided, "date": dt.date(2026, 1, 1), "reason": "Störst nytta", "snapshot": taken({"n": 1}).key}
    seen = {"date": dt.date(2027, 1, 20), "period": "2026", "adoption": 0.2, "cost_sek": 9e5}
    seen |= {"reported_by": "Kliniken", "source": "Uttag"}
    first = Entry(Line(1, "", "", "a" * 64), Decision.model_validate(said))
    return [first, Entry(Line(2, "", "", "b" * 64), FollowUp.model_validate({**base, **seen}))]


def packed(**changes: object) -> Pack:
    board = Portfolio.model_validate(document(**changes))
    journal = lines(board)
    promise = promised(board, Commitment("first", "help", 0), NoForecast())
    seen = followed(journal, {taken({"n": 1}).key: {"first": promise}})
    return gathered(board, Path("x.yaml"), "0" * 64, NoForecast(), solved=8, journal=journal, followed=seen)


@cache
def usual() -> Pack:
    return packed()


@cache
def written(language: texts.Language) -> str:
    words = texts.load(language)
    return page.html(usual().board, words, page.parts(usual(), words))


class Reading(HTMLParser):
    """What a browser would see; what opens must close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        """Note a tag that opens."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Check that what closes is what was opened last."""
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every tag of this name."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_page_is_whole_and_needs_nothing_else(language):
    """Well-formed, in its language, with captions and alternative texts; no script, no request to anywhere."""
    text = written(language)
    read = Reading(text)
    assert read.all("html") == [{"lang": language}]
    assert len(read.all("h1")) == 1
    assert len(read.all("table")) == len(read.all("caption"))
    assert all(image["alt"] and len(image["alt"]) > 20 for image in read.all("img"))
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in read.all("img"))
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in read.tags}
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']?\s*(?:https?:)?//|url\(|@import|https?://", text)
    assert all(th.get("scope") for th in read.all("th"))


def test_the_order_is_that_of_a_board_pack():
    """Decision, gates, ranking, lights, money, capacity, standing, economy, information, grounds."""
    ids = [section["id"] for section in Reading(written("sv")).all("section")]
    assert ids == [
        "decision",
        "gates",
        "ranking",
        "lights",
        "money",
        "capacity",
        "standing",
        "economy",
        "information",
        "grounds",
    ]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_chart_has_a_table_twin(language):
    """Each part with a picture has tables after it, at least as many as pictures."""
    pictures = 0
    for part in page.parts(usual(), texts.load(language)):
        kinds = [type(block) for block in part.blocks]
        pictures += kinds.count(Picture)
        assert kinds.count(Grid) >= kinds.count(Picture), part.key
        for place, kind in enumerate(kinds):
            assert kind is not Picture or Grid in kinds[place + 1 :], part.key
    assert pictures >= 9


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_blank_is_left_unfilled(language):
    """No curly bracket, None, nan, inf or name of the program reaches the reader."""
    text = re.sub(r"<style>.*?</style>|data:[^\"]+", "", written(language), flags=re.DOTALL)
    seen = re.sub(r"<[^>]+>", " ", text)
    assert not re.search(r"[{}]|\bNone\b|\bnan\b|\binf\b|_sek\b|referred_back", seen)


def test_swedish_numbers_in_swedish():
    """Decimal comma in the figures, mnkr and not MSEK; nothing in English but what the file itself says."""
    text = re.sub(r"<style>.*?</style>|data:[^\"]+", "", written("sv"), flags=re.DOTALL)
    figures = re.findall(r'<td class="sum">([^<]*)', text)
    assert len(figures) > 100
    assert not [figure for figure in figures if re.search(r"\d\.\d", figure)]
    assert "mnkr" in text
    assert not re.search(r"\bSEK\b|\bthe\b plan", text)


@pytest.mark.parametrize(
    ("language", "note"), [("sv", "Alla belopp är påhittade."), ("en", "All amounts are invented.")]
)
def test_the_note_stands_on_every_page(language, note):
    """On top of the page while it is read, and at the foot of every printed page."""
    text = written(language)
    assert f'<p class="banner" role="note">{note}</p>' in text
    assert f'@bottom-left {{ content: "{note}"; }}' in text


def test_markup_is_shown_as_text():
    """A title or note with a script in it, or with the end of a style sheet, is a strange text and nothing else."""
    changed = document()
    changed["initiatives"]["first"]["title"] = BAD
    pack = packed(
        title=BAD, note='</style><script>alert(2)</script>"; } body { display: none', initiatives=changed["initiatives"]
    )
    words = texts.load("sv")
    text = page.html(pack.board, words, page.parts(pack, words))
    assert "<script" not in text
    assert text.count("</style>") == 1
    assert not {"script"} & {tag for tag, _ in Reading(text).tags}


def test_what_is_decided_is_said_and_why():
    """The first page names every chosen initiative, what waits, what is stopped, and what it costs."""
    words = texts.load("en")
    proposal, why, plan, _ = page.parts(usual(), words)[0].blocks
    said = " ".join(proposal.sentences)
    for name in usual().plan:
        assert standing.names.initiative(usual().board, name, words) in said
    assert "to refer back stopped until" in said
    assert "within the budget of SEK 8.0 million" in " ".join(why.sentences)
    assert plan.rows[-1][0].text == "Total"
    total = sum(row[-1].value for row in plan.rows[:-1])
    assert plan.rows[-1][-1].value == pytest.approx(total)


def test_the_portfolio_rule():
    """A principle is orange where two environments have had difficulty; dimensions have no common colour."""
    lights = {grid.name: grid for grid in page.parts(usual(), texts.load("en"))[3].blocks if isinstance(grid, Grid)}
    assert [row[-1].text for row in lights["Working principle"].rows][:2] == ["▲ orange", "● green"]
    assert "Portfolio" not in lights["System dimension"].columns


def test_it_can_be_sparse():
    """Without limits, lights, groups, journal, note and doubt there is still a page in every part."""
    board = Portfolio.model_validate(
        {
            "years": [2026],
            "criteria": {"difference": {"weight": 1}},
            "doubt": {"draws": 100, "weights": "none"},
            "thresholds": {"sek_per_qaly": [500_000]},
            "initiatives": {"only": {"scores": {"difference": 3}, "gates": PASSED}},
        }
    )
    pack = gathered(board, Path("x.yaml"), "0" * 64, NoForecast(), solved=2)
    for language in texts.LANGUAGES:
        words = texts.load(language)
        Reading(page.html(pack.board, words, page.parts(pack, words)))


def test_pictures_are_the_same_every_time():
    """The same results give the same bytes."""
    one, two = (
        [
            files.svg(b.figure)
            for part in page.parts(usual(), texts.load("sv"))
            for b in part.blocks
            if isinstance(b, Picture)
        ]
        for _ in range(2)
    )
    assert one == two


def test_every_table_is_in_excel(tmp_path, monkeypatch):
    """One sheet a table, numbers as numbers, the note above each; without a Chromium there is HTML and a message."""
    monkeypatch.setenv("INNOMOTOR_CHROMIUM", "/nowhere/chromium")
    (tmp_path / page.PDF).write_bytes(b"an earlier one")
    words = texts.load("sv")
    assert page.write(tmp_path, usual().board, page.parts(usual(), words), words) == {"pdf": "missing"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["board.html", "board.xlsx"]
    book = load_workbook(tmp_path / page.EXCEL)
    grids = page.grids(page.parts(usual(), words))
    assert len(book.worksheets) == len(grids)
    for sheet, grid in zip(book.worksheets, grids, strict=True):
        assert sheet["A2"].value == "Alla belopp är påhittade."
        assert [cell.value for cell in sheet[4]][: len(grid.columns)] == [column or None for column in grid.columns]
    ranked = next(sheet for sheet in book.worksheets if sheet.title == "Rangordning")
    assert isinstance(ranked["C5"].value, float)


def test_printed_as_pdf(tmp_path, record_property):
    """Chromium prints it, ten parts on at least ten pages, the note on every one of them."""
    reader = shutil.which("pdftotext")
    if pdf.printer() is None or reader is None:
        record_property("left_out", "no Chromium or pdftotext: the PDF was not printed and read")
        return
    (tmp_path / page.HTML).write_text(written("sv"), encoding="utf-8")
    pdf.write(tmp_path / page.HTML, tmp_path / page.PDF)
    told = subprocess.run(
        [reader, "-layout", str(tmp_path / page.PDF), "-"], capture_output=True, text=True, check=True
    )
    pages = told.stdout.split("\f")[:-1]
    assert len(pages) >= 10
    assert [number for number, text in enumerate(pages, 1) if "Alla belopp är påhittade." not in text] == []
    assert "Förslag till beslut" in pages[0]
    assert "Summa" in pages[0], "the decision fits on its page"


def test_a_printer_that_fails_is_told(tmp_path, monkeypatch):
    """A program that is no Chromium leaves no PDF and no traceback."""
    monkeypatch.setenv("INNOMOTOR_CHROMIUM", shutil.which("true") or "true")
    (tmp_path / page.HTML).write_text("<p>x</p>", encoding="utf-8")
    with pytest.raises(pdf.NotPrintedError, match="failed"):
        pdf.write(tmp_path / page.HTML, tmp_path / page.PDF)
    assert not (tmp_path / page.PDF).exists()


def test_at_the_command_line(tmp_path, monkeypatch, capsys):
    """The command writes the report, says where, and says why there is no PDF."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INNOMOTOR_CHROMIUM", "/nowhere/chromium")
    Path("board.yaml").write_text(json.dumps(document()), encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(("portfolio", "report", "board.yaml", "--draws", "3", *arguments))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return end.value.code, printed.out, printed.err

    code, out, _ = run("--lang", "sv")
    assert (code, "Rapport:" in out, "Ingen PDF: ingen Chromium är installerad" in out) == (0, True, True)
    assert Path("results/board/board.html").exists()
    said = json.loads(run("--json", "--out", "elsewhere")[1])
    assert said["not_written"] == {"pdf": "missing"}
    assert re.fullmatch("[0-9a-f]{64}", said["key"])
    Path("file").write_text("x", encoding="utf-8")
    code, _, err = run("--out", "file/below")
    assert (code, "cannot be written" in err) == (2, True)
