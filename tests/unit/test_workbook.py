"""The workbook: what goes out comes back, nothing is lost, and what cannot be trusted is told by sheet and cell."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from portfolio import board, initiative
from portfolio import file as portfolio_file
from portfolio import workbook as package
from portfolio.board import Portfolio
from portfolio.workbook import guard, importing, reading, rows, tables, template
from portfolio.workbook.layout import CHOICES, SHEETS
from sim.errors import UserMistakes
from studio import texts
from studio.cli.portfolio.workbook import words

ROOT = Path(package.__file__).resolve().parents[2]
WORDS = {language: words(texts.load(language)) for language in texts.LANGUAGES}
SURE = {"low": 1.5, "likely": 2, "high": 4, "shape": "pert"}
FULL = {
    "title": {"sv": "Prov", "en": "Trial"},
    "note": {"sv": "Påhittat", "en": "Invented"},
    "years": [2026, 2027],
    "horizon_years": 8,
    "discount_rate": 0.035,
    "thresholds": {"sek_per_qaly": [100000, 500000], "used": 500000, "source": "estimate"},
    "limits": {
        "budget_sek": {"2026": 24e6, "2027": 1.5e6},
        "facilitators_fte": 6,
        "support_hours": {"it": 1200, "legal": {"2026": 80}},
        "change_capacity": {"dental": 900, "ward": {"2026": 10, "2027": 20.5}},
    },
    "groups": {"dental": {"title": "Folktandvården", "clinics": 33}, "ward": {"scenario": "ward.yaml"}},
    "criteria": {
        "difference": {
            "title": {"sv": "Skillnad", "en": "Difference"},
            "about": "Hur stor",
            "weight": 100,
            "scale": "1-5",
            "better": "less",
            "value": {"1": 0, "3": 0.7, "5": 1},
        },
        "reach": {"rank": 2},
    },
    "doubt": {"weights": "around", "same_initiative": 0.1, "same_criterion": 0.3, "draws": 500},
    "seed": 7,
    "requirements": ["green_light"],
    "plugins": ["uppsala", "ostergotland"],
    "initiatives": {
        "first": {
            "title": "Första; med semikolon",
            "about": {"sv": "En", "en": "One"},
            "owner": "@Verksamheten",
            "stage": "pilot",
            "gates": {
                "clear_need": {"answer": "yes", "reason": "Mätt"},
                "clear_value": {"by": "2026-06"},
                "own_gate": "no",
            },
            "scores": {"difference": SURE, "reach": 3},
            "bonus": {"external_funding": True, "outside_interest": "national"},
            "cost": {
                "fixed_sek": {"low": 1e6, "likely": 2e6, "high": 4e6},
                "per_clinic_sek": 120000,
                "per_year_sek": 3,
                "per_clinic_year_sek": 4,
                "depreciation_years": 5,
                "facilitators_fte": 0.5,
                "facilitators_years": 2,
                "support_hours": {"it": 40},
                "support_hours_per_clinic": {"it": 4, "procurement": 2},
                "change_hours_per_clinic": 60,
            },
            "benefit": {"per_year": {"qaly": SURE, "freed_hours": 900}, "ramp": {"bass": {"p": 0.03, "q": 0.4}}},
            "clinics": {"dental": 12},
            "strategies": {
                "help": {"title": {"sv": "Hjälpa", "en": "Help"}, "fixed_sek": SURE, "facilitators_fte": 1},
                "make": {"ramp": {"by_hand": [0.2, 1]}},
            },
            "earliest": "2026-Q2",
            "latest": "2027-Q1",
            "excludes": ["second", "third"],
            "synergy": {"third": {"value": -0.2, "reason": "Samma lokaler"}},
            "pays": "Kliniken",
            "gains": "Kommunen",
            "budget": "investment",
            "procurement": {"route": "förhandlat förfarande", "risk": "high"},
            "regulatory": {"mdr": "klass IIa", "ai_act": "hög risk"},
            "root_causes": ["Brist på tid; och ork", "Otydligt ägarskap"],
            "alternative": "tremor",
            "evidence": {"estimate": "Expertbedömning"},
        },
        "second": {
            "must": "started",
            "requires": {"first": 2, "third": 0},
            "benefit": {"scenario": "fett_b.yaml", "innovation": "fett_b", "patients_per_year": 900},
            "strategies": ["help", "phased"],
            "root_causes": ["En; två"],
        },
        "third": {},
    },
    "preconditions": {"first": {"own_motor": {"colour": "green", "reason": "De driver", "line": "A:4610"}, "x": "red"}},
    "environments": {
        "atmp": {
            "title": "ATMP 2030",
            "inclusion": "functional",
            "principles": {"vision": {"colour": "green", "line": "B:1100"}},
            "dimensions": {"culture": "not_judged"},
        }
    },
}


def plain(document: dict) -> dict:
    return Portfolio.model_validate(document).model_dump(mode="json", exclude_defaults=True)


@pytest.fixture
def sheet(tmp_path) -> Callable[[Callable[[Workbook], object]], Path]:
    """A filled workbook in Swedish, changed by a function; gives the file."""

    def changed(change: Callable[[Workbook], object]) -> Path:
        file = tmp_path / "portfolio.xlsx"
        template.write(file, WORDS["sv"], plain(FULL))
        book = load_workbook(file)
        change(book)
        book.save(file)
        return file

    return changed


def told(file: Path) -> list[str]:
    """Every mistake of an import, which then has written nothing."""
    target = file.with_suffix(".yaml")
    with pytest.raises(UserMistakes) as error:
        importing.import_workbook(file, target, list(WORDS.values()))
    assert [one for one in target.parent.iterdir() if one.suffix == ".yaml"] == []
    return [str(mistake).removeprefix(f"{file}: ") for mistake in error.value.mistakes]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("which", ["everything", "exempelregion"])
def test_what_goes_out_comes_back(which, language, tmp_path):
    """A portfolio written as a workbook and read back says the same, to the last decimal, in both languages."""
    before = (
        Portfolio.model_validate(FULL)
        if which == "everything"
        else portfolio_file.read(ROOT / "scenarios" / f"portfolio_{which}.yaml")
    )
    book = tmp_path / "portfolio.xlsx"
    template.write(book, WORDS[language], before.model_dump(mode="json", exclude_defaults=True))
    said = reading.read(book, list(WORDS.values()))
    assert said.mistakes == []
    assert Portfolio.model_validate(said.document) == before


def test_every_field_of_a_portfolio_has_a_column():
    """The fullest portfolio uses every field that there is, so a new field without a column is found."""
    used: dict[str, set[str]] = {}

    def walk(value: object) -> None:
        if hasattr(type(value), "model_fields"):
            used.setdefault(type(value).__name__, set()).update(value.model_fields_set)
            for name in value.model_fields_set:
                walk(getattr(value, name))
        elif isinstance(value, dict):
            for one in value.values():
                walk(one)

    walk(Portfolio.model_validate(FULL))
    allowed = {
        "Bass": {"ceiling"},
        "Bonus": {"shared_resources"},
        "Plan": {"per_year_sek"},
        "PerYear": {"revenue_sek", "saved_sek"},
    }
    for module in (board, initiative):
        for name, model in vars(module).items():
            if name in used and hasattr(model, "model_fields"):
                assert set(model.model_fields) - used[name] <= allowed.get(name, set()), name


def test_what_has_no_column_is_not_dropped():
    """Writing a workbook refuses what it has no place for."""
    with pytest.raises(LookupError, match=r"no column for initiatives\.first\.colour"):
        rows.rows({"initiatives": {"first": {"colour": "blue"}}})


def test_drop_downs_and_explanations(tmp_path):
    """Every choice has its drop-down with the language's words, and every column its explanation."""
    file = tmp_path / "t.xlsx"
    template.write(file, WORDS["sv"], {})
    book = load_workbook(file)
    lists = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["Listor"].columns}
    assert lists["answer"] == ["ja", "nej", "okänt", "senast"]
    assert set(CHOICES) <= set(lists)
    for one in SHEETS:
        page = book[WORDS["sv"](f"sheet.{one.key}")]
        rules = page.data_validations.dataValidation
        assert len(rules) == len(one.columns)
        assert sum(rule.type == "list" for rule in rules) == sum(bool(column.choices) for column in one.columns)
        assert all(rule.prompt and len(rule.prompt) <= 255 for rule in rules)


