"""The words: the same keys in both languages, none unused, none missing."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from portfolio.choice.choose import Standing
from portfolio.clinics import Ending
from portfolio.economy.appraisal import USE
from portfolio.economy.cashflow import COST_AND_GAIN
from portfolio.economy.icer import Status
from portfolio.forecast import Source
from portfolio.gates import Verdict
from portfolio.journal import Level, Outcome, Step
from portfolio.journal.chain import Why
from portfolio.journal.order import Standing as Stands
from portfolio.requirements import DIMENSIONS, GATES, PRECONDITIONS, PRINCIPLES
from portfolio.workbook.layout import CHOICES, SHEETS
from sim import builtin
from sim.actor_settings import InnovationSupport, SupportFunctions
from sim.event_settings import EVENT_KINDS
from sim.metrics import STAGES, WhyApart
from sim.network import LAYERS
from sim.observed import Kind
from sim.plugin_check import PROMISES
from sim.scenario import Attributes, Inclusion, Preset, SupportFunctionName
from sim.strategies import REINVENTION, Dose
from studio import texts
from studio.reports.board.grounds import ISPOR
from studio.reports.board.page import PARTS
from studio.reports.grounds import ORDER
from studio.reports.key_figures import KEY_FIGURES
from studio.web.background import Step as Gathered
from studio.web.levers import LEVERS
from studio.web.pages.board import PARTS as BOARD_PARTS
from studio.web.pages.start import STORIES
from studio.web.questions import SLIDERS
from studio.web.runs import STATES

STUDIO = Path(texts.__file__).parents[1]
SOURCES = [p for p in STUDIO.rglob("*") if p.suffix in (".py", ".j2", ".html")]
SCRIPTS = [p for p in STUDIO.rglob("*.js") if "vendor" not in p.parts]
METRICS = [figure.metric for figure in KEY_FIGURES]
BOARD = " ".join(p.read_text(encoding="utf-8") for p in SOURCES if p.parent.name == "board")
COLUMNS = [key for key in texts.load("sv").family("board.column") if f'"{key}"' in BOARD]
"""Headings of the board's tables are named in tuples of keys."""
CAUSES = [
    "influence",
    "clinic_and_innovation",
    "readiness",
    "champion",
    "time",
    "facilitation",
    "other_adoptions",
    "season",
    *("threatened_roles", "patient_voice", "wrong_pocket", "contact_fear", "existing_network", "prerequisites"),
]
"""The causes that `sim.mechanisms.perceive.StartHazard.factors` names, and what changes it."""
HAPPENINGS = ["pandemic", "champions_leave", "coordinator_leaves", "tailwind", "funding_ends", "mandate_lifts"]
"""Events that the stage has a button for."""
NOTES = ["before", "guess", "play", "stop", "after", "honest"]
"""Parts of the presenter notes."""
ACTORS = [actor.name for actor in builtin.innomotor_actors()]
FAMILIES = {
    "actor": ACTORS,
    "actor_here": [name for name in ACTORS if name != "leadership"],
    "actor_choice": [
        *get_args(InnovationSupport.model_fields["rule"].annotation),
        *get_args(SupportFunctions.model_fields["discipline"].annotation),
    ],
    "board": [
        *("place", "places", "net_axis", "value_axis", "threshold_axis", "chance_axis", "budget_axis", "the_plan"),
        *("money_out", "money_in", "net_so_far", "msek_axis", "at_low", "at_high", "flips"),
        *("propose_hold", "propose_gate", "gates_stopped", "gates_promised", "gates_unknown"),
        *("principles_caption", "dimensions_caption", "preconditions_caption"),
        *("principle", "dimension", "precondition"),
        *("cli_html", "cli_pdf", "cli_excel", "pdf_missing", "pdf_failed"),
        *(f"why_clinics_{ending}" for ending in get_args(Ending)),
    ],
    "board.column": COLUMNS,
    "board.budget_kind": ["running", "investment"],
    "board.card_gate": ["no", "by", "unknown"],
    "plot.factor": Attributes.model_fields,
    "board.cheers": [str(item) for item in range(1, 29)],
    "board.cheers_how": ["4", "7", "8", "15", "18", "19", "21", "25", "27", "28"],
    "board.colour": ["green", "orange", "red", "not_judged"],
    "board.coverage": ["root_cause", "group", "stage"],
    "board.how": ["let", "help", "make", "phased"],
    "portfolio.part": ["national", "international"],
    "board.icer_status": get_args(Status),
    "board.ispor": ISPOR,
    "board.ispor_how": ISPOR,
    "board.limit": ["rank_environments", "cause", "clinical", "estimates"],
    "board.part": [key for key, _ in PARTS],
    "board.provenance": ["key", "file", "seed", "draws", "gap", "rounds", "engine", "receipt"],
    "board.quarter": ["1", "2", "3", "4"],
    "board.risk": ["low", "medium", "high"],
    "board.standing": get_args(Standing),
    "apart": get_args(WhyApart),
    "calendar": [str(month) for month in range(1, 13)],
    "cli.origin": ["default", "drawn", "scenario", "uncertain"],
    "event": EVENT_KINDS,
    "event_means": EVENT_KINDS,
    "facts": ["fact", "measured", "effect", "rule", "outcome", "source", "why"],
    "figure": [
        "month",
        "reach_title",
        "sustained_title",
        "reach_axis",
        "sustained_axis",
        "all_use_sustained",
        "cost_axis",
    ],
    "goal": ["reach", "sustained"],
    "inclusion": list(Inclusion),
    "learn": [
        *(f"{what}_{kind}" for what in ("axis", "seen") for kind in get_args(Kind)),
        *(f"{what}_{how}" for what in ("known", "verdict") for how in ("partly", "well")),
        *("verdict_weakly", "fan_before", "fan_after", "fan_seen", "fan_now", "fan_goal"),
        *(f"column_{what}" for what in ("parameter", "median", "range", "range_before", "gone", "verdict", "strategy")),
        *(f"column_{what}" for what in ("reach", "sustained", "cost", "goal", "grade", "worth", "told_from_chance")),
    ],
    "lever": [field.name for field in fields(Dose)],
    "mandate": ["from_month", "deadline_month", "lift_month"],
    "metric": METRICS,
    "metric_means": METRICS,
    "plugins": ["settings", "mechanisms", "actors", "strategies", "metrics", "figures", "parameters"],
    "portfolio.choose": [
        *("initiative", "strategy", "start", "delivered", "source", "standing", "acceptability", "core_index"),
        *("resource", "period", "used", "limit", "share"),
    ],
    "portfolio.function": list(SupportFunctionName),
    "portfolio.input": [USE, *COST_AND_GAIN],
    "portfolio.resource": ["budget_sek", "facilitators_fte", "support_hours", "change_capacity"],
    "portfolio.source": get_args(Source),
    "portfolio.standing": get_args(Standing),
    "portfolio.strategy": ["let", "help", "make", "phased", "plan"],
    "portfolio.test": [*get_args(Ending), "kept", "group", "asked", "usable", "tightest", "fatigue"],
    "portfolio.voi": ["initiative", "input", "evppi", "limited_column", "evpi", "net"],
    "portfolio.criterion": ["difference_made", "internal_scalability", "external_scalability", "learning_scalability"],
    "portfolio.dimension": DIMENSIONS,
    "portfolio.decide": ["stopped", "unknown"],
    "portfolio.fault": get_args(Why),
    "portfolio.follow_up": [
        *("initiative", "period", "seen", "forecast", "band", "crps", "what", "bias", "covered"),
        *("what_adoption", "what_cost_sek"),
    ],
    "portfolio.gate": GATES,
    "portfolio.journal": [
        *("number", "date", "initiative", "what", "who", "reason", "conditions", "snapshot", "recorded_at", "hash"),
    ],
    "portfolio.level": list(Level),
    "portfolio.outcome": list(Outcome),
    "portfolio.step": list(Step),
    "portfolio.precondition": PRECONDITIONS,
    "portfolio.principle": PRINCIPLES,
    "portfolio.rank": [
        "initiative",
        "value",
        "first",
        "expected_place",
        "confidence",
        "bonus",
        "gates",
        "stopped",
        "open",
    ],
    "portfolio.verdict": get_args(Verdict),
    "preset": list(Preset),
    "preset_means": [Preset.LET, Preset.HELP, Preset.MAKE],
    "promise": PROMISES,
    "reinvention": REINVENTION,
    "report.grade": (),
    "stage": STAGES,
    "sweep": [
        "kind_run",
        "kind_sweep",
        "too_much_cpu",
        "too_much_disk",
        "too_much_room",
        "file_changed",
        "file_missing",
    ],
    "time": ["s", "min", "h", "days"],
    "unit": ["months", "hours", "msek", "ksek"],
    "workbook": ["title", "read_me", "lists", "not_in_list", *(f"read_me.{n}" for n in range(4))],
    "workbook.sheet": [sheet.key for sheet in SHEETS],
    "workbook.about_sheet": [sheet.key for sheet in SHEETS],
    "workbook.column": {column.key for sheet in SHEETS for column in sheet.columns},
    "workbook.about": {column.key for sheet in SHEETS for column in sheet.columns},
    "workbook.choice": [f"{name}.{word}" for name, words in CHOICES.items() for word in words],
    "web.board.part": [*BOARD_PARTS, "overview", "meeting"],
    "web.board.stands": get_args(Stands),
    "web.cause": CAUSES,
    "web.check": ["files", "pages", "stories", "alone", "browser"],
    "web.compare": ["curves", "differences", "distribution"],
    "web.debrief": ["happened", "why", "home", "left", "right"],
    "web.event": HAPPENINGS,
    "web.js": ["ahead", "ahead_open", "offline_ready", "offline_now"],
    "web.js.board": ["moved_up", "moved_down"],
    "web.js.board.column": [
        *(
            "place",
            "initiative",
            "value",
            "first",
            "among_first",
            "gates",
            "light",
            "owner",
            "cost",
            "standing",
            "asked",
        ),
        *("stands", "not_met", "decide", "line", "date", "what", "who", "reason"),
    ],
    "web.js.board.do": list(Step),
    "web.js.board.line": ["budget", "capacity"],
    "web.js.curve": ["reach", "sustained"],
    "web.js.dose": [
        "decided",
        "yes",
        "no",
        *(dose for doses in LEVERS.values() for dose in doses if isinstance(dose, str)),
    ],
    "web.js.event": HAPPENINGS,
    "web.js.guess": ["inside", "below", "above"],
    "web.js.lever": LEVERS,
    "web.js.moment": ["tenth", "quarter", "half", "three_quarters"],
    "web.js.state": [*STATES[1:], "champion"],
    "web.js.table": ["reach", "sustained", "differences"],
    "web.js.work": get_args(Gathered),
    "web.js.why": ["timeline", "held_back", "tipped", "advisers", "not_one", "luck", "adviser", "adviser_never"],
    "web.layer": LAYERS,
    "web.nav": ["stage", "compare", "matters", "debrief"],
    "web.notes": NOTES,
    "web.slider": SLIDERS,
    "web.story": [f"{story}.{part}" for story in STORIES for part in ("lesson", *NOTES)],
    "web.table": ["figures", "reach", "sustained", "regions"],
}
"""Keys that are put together from the engine's names."""


