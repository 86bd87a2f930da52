"""How a portfolio lies in a workbook: which sheets there are, which columns, and where in the file each belongs.

A sheet's ``place`` is a path in the portfolio's YAML with blanks that the row fills in from its key columns; a column's
``path`` goes on from there. Template, import and export all follow from this one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "number", "whole", "share", "choice", "flag", "name", "month", "quarter", "names", "labels", "numbers"
]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or one line of a sheet of single values."""

    key: str
    """Names its heading and explanation."""
    path: Path = ()
    """Where its value belongs, from the row's place on."""
    kind: Kind = "text"
    choices: str = ""
    """Name of a list of choices, or ``@sheet`` for the names that another sheet gives."""
    optional: bool = False
    """A key column that may be left empty; the step is then left out of the row's place."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet."""

    key: str
    place: Path
    columns: tuple[Column, ...]
    single: bool = False
    """One value to a line, without rows of their own."""

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that fill in the place, in its order."""
        blanks = [step[1:-1] for step in self.place if step.startswith("{")]
        return tuple(next(column for column in self.columns if column.key == blank) for blank in blanks)

    @property
    def values(self) -> tuple[Column, ...]:
        """The other columns."""
        keys = self.keys
        return tuple(column for column in self.columns if column not in keys)


def _both(key: str) -> tuple[Column, Column]:
    """A text in Swedish and English."""
    return Column(f"{key}_sv", (key, "sv")), Column(f"{key}_en", (key, "en"))


def _amount(prefix: str = "", *path: str) -> tuple[Column, ...]:
    """A number and how sure it is."""
    ends = tuple(Column(f"{prefix}{end}", (*path, end), "number") for end in ("low", "likely", "high"))
    return (*ends, Column(f"{prefix}shape", (*path, "shape"), "choice", "shape"))


def _key(key: str, choices: str = "", kind: Kind = "name", *, optional: bool = False) -> Column:
    return Column(key, (), kind, choices, optional)


def _ramp(*path: str) -> tuple[Column, ...]:
    bass = tuple(Column(f"bass_{part}", (*path, "ramp", "bass", part), "number") for part in ("p", "q", "ceiling"))
    return (*bass, Column("by_hand", (*path, "ramp", "by_hand"), "numbers"))


_INITIATIVE = _key("initiative", "@initiatives")
_JUDGEMENT = (
    Column("colour", ("colour",), "choice", "colour"),
    Column("reason", ("reason",)),
    Column("line", ("line",)),
)
_REGULATIONS = ("mdr", "ivdr", "ai_act", "nis2", "gdpr")

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "portfolio",
        (),
        (
            *_both("title"),
            *_both("note"),
            Column("years", ("years",), "numbers"),
            Column("horizon_years", ("horizon_years",), "whole"),
            Column("discount_rate", ("discount_rate",), "number"),
            Column("sek_per_qaly", ("thresholds", "sek_per_qaly"), "numbers"),
            Column("qaly_used", ("thresholds", "used"), "number"),
            Column("qaly_source", ("thresholds", "source")),
            Column("doubt_weights", ("doubt", "weights"), "choice", "doubt"),
            Column("same_initiative", ("doubt", "same_initiative"), "number"),
            Column("same_criterion", ("doubt", "same_criterion"), "number"),
            Column("draws", ("doubt", "draws"), "whole"),
            Column("seed", ("seed",), "whole"),
            Column("requirements", ("requirements",), "names"),
            Column("plugins", ("plugins",), "names"),
        ),
        single=True,
    ),
    Sheet(
        "initiatives",
        ("initiatives", "{initiative}"),
        (
            _key("initiative"),
            *_both("title"),
            *_both("about"),
            Column("owner", ("owner",)),
            Column("stage", ("stage",), "choice", "stage"),
            Column("must", ("must",), "choice", "must"),
            Column("earliest", ("earliest",), "quarter"),
            Column("latest", ("latest",), "quarter"),
            Column("scenario", ("benefit", "scenario")),
            Column("innovation", ("benefit", "innovation"), "name"),
            Column("patients_per_year", ("benefit", "patients_per_year"), "number"),
            *_ramp("benefit"),
            Column("depreciation_years", ("cost", "depreciation_years"), "whole"),
            Column("facilitators_fte", ("cost", "facilitators_fte"), "number"),
            Column("facilitators_years", ("cost", "facilitators_years"), "number"),
            Column("change_hours_per_clinic", ("cost", "change_hours_per_clinic"), "number"),
            Column("external_funding", ("bonus", "external_funding"), "flag", "flag"),
            Column("shared_resources", ("bonus", "shared_resources"), "flag", "flag"),
            Column("outside_interest", ("bonus", "outside_interest"), "choice", "interest"),
            Column("excludes", ("excludes",), "names"),
            Column("pays", ("pays",)),
            Column("gains", ("gains",)),
            Column("budget", ("budget",), "choice", "budget"),
            Column("procurement_route", ("procurement", "route")),
            Column("procurement_risk", ("procurement", "risk"), "choice", "risk"),
            *(Column(name, ("regulatory", name)) for name in _REGULATIONS),
            Column("root_causes", ("root_causes",), "labels"),
            Column("alternative", ("alternative",)),
        ),
    ),
    Sheet(
        "gates",
        ("initiatives", "{initiative}", "gates", "{gate}"),
        (
            _INITIATIVE,
            _key("gate", "gate"),
            Column("answer", ("answer",), "choice", "answer"),
            Column("by", ("by",), "month"),
            Column("reason", ("reason",)),
        ),
    ),
    Sheet(
        "criteria",
        ("criteria", "{criterion}"),
        (
            _key("criterion"),
            *_both("title"),
            *_both("about"),
            Column("weight", ("weight",), "number"),
            Column("rank", ("rank",), "whole"),
            Column("scale_low", ("scale", "low"), "number"),
            Column("scale_high", ("scale", "high"), "number"),
            Column("better", ("better",), "choice", "better"),
        ),
    ),
    Sheet(
        "scores",
        ("initiatives", "{initiative}", "scores", "{criterion}"),
        (_INITIATIVE, _key("criterion", "@criteria"), *_amount()),
    ),
    Sheet(
        "amounts",
        ("initiatives", "{initiative}", "{item}"),
        (_INITIATIVE, _key("item", "item", "choice"), *_amount()),
    ),
    Sheet(
        "limits",
        ("limits", "{resource}", "{year}"),
        (
            _key("resource", "resource", "choice"),
            _key("year", kind="whole", optional=True),
            Column("amount", (), "number"),
        ),
    ),
    Sheet(
        "groups",
        ("groups", "{group}"),
        (
            _key("group"),
            *_both("title"),
            Column("clinics", ("clinics",), "whole"),
            Column("scenario", ("scenario",)),
        ),
    ),
    Sheet(
        "capacity",
        ("limits", "change_capacity", "{group}", "{year}"),
        (_key("group", "@groups"), _key("year", kind="whole", optional=True), Column("hours", (), "number")),
    ),
    Sheet(
        "clinics",
        ("initiatives", "{initiative}", "clinics", "{group}"),
        (_INITIATIVE, _key("group", "@groups"), Column("clinics", (), "whole")),
    ),
    Sheet(
        "support",
        ("initiatives", "{initiative}", "cost", "{support}", "{function}"),
        (
            _INITIATIVE,
            _key("support", "support", "choice"),
            _key("function", "function", "choice"),
            Column("hours", (), "number"),
        ),
    ),
    Sheet(
        "strategies",
        ("initiatives", "{initiative}", "strategies", "{strategy}"),
        (
            _INITIATIVE,
            _key("strategy"),
            *_both("title"),
            *_ramp(),
            *_amount("fixed_", "fixed_sek"),
            *_amount("yearly_", "per_year_sek"),
            Column("facilitators_fte", ("facilitators_fte",), "number"),
        ),
    ),
    Sheet(
        "requires",
        ("initiatives", "{initiative}", "requires", "{other}"),
        (_INITIATIVE, _key("other", "@initiatives"), Column("quarters", (), "whole")),
    ),
    Sheet(
        "synergy",
        ("initiatives", "{initiative}", "synergy", "{other}"),
        (
            _INITIATIVE,
            _key("other", "@initiatives"),
            Column("synergy_value", ("value",), "number"),
            Column("reason", ("reason",)),
        ),
    ),
    Sheet(
        "value_points",
        ("criteria", "{criterion}", "value", "{score}"),
        (_key("criterion", "@criteria"), _key("score", kind="number"), Column("worth", (), "share")),
    ),
    Sheet(
        "evidence",
        ("initiatives", "{initiative}", "evidence", "{ground}"),
        (_INITIATIVE, _key("ground"), Column("reason")),
    ),
    Sheet(
        "preconditions",
        ("preconditions", "{initiative}", "{precondition}"),
        (_INITIATIVE, _key("precondition", "precondition"), *_JUDGEMENT),
    ),
    Sheet(
        "environments",
        ("environments", "{environment}"),
        (_key("environment"), *_both("title"), Column("inclusion", ("inclusion",), "choice", "inclusion")),
    ),
    Sheet(
        "environment_lights",
        ("environments", "{environment}", "{area}", "{subject}"),
        (_key("environment", "@environments"), _key("area", "area", "choice"), _key("subject", "subject"), *_JUDGEMENT),
    ),
)
"""Every sheet, in the order in which a board fills them in."""

OFTEN = ("portfolio", "initiatives", "gates", "criteria", "scores", "amounts", "limits")
"""The sheets that every portfolio needs; the others are for those who want them."""

CHOICES: dict[str, tuple[str, ...]] = {
    "stage": ("idea", "pilot", "introduction", "operation"),
    "must": ("started", "decided"),
    "answer": ("yes", "no", "unknown", "by"),
    "flag": ("yes", "no"),
    "shape": ("triangular", "pert", "uniform", "normal"),
    "better": ("more", "less"),
    "doubt": ("none", "around", "order", "ignorance"),
    "interest": ("none", "local", "regional", "national", "international"),
    "budget": ("running", "investment"),
    "risk": ("low", "medium", "high"),
    "colour": ("green", "orange", "red", "not_judged"),
    "inclusion": ("passive", "information", "consultation", "functional", "interactive", "ownership"),
    "area": ("principles", "dimensions"),
    "support": ("support_hours", "support_hours_per_clinic"),
    "function": ("it", "medtech", "legal", "procurement", "finance", "premises"),
    "resource": (
        "budget_sek",
        "facilitators_fte",
        *(f"support_hours.{name}" for name in ("it", "medtech", "legal", "procurement", "finance", "premises")),
    ),
    "item": (
        *(f"cost.{name}" for name in ("fixed_sek", "per_clinic_sek", "per_year_sek", "per_clinic_year_sek")),
        *(f"benefit.per_year.{name}" for name in ("qaly", "revenue_sek", "saved_sek", "freed_hours")),
    ),
}
"""Words of the file that a drop-down offers in the reader's language; a dot leads one step further down."""

OPEN_CHOICES = ("gate", "precondition", "subject")
"""Lists of names that may be added to; their words are given by the caller."""