CHANGES: dict[str, tuple[Callable[[Worksheet], object], str]] = {
    "formula": (lambda s: s.__setitem__("B6", "=1+1"), "Poäng!B6: a formula, or text that begins with ="),
    "merged": (lambda s: s.merge_cells("B6:C6"), "Poäng!B6:C6: merged cells"),
    "error": (lambda s: _typed(s["C6"], "#REF!", "e"), "Poäng!C6: the error #REF!"),
    "text that begins with =": (lambda s: _typed(s["B6"], "=cmd", "s"), "Poäng!B6: a formula, or text"),
    "comment": (lambda s: setattr(s["C6"], "comment", Comment("viktigt", "jag")), "Poäng!C6: a comment"),
    "hidden row": (lambda s: setattr(s.row_dimensions[6], "hidden", True), "Poäng!A6: a value in a hidden row"),
    "text for a number": (lambda s: s.__setitem__("D6", "2 000"), "Poäng!D6: '2 000' is not a number"),
    "wrong choice": (lambda s: s.__setitem__("F6", "rund"), "Poäng!F6: 'rund' is not a choice here. Write triangel,"),
    "no key": (lambda s: s.__setitem__("A6", None), "Poäng!A6: 'Satsning' is empty"),
    "wrong name": (lambda s: s.__setitem__("A6", "Första"), "Poäng!A6: the name 'Första' does not fit here"),
    "the same row twice": (lambda s: s.append(["first", "reach", None, 3]), "Poäng!A8: the same as Poäng!A7"),
    "unknown heading": (lambda s: s.__setitem__("G4", "Kommentar"), "Poäng!G4: unknown heading 'Kommentar'"),
    "beside the table": (lambda s: s.__setitem__("H9", "?"), "Poäng!H9: a value under no heading"),
    "low above high": (lambda s: s.__setitem__("C6", 4.5), "Poäng!A6"),
}