def wanted() -> set[str]:
    literal = re.compile(r'["\']([a-z_]+(?:\.[a-zA-Z0-9_]+)+)["\']')
    found = {key for path in SOURCES for key in literal.findall(path.read_text(encoding="utf-8"))}
    said = re.compile(r'say\("([a-z_.]+)"')
    found |= {f"web.js.{key}" for path in SCRIPTS for key in said.findall(path.read_text(encoding="utf-8"))}
    found -= {"web.js"}  # handed to the scripts as a whole
    made = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}
    grades = {f"report.grade_{standing}" for standing in ORDER}
    limits = {f"report.limit_{limit}" for limit in ("clinic", "cause", "clinical", "estimates")}
    known = {key.split(".")[0] for key in texts.load("sv").entries}
    files = (".html", ".css", ".js", ".j2", ".xlsx", ".yaml", ".pdf")
    named = {key for key in found - set(FAMILIES) if key.split(".")[0] in known and not key.endswith(files)}
    return named | made | grades | limits


def test_both_languages_have_the_same_keys():
    """What can be said in one language can be said in the other."""
    assert set(texts.load("sv").entries) == set(texts.load("en").entries)


def test_no_key_is_missing():
    """Every key that the programs ask for is there."""
    assert sorted(wanted() - set(texts.load("sv").entries)) == []


def test_no_key_is_unused():
    """Every text is used somewhere."""
    assert sorted(set(texts.load("sv").entries) - wanted()) == []


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_blanks_are_the_same():
    """A text has the same blanks in both languages."""
    sv, en = texts.load("sv").entries, texts.load("en").entries
    assert {key for key in sv if blanks(sv[key]) != blanks(en[key])} == set()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_text_is_empty_or_has_loose_ends(language):
    """No text is empty or holds two spaces in a row."""
    assert [key for key, text in texts.load(language).entries.items() if not text.strip() or "  " in text] == []


def test_swedish_uses_the_glossary():
    """The binding Swedish terms are there, and those that the glossary forbids are not."""
    everything = " ".join(texts.load("sv").entries.values()).lower()
    for term in ("spridning", "varaktig användning", "återgång", "infört på pappret", "processledare", "vårdens tid"):
        assert term in everything
    for term in ("förändringströtthet", "skillnad mellan enheter", "beslut om obligatoriskt införande", "utmönstring"):
        assert term in everything
    for word in ("mandat", "beredskap", "klinik"):
        assert word not in everything


@pytest.mark.parametrize(
    ("environment", "language"),
    [({}, "en"), ({"LANG": "sv_SE.UTF-8"}, "sv"), ({"LANG": "sv_SE.UTF-8", "LC_ALL": "C"}, "en"), ({"LANG": ""}, "en")],
)
def test_the_locale_chooses_the_language(environment, language):
    """Swedish for a Swedish locale, else English."""
    assert texts.preferred(environment) == language


def test_numbers_are_written_as_the_language_does():
    """Decimal comma and narrow no-break space in Swedish."""
    assert texts.load("sv").numbers.number(-1234.5, 1) == "−1\u202f234,5"
    assert texts.load("en").numbers.number(-1234.5, 1) == "−1,234.5"
    assert texts.load("sv").numbers.percent(0.456) == "46\u00a0%"
    assert texts.load("en").numbers.percent(float("inf")) == "–"
    assert texts.load("en").numbers.number(-0.4) == "0"