def _typed(cell: object, value: str, kind: str) -> None:
    cell.value, cell.data_type = value, kind


@pytest.mark.parametrize("case", CHANGES)
def test_mistakes_are_told_by_sheet_and_cell(case, tmp_path):
    """What cannot be trusted or understood is told where it stands, and nothing is written."""
    book = Workbook()
    page = book.active
    page.title = "Poäng"
    for row in (["Poäng"], [], [], ["Satsning", "Bör-krav", "Lägsta", "Troligaste", "Högsta", "Form"], []):
        page.append(row)
    page.append(["first", "difference", 1.5, 2, 4, "PERT"])
    page.append(["first", "reach", None, 3])
    change, message = CHANGES[case]
    change(page)
    book.save(tmp_path / "scores.xlsx")
    found = told(tmp_path / "scores.xlsx")
    assert any(line.startswith(message) for line in found), found


def test_all_mistakes_are_told_at_once(sheet):
    """Cells, sheets and what the portfolio itself forbids, in one go."""

    def change(book: Workbook) -> None:
        book["Poäng"]["D6"] = "två"
        book["Ramar"]["C6"] = -5
        book["Satsningar"]["Q6"] = 70
        book.create_sheet("Mina anteckningar")["A1"] = "glöm inte"

    found = told(sheet(change))
    for start in ("Poäng!D6", "Ramar!C6", "Satsningar!Q6", "Mina anteckningar!A1: unknown sheet"):
        assert any(line.startswith(start) for line in found), found


def test_columns_may_be_moved_and_left_out(sheet):
    """The headings say what a column is, not its place."""

    def change(book: Workbook) -> None:
        page = book["Samverkan"]
        page.move_range("A4:A7", cols=10)
        page.delete_cols(1)
        page.insert_rows(4)

    said = reading.read(sheet(change), list(WORDS.values()))
    assert said.mistakes == []
    assert Portfolio.model_validate(said.document) == Portfolio.model_validate(FULL)


def zipped(file: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def lied_about(file: Path, size: int) -> Path:
    """The same archive, declaring that its parts are of this size when unzipped."""
    data = bytearray(file.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset : at + offset + 4] = struct.pack("<I", size)
            at = data.find(mark, at + 1)
    file.write_bytes(data)
    return file


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><workbook>&a;</workbook>'
HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "ratio": (lambda f: zipped(f, {"xl/workbook.xml": b" " * 15_000_000}), "times its size"),
    "size": (lambda f: lied_about(zipped(f, {"xl/workbook.xml": b"<a/>"}), 4_000_000_000), "bytes unzipped"),
    "too small a size": (lambda f: lied_about(zipped(f, {"xl/workbook.xml": b"a" * 60_000}), 10), "is damaged"),
    "parts": (lambda f: zipped(f, {f"xl/{n}.xml": b"<a/>" for n in range(600)}), "has 600 parts"),
    "macros": (lambda f: zipped(f, {"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "holds macros"),
    "links": (lambda f: zipped(f, {"xl/workbook.xml": b"<a/>", "xl/externalLinks/1.xml": b"<a/>"}), "links to other"),
    "entities": (lambda f: zipped(f, {"xl/workbook.xml": ENTITY}), "declares entities"),
    "entities in UTF-16": (
        lambda f: zipped(f, {"xl/workbook.xml": ENTITY.decode().encode("utf-16")}),
        "declares entities",
    ),
    "no workbook": (lambda f: zipped(f, {"word/document.xml": b"<a/>"}), "is not an Excel workbook"),
    "empty workbook": (lambda f: zipped(f, {"xl/workbook.xml": b"<a/>"}), "cannot be read as a workbook"),
    "old": (lambda f: f.write_bytes(b"\xd0\xcf\x11\xe0" + b"0" * 600), "old or password-protected"),
    "text": (lambda f: f.write_text("namn;belopp\n"), "is not an Excel workbook"),
    "cut off": (lambda f: f.write_bytes(zipped(f, {"xl/workbook.xml": b"<a/>"}).read_bytes()[:40]), "is damaged"),
    "too large": (lambda f: f.write_bytes(b"PK" + b"0" * guard.LARGEST_FILE), "is 10,485,762 bytes"),
    "missing": (lambda f: None, "cannot be read"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_before_it_is_opened(case, tmp_path):
    """Bombs, macros, links, entities, other files and damaged ones are each told in one line."""
    file = tmp_path / "portfolio.xlsx"
    make, message = HOSTILE[case]
    make(file)
    assert any(message in line for line in told(file))


def test_parts_that_overlap_are_refused(tmp_path):
    """One block of data that stands for many parts is a bomb, whatever sizes it declares."""
    file = zipped(tmp_path / "a.xlsx", {f"xl/{n}.xml": bytes(range(256)) * 40 for n in range(3)}, zipfile.ZIP_STORED)
    data = file.read_bytes()
    start = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x03\x04", 4)
    central = bytearray(data[start:])
    at = central.find(b"PK\x01\x02")
    while at >= 0:
        central[at + 42 : at + 46] = struct.pack("<I", 0)
        at = central.find(b"PK\x01\x02", at + 1)
    end = central.find(b"PK\x05\x06")
    central[end + 16 : end + 20] = struct.pack("<I", second)
    file.write_bytes(data[:second] + central)
    with pytest.raises(UserMistakes, match="overlap"):
        guard.check(file)


@pytest.mark.parametrize("text", ["=1+1", "+46 70", "-5", "@här", "\tx", "\rx", "=HYPERLINK(1)", "vanlig"])
def test_text_goes_out_as_text(text, tmp_path):
    """What begins as a formula would is a string in the file, also after somebody has edited the cell."""
    file = tmp_path / "out.xlsx"
    tables.write(file, [tables.Table("T", text, (text, "b"), ((text, 1.5),))], note=text)
    page = load_workbook(file).active
    assert [page[cell].data_type for cell in ("A1", "A2", "A4", "A5")] == ["s"] * 4
    assert page["A5"].value == text.replace("\r", "\n")
    assert page["A5"].quotePrefix == (text != "vanlig")
    content = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in content


def test_tables_out(tmp_path):
    """Numbers are numbers, what is not finite is empty, names of sheets fit, and an earlier file is replaced whole."""
    file = tmp_path / "deep" / "out.xlsx"
    one = tables.Table("Värde/budget " * 4, "c", ("a", "b"), ((1.5, float("nan")), (None, float("inf"))), ("0.0", ""))
    for _ in range(2):
        tables.write(file, [one, one])
    book = load_workbook(file)
    assert [len(name) <= 31 for name in book.sheetnames] == [True, True]
    assert [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=4)] == [
        [1.5, None],
        [None] * 2,
    ]
    assert [path.name for path in file.parent.iterdir()] == ["out.xlsx"]
