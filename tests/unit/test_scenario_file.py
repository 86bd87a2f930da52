"""Reading a scenario: what is accepted, and that every mistake is told with its file, line, place and remedy."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from json_schema import accepts

from sim import evidence, scenario_file
from sim.errors import Mistake, UserMistakes
from sim.experiment import compare, inputs_of
from sim.scenario_file import ScenarioFile, merged, needed_bytes, read, schema

Write = Callable[..., Path]

LEAST = "innovations: {a: {}}\nstrategies: {let: let_it_happen}\n"

WHOLE = """\
# yaml-language-server: $schema=../scenario.schema.json
# What would it take to bring self-monitoring to all of Sweden?
title: {sv: Egenmonitorering i primärvården, en: Self-monitoring in primary care}
start: 2025-01
months: 60
replicates: 200
seed: 2025
clinics:
  regions: sweden
  kind: primary_care_centre
  capability: {change_leadership: 0.45, technical_regulatory: 0.60}
innovations:
  self_monitoring:
    title: Egenmonitorering
    begins: {region: Östergötland, clinics: 8, stage: using}
    attributes: {relative_advantage: 0.6, compatibility: 0.4, complexity: 0.6, trialability: 0.5, observability: 0.4}
    demands: {technical_regulatory: 0.3, change_leadership: 0.3, measurement: 0.2}
    effort: {trial_hours: 40, adjust_hours: 60, implement_hours: 240}
    obstacles: {it: 40, legal: 8, procurement: 30}
    benefit: {staff_hours_per_month: 18, qaly_per_year: 0.4}
    cost: {licence_sek_per_month: 4_000}
strategies:
  let: let_it_happen
  help:
    use: help_it_happen
    levers: {facilitators_fte: 21, protected_time: 0.02, meeting_places: 1, transition_plan: yes}
  make:
    use: make_it_happen
    levers: {mandate: {from_month: 6, deadline_month: 24, lift_month: 42, scope: [Region Östergötland, Kalmar]}}
  phased:
    phases:
      - {use: let_it_happen, until: {reach: 0.10}}
      - {use: help_it_happen, until: {reach: 0.50, event: funding_ends}}
      - {use: make_it_happen}
events:
  - {month: 14, pandemic: {capacity: 0.4, months: 6}}
  - {month: 36, funding_ends: {transition_plan: no}}
  - {month: 40, mandate_lifts: }
uncertain:
  internalisation: {uniform: [0.0, 0.5]}
  peer_influence: {triangular: [0.24, 0.45, 0.70]}
parameters: {layer_ties: 0.6, layer_region: 0.2, layer_all: 0.2}
goal: {sustained: 0.60, by_month: 48}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files into the folder in which the test runs."""
    monkeypatch.chdir(tmp_path)

    def writer(text: str | bytes, name: str = "a.yaml") -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return writer


def mistakes(path: str | Path, **overrides: Any) -> list[str]:
    """The mistakes of a scenario, as they are shown."""
    with pytest.raises(UserMistakes) as told:
        read(path, overrides)
    assert all(mistake.place and mistake.found and mistake.remedy for mistake in told.value.mistakes)
    assert len(set(told.value.mistakes)) == len(told.value.mistakes)
    return [str(mistake) for mistake in told.value.mistakes]


def test_a_whole_scenario_is_read(write: Write) -> None:
    """Every section, with its short forms, becomes the frozen models."""
    found = read(write(WHOLE))
    scenario = found.scenario
    assert scenario.title.en == "Self-monitoring in primary care"
    assert list(scenario.strategies) == ["let", "help", "make", "phased"]
    assert scenario.innovations["self_monitoring"].begins[0].clinics == 8
    assert scenario.innovations["self_monitoring"].cost.licence_sek_per_month == 4000
    assert scenario.strategies["help"].levers is not None
    assert scenario.strategies["help"].levers.transition_plan is True
    assert scenario.events[2].kind == "mandate_lifts"
    assert found.sources == {"a.yaml": hashlib.sha256(WHOLE.encode()).hexdigest()}
    assert found.inputs == {}
    assert found.clinics is None


def test_the_least_scenario_is_read(write: Write) -> None:
    """An innovation and a strategy are enough."""
    assert read(str(write(LEAST))).scenario.months == 60


# One mistake at a time: what is written, and what must be said of it.

ONE_MISTAKE = [
    ("monts: 3", "a.yaml:3: scenario: unknown key 'monts'. Did you mean 'months'?"),
    ("months: 0", "a.yaml:3: months: 0 is too low. Write a whole number from 1 to 1200"),
    ("months: 1201", "a.yaml:3: months: 1201 is too high."),
    ("months: 2.5", "a.yaml:3: months: 2.5 does not fit here. Write a whole number from 1 to 1200"),
    ("months: true", "a.yaml:3: months: true does not fit here."),
    ("months:", "a.yaml:3: months: there is no value. Write a whole number"),
    ("months: '12'", "Write 12 without quotation marks"),
    ("replicates: 1 000", "Write 1000 without spaces"),
    ("seed: 0o17", "a.yaml:3: seed: '0o17' does not fit here. Write a whole number"),
    ("start: 2025", "a.yaml:3: start: 2025 does not fit here. Write it in quotation marks: '2025'"),
    ("start: 2025-13", "a.yaml:3: start: '2025-13' does not fit here. Write year and month, such as 2025-01"),
    ("title: ''", "a.yaml:3: title: '' is empty. Write a text of 1 to 120 characters"),
    ("title: " + "x" * 121, "is too long. Write a text of 1 to 120 characters"),
    ("title: {sv: Namn}", "a.yaml:3: title: the key 'en' is missing (in English). Write en: Self-monitoring"),
    ("clinics: {kind: Dental Clinic}", "clinics.kind: 'Dental Clinic' does not fit here. Write small letters"),
    ("clinics:\n  regions: swedn", "a.yaml:4: clinics.regions: 'swedn' does not fit here. Did you mean 'sweden'?"),
    ("clinics: {regions: Region Kalmar}", "Write it as a list: [Kalmar]"),
    ("clinics: {regions: 3}", "clinics.regions: 3 does not fit here. Write sweden, a list such as"),
    ("clinics: {regions: []}", "clinics.regions: an empty list does not fit here. Write sweden, a list"),
    ("clinics: {regions: {}}", "clinics.regions: an empty section does not fit here. Write sweden, a list"),
    ("clinics: {regions: {A: 0}}", "clinics.regions.A: 0 is too low. Write a whole number of at least 1"),
    ("clinics: {regions: {'': 3}}", "clinics.regions: a name of 0 characters. Write 1 to"),
    ("clinics: {regions: [3]}", "clinics.regions.1: 3 does not fit here. Write it in quotation marks: '3'"),
    ("clinics: {regions: {csv: 3}}", "clinics.regions.csv: 3 does not fit here. Write the name of a CSV file"),
    ("clinics: {capability: {measurment: 0.4}}", "unknown capability 'measurment'. Did you mean 'measurement'?"),
    ("clinics: {capability: {measurement: 1}}", "1 is too high. Write a number above 0 and below 1"),
    ("network: {generator: complet}", "unknown word 'complet'. Did you mean 'complete'?"),
    ("network: {ties: '4,5'}", "network.ties: '4,5' does not fit here. Write 4.5 with a decimal point"),
    ("events: {month: 3}", "a.yaml:3: events: a section does not fit here. Write a list"),
    ("events:\n  - {month: 3}", "a.yaml:4: events.1: no kind of event. Write exactly one of pandemic"),
    (
        "events: [{pandemic: {capacity: 1, months: 2}}]",
        "events.1: no time of an event. Write exactly one of month, date, reach, rate",
    ),
    ("events: [{month: 3, tailwind: {salience: 1}}]", "events.1.tailwind: the key 'months' is missing (how long)."),
    ("events: [{month: 3, mandate_lifts: {x: 1}}]", "unknown key 'x'. Delete it; this section is empty"),
    ("plugins: {x: 3}", "plugins.x: 3 does not fit here. Write a section of key: value"),
    ("parameters: {peer_influenc: 0.5}", "a.yaml:3: parameters: unknown parameter 'peer_influenc'. Did you mean"),
    ("parameters: {zzzz: 0.5}", "unknown parameter 'zzzz'. Write a name that `innomotor explain` lists"),
    ("uncertain: {known: {uniform: [1, 0]}}", "[1.0, 0.0] is not in rising order. Write the lowest value first"),
    ("uncertain: {known: {uniform: [1]}}", "uniform: a list of 1 is too short. Write a list of 2 numbers"),
    ("uncertain: {known: {uniform: [0, 1, 1]}}", "uniform: a list of 3 is too long. Write a list of 2 numbers"),
    ("uncertain: {known: {}}", "uncertain.known: one distribution is needed. Write uniform:"),
    ("goal: {reach: 60 %, by_month: 12}", "goal.reach: '60 %' does not fit here. Write 0.6"),
    ("goal: {by_month: 12}", "a.yaml:3: goal: a goal without a share. Write reach: or sustained:"),
    ("goal: {reach: 0.5}", "a.yaml:3: goal: the key 'by_month' is missing (month by which). Write by_month: 48"),
    ("mechanisms: {off: [Peer Influence]}", "mechanisms.off.1: 'Peer Influence' does not fit here. Write small"),
]


@pytest.mark.parametrize(("section", "message"), ONE_MISTAKE)
def test_a_mistake_in_a_section_is_told_in_plain_words(write: Write, section: str, message: str) -> None:
    """Each mistake is one message with line, place, what was found and what to write."""
    found = mistakes(write(LEAST + section))
    assert len(found) == 1, found
    assert message in found[0]


INNOVATION = [
    ("3", "a.yaml:2: innovations.b: 3 does not fit here. Write a section with the keys title, begins"),
    ("{begins: {clinics: 3}}", "innovations.b.begins: the key 'region' is missing"),
    ("{begins: {region: Kalmar, clinics: åtta}}", "begins.clinics: 'åtta' does not fit here. Write a number such as 8"),
    ("{begins: {region: Kalmar, clinics: 0}}", "begins.clinics: 0 is too low."),
    ("{begins: {region: Kalmar, clinics: 2.5}}", "begins.clinics: 2.5 does not fit here. Write a number such as 8"),
    ("{begins: {region: Kalmar, clinics: []}}", "begins.clinics: an empty list does not fit here."),
    ("{begins: [{region: Kalmar, clinics: [7]}]}", "begins.1.clinics.1: 7 does not fit here. Write it in quotation"),
    ("{begins: {region: Kalmar, clinics: 2, stage: tested}}", "unknown stage 'tested'. Did you mean 'testing'?"),
    ("{attributes: {relative_advantag: 1}}", "unknown attribute 'relative_advantag'. Did you mean"),
    ("{attributes: {complexity: '0,4'}}", "attributes.complexity: '0,4' does not fit here. Write 0.4 with a decimal"),
    ("{obstacles: {IT: 40}}", "innovations.b.obstacles: unknown support function 'IT'. Did you mean 'it'?"),
    ("{obstacles: {it: -1}}", "innovations.b.obstacles.it: -1 is too low. Write a number of at least 0"),
]


@pytest.mark.parametrize(("value", "message"), INNOVATION)
def test_a_mistake_in_an_innovation_is_told_once(write: Write, value: str, message: str) -> None:
    """A value that may have several forms gives one mistake, not one for each form."""
    found = mistakes(write(f"innovations:\n  b: {value}\nstrategies: {{let: let_it_happen}}\n"))
    assert len(found) == 1, found
    assert message in found[0]


STRATEGY = [
    ("let_it_hapen", "a.yaml:3: strategies.s: unknown preset 'let_it_hapen'. Did you mean 'let_it_happen'?"),
    ("3", "a.yaml:3: strategies.s: 3 does not fit here. Write let_it_happen, help_it_happen"),
    ("{use: help}", "strategies.s.use: unknown preset 'help'."),
    ("{levers: {}}", "strategies.s: a strategy needs either use or phases. Write one of them"),
    ("{levers: {}, phases: [{}]}", "strategies.s: levers beside phases. Write the levers inside the phase"),
    ("{phases: []}", "strategies.s.phases: an empty list is too short. Write a list of 1 to 20 entries"),
    ("{phases: [{until: {}}]}", "strategies.s.phases.1.until: an empty condition. Write reach, month or event"),
    (
        "{use: phased, levers: {protected_tim: 1}}",
        "s.levers: unknown lever 'protected_tim'. Did you mean 'protected_time'?",
    ),
    ("{use: phased, levers: {protected_time: 1}}", "protected_time: 1 is too high. Write a number from 0 to 0.5"),
    ("{use: phased, levers: {transition_plan: perhaps}}", "'perhaps' does not fit here. Write true or false"),
    ("{use: phased, levers: {inclusion: ownershp}}", "unknown word 'ownershp'. Did you mean 'ownership'?"),
    ("{use: phased, levers: {mandate: {scope: 3}}}", "mandate.scope: 3 does not fit here. Write all, or a list of"),
    (
        "{use: phased, levers: {mandate: {scope: Kalmar}}}",
        "mandate.scope: 'Kalmar' does not fit here. Write it as a list",
    ),
]


@pytest.mark.parametrize(("value", "message"), STRATEGY)
def test_a_mistake_in_a_strategy_is_told_once(write: Write, value: str, message: str) -> None:
    """A misspelt preset or lever is met with the right one."""
    found = mistakes(write(f"innovations: {{a: {{}}}}\nstrategies:\n  s: {value}\n"))
    assert len(found) == 1, found
    assert message in found[0]


def test_names_of_innovations_are_plain(write: Write) -> None:
    """A name with capitals or spaces is met with one that may be used."""
    found = mistakes(write("innovations: {Egen-Mätning: {}}\nstrategies: {" + "x" * 61 + ": phased}\n"))
    assert "innovations: the name 'Egen-Mätning' does not fit here" in found[0]
    assert found[0].endswith("such as egen_matning.")
    assert "strategies: a name of 61 characters. Write 1 to 60 characters" in found[1]


def test_missing_sections_are_told(write: Write) -> None:
    """A scenario without innovations or strategies says how to write them."""
    found = mistakes(write("seed: 1\n"))
    assert "a.yaml:1: scenario: the key 'innovations' is missing" in found[0]
    assert "the key 'strategies' is missing" in found[1]


# Contradictions between sections.

BEGINS = "innovations:\n  a:\n    begins:\n      - {%s}\nstrategies: {let: let_it_happen}\n"
PHASES = "innovations: {a: {}}\nstrategies:\n  s:\n    phases: [%s]\n"
MAKE = "innovations: {a: {}}\nstrategies:\n  s: {use: make_it_happen, levers: {mandate: {%s}}}\n"

CONTRADICTIONS = [
    (
        LEAST + "clinics: {regions: [Ostergotland]}",
        "a.yaml:3: clinics.regions.1: unknown region 'Ostergotland'. Did you mean 'Östergötland'?",
    ),
    (LEAST + "clinics: {regions: [Region Vestra Götaland]}", "Did you mean 'Västra Götaland'?"),
    (LEAST + "clinics: {regions: [Zzz]}", "unknown region 'Zzz'. Write one of Stockholm, Uppsala"),
    (
        LEAST + "clinics:\n  regions: [Kalmar, Region Kalmar]",
        "a.yaml:4: clinics.regions.2: 'Region Kalmar' is the same region as 'Kalmar' above",
    ),
    (
        LEAST + "clinics:\n  regions:\n    Kalmar: 3\n    Region Kalmar: 4",
        "a.yaml:6: clinics.regions: 'Region Kalmar' is the same region",
    ),
    (
        BEGINS % "region: Ostergotland, clinics: 8",
        "a.yaml:4: innovations.a.begins.1.region: unknown region 'Ostergotland'. Did you mean 'Östergötland'?",
    ),
    (
        BEGINS % "region: Kalmar, clinics: 8" + "clinics: {regions: [Skåne, Uppsala]}",
        "'Kalmar' is not among the scenario's regions. Add it under clinics: regions:, or write one of Uppsala",
    ),
    (BEGINS % "region: B, clinics: 8" + "clinics: {regions: {A: 9}}", "unknown region 'B'. Write one of A"),
    (
        BEGINS % "region: A, clinics: 10" + "clinics: {regions: {A: 9}}",
        "begins.1.clinics: 10 clinics begin, but A has 9. Write 9 or fewer",
    ),
    (
        BEGINS % "region: A, clinics: 5}, {region: A, clinics: 5".replace("}, {", "}\n      - {")
        + "clinics: {regions: {A: 9}}",
        "a.yaml:5: innovations.a.begins.2.clinics: 10 clinics begin",
    ),
    (
        BEGINS % "region: Kalmar, clinics: [Kalmar 01, Kalmar 01]",
        "begins.1.clinics.2: the clinic 'Kalmar 01' is named twice",
    ),
    (
        BEGINS % "region: Kalmar, clinics: [Berga]",
        "unknown clinic 'Berga' in Kalmar. Write names from Kalmar 01 to Kalmar 29",
    ),
    (
        MAKE % "from_month: 6, deadline_month: 2",
        "mandate.deadline_month: month 2 comes before from_month, 6. Write a month from 6 on",
    ),
    (MAKE % "from_month: 6, lift_month: 2", "mandate.lift_month: month 2 comes before from_month, 6"),
    (
        MAKE % "scope: [Kalmr]",
        "a.yaml:3: strategies.s.levers.mandate.scope.1: unknown region 'Kalmr'. Did you mean 'Kalmar'?",
    ),
    (PHASES % "{use: let_it_happen}, {}", "a.yaml:4: strategies.s.phases.1: the phase has no until. Write when"),
    (PHASES % "{until: {month: 3}}", "strategies.s.phases.1.until: the last phase lasts to the end. Delete until"),
    (PHASES % "{use: phased}", "strategies.s.phases.1.use: phases within a phase. Write let_it_happen"),
    (
        PHASES % "{until: {event: funding_end}}, {}",
        "until.event: unknown event 'funding_end'. Did you mean 'funding_ends'?",
    ),
    (
        PHASES % "{until: {event: funding_ends}}, {}",
        "until.event: the scenario has no event funding_ends. Add it under events:",
    ),
    (PHASES % "{levers: {mandate: {scope: [Kalmr]}}}", "phases.1.levers.mandate.scope.1: unknown region 'Kalmr'"),
    (
        LEAST + "goal: {reach: 0.5, by_month: 61}",
        "a.yaml:3: goal.by_month: month 61 comes after the end, months: 60. Write 60 or less",
    ),
    (
        LEAST + "events: [{month: 60, funding_ends: }]",
        "events.1.month: month 60 comes after the last month, 59 (months: 60, counted from 0)",
    ),
    (
        LEAST + "events: [{month: 6, champions_leave: {region: Kalmr}}]",
        "champions_leave.region: unknown region 'Kalmr'",
    ),
    (
        LEAST + "parameters: {known: 1}\nuncertain:\n  known: {uniform: [0.5, 1]}",
        "a.yaml:5: uncertain: known stands under parameters as well",
    ),
    (
        LEAST + "parameters: {named_ties: 4}\nnetwork: {ties: 5}",
        "a.yaml:3: parameters: named_ties stands beside network: ties",
    ),
    (
        LEAST + "parameters:\n  internalisation: 0.6",
        "a.yaml:4: parameters.internalisation: 0.6 is outside the range 0 to 0.5. Write 0 to 0.5 [1/year]; source: est",
    ),
    (LEAST + "uncertain: {known: {uniform: [-1, 2]}}", "uncertain.known: -1 and 2 are outside the range 0 to 1"),
    (
        LEAST + "parameters: {layer_ties: 0.9}",
        "the layer weights sum to 1.4 and not to 1 (layer_ties 0.9, layer_region 0.3, layer_all 0.2)",
    ),
    (
        LEAST + "uncertain: {layer_all: {uniform: [0, 0.6]}, layer_ties: {uniform: [0.1, 0.5]}}",
        "a.yaml:3: uncertain: the layer weights layer_ties and layer_all may sum to 1.1, and all three sum to 1",
    ),
    (
        LEAST + "clinics: {regions: {A: 1_000_000_000}}",
        "clinics.regions: 1_000_000_000 clinics. Write at most 2_000_000",
    ),
    (
        LEAST + "replicates: 1_000_000\nmonths: 1200",
        "a.yaml:3: replicates: the run needs 179 GiB of memory, more than 16",
    ),
    (LEAST + "clinics: {regions: {A: 2_000_000}}\nreplicates: 50_000\nmonths: 600", "clinic-months, more than 1e+13"),
]


@pytest.mark.parametrize(("text", "message"), CONTRADICTIONS)
def test_a_contradiction_is_told_where_it_stands(write: Write, text: str, message: str) -> None:
    """What fits each model but not the rest of the scenario is refused, with the line and what to write."""
    assert any(message in mistake for mistake in mistakes(write(text))), mistakes("a.yaml")


@pytest.mark.parametrize("name", [name for name, estimate in evidence.defaults().items() if estimate.used])
def test_every_parameter_may_be_drawn(write: Write, name: str) -> None:
    """Any parameter may be a distribution within its range."""
    low, high = evidence.defaults()[name].low, evidence.defaults()[name].high
    assert read(write(LEAST + f"uncertain: {{{name}: {{uniform: [{low}, {high}]}}}}")) or low == high


def test_too_many_clinics_are_told_among_other_mistakes(write: Write) -> None:
    """A mistake elsewhere does not hide that no computer holds so many clinics."""
    told = mistakes(write(LEAST + "clinics: {regions: {A: 1_000_000_000}}\nmonths: 0"))
    assert any("1_000_000_000 clinics" in mistake for mistake in told)
    assert any("0 is too low" in mistake for mistake in told)


def test_two_innovations_may_begin_in_the_same_clinic(write: Write) -> None:
    """A clinic may have two innovations; only the same innovation is not named for it twice."""
    begins = "{begins: {region: Kalmar, clinics: [Kalmar 01]}}"
    assert read(write(f"innovations: {{a: {begins}, b: {begins}}}\nstrategies: {{let: let_it_happen}}\n"))


def test_layer_weights_that_sum_to_one_are_accepted(write: Write) -> None:
    """Weights may be set as long as the three sum to 1."""
    assert read(write(LEAST + "parameters: {layer_ties: 0.4, layer_region: 0.4}"))


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(write: Write) -> None:
    """Mistakes of a value, of a key and between sections come in one go."""
    text = "months: 12\nreplicate: 3\ninnovations: {a: {begins: {region: Kalmr, clinics: 2}}}\nseed: -1\n"
    text += "strategies: {let: let_it_hapen}\ngoal: {reach: 0.5, by_month: 48}\nparameters: {layer_all: 0.9}\n"
    found = mistakes(write(text))
    assert [line.split(" ")[0] for line in found] == [f"a.yaml:{line}:" for line in (2, 3, 4, 5, 6, 7)]


def test_a_broken_section_does_not_start_false_alarms(write: Write) -> None:
    """What depends on a section that cannot be read is not judged."""
    found = mistakes(
        write(LEAST + "months: long\ngoal: {reach: 0.5, by_month: 61}\nevents: [{month: 70, funding_ends: }]")
    )
    assert len(found) == 1


# Files.


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("b.yaml", "b.yaml: file: there is no such file. Did you mean 'a.yaml'?"),
        ("nowhere/at/all.yaml", "nowhere/at/all.yaml: file: there is no such file. Check the name of the folder"),
        (".", ".: file: it is a folder. Write the name of a YAML file in it"),
        ("a\0.yaml", "a\\x00.yaml: file: "),
        ("x" * 5000, "file: it cannot be read. Write the name of a YAML file"),
        ("pipe", "pipe: file: it is not an ordinary file"),
        ("large.yaml", "large.yaml: file: more than 1024 KiB"),
        ("empty.yaml", "empty.yaml:1: scenario: the file is empty. Write a scenario"),
        ("list.yaml", "list.yaml:1: scenario: a list where sections belong"),
        ("latin.yaml", "latin.yaml:1: text: the byte 0xe5 is not UTF-8"),
        ("broken.yaml", "broken.yaml:2: text: a tab at the beginning of a line. Indent with spaces"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(write: Write, path: str, message: str) -> None:
    """Missing, unreadable, too large and foreign files are mistakes, not crashes."""
    write(LEAST)
    write("x" * (2 << 20), "large.yaml")
    write("", "empty.yaml")
    write("- a\n", "list.yaml")
    write("title: å".encode("latin-1"), "latin.yaml")
    write("title:\n\tsv: x", "broken.yaml")
    os.mkfifo("pipe")
    (found,) = mistakes(path)
    assert message in found


def test_a_file_that_may_not_be_read_is_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without the right to read it is a mistake with what to do."""
    path = write(LEAST)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refused)
    assert mistakes(path) == ["a.yaml: file: you may not read it. Ask its owner for the right to read it, or copy it."]


def test_a_scenario_builds_on_another(write: Write) -> None:
    """Sections are merged key by key, all else is replaced, null takes a key away, and every file is known."""
    write("goal: {reach: 0.5, by_month: 12}\nseed: 7\nnetwork: {ties: 3}\n" + LEAST, "bases/base.yaml")
    write("extends: base.yaml\ngoal: {by_month: 24}\nseed: 8\n", "bases/middle.yaml")
    top = write(
        "extends: bases/middle.yaml\nnetwork: null\ngoal: {reach: null, sustained: 0.4}\n"
        "strategies: {help: help_it_happen}\n"
    )
    found = read(top)
    assert found.scenario.goal is not None
    assert (found.scenario.goal.reach, found.scenario.goal.sustained, found.scenario.goal.by_month) == (None, 0.4, 24)
    assert found.scenario.seed == 8
    assert found.scenario.network.ties is None
    assert list(found.scenario.strategies) == ["let", "help"]
    assert list(found.sources) == ["a.yaml", "bases/base.yaml", "bases/middle.yaml"]


def test_merging_leaves_its_arguments_alone() -> None:
    """A merge makes a new section."""
    base = {"a": {"b": 1}, "list": [1, 2]}
    assert merged(base, {"a": {"c": 2, "d": None}, "list": [3]}) == {"a": {"b": 1, "c": 2}, "list": [3]}
    assert base == {"a": {"b": 1}, "list": [1, 2]}


def test_mistakes_point_into_the_file_that_has_them(write: Write) -> None:
    """A mistake in an extended file is told with that file's name and line."""
    write(LEAST + "goal: {reach: 2, by_month: 12}\nmonths: 0\n", "base.yaml")
    found = mistakes(write("extends: base.yaml\nmonths: 12\ngoal: {sustained: 3}\n"))
    assert found[0].startswith("a.yaml:3: goal.sustained: 3 is too high")
    assert found[1].startswith("base.yaml:3: goal.reach: 2 is too high")
    assert len(found) == 2


UNSAFE = [
    "../b.yaml",
    "/b.yaml",
    "sub/../../b.yaml",
    "C:b.yaml",
    "'sub\\b.yaml'",
    "~/b.yaml",
    "link.yaml",
    "[b.yaml]",
    "''",
]


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("form", ["extends: %s\n" + LEAST, LEAST + "clinics: {regions: {csv: %s}}"])
def test_nothing_leads_out_of_the_folder(write: Write, name: str, form: str) -> None:
    """What a scenario names lies in its own folder; upward, absolute, drive and linked names are refused."""
    write("region,clinic\nKalmar,Berga\n", "b.yaml")
    write(LEAST, "inside/x.yaml")
    Path("inside/link.yaml").symlink_to("../b.yaml")
    found = mistakes(write(form % name, "inside/a.yaml"))
    assert len(found) == 1
    assert found[0].startswith(("inside/a.yaml:1: extends: ", "inside/a.yaml:3: clinics.regions.csv: "))


def test_a_name_with_a_nul_is_refused(write: Write) -> None:
    """A character that ends names in the operating system never reaches it."""
    assert "U+0000" in mistakes(write('extends: "b\\0.yaml"\n' + LEAST))[0]


def test_a_folder_that_is_itself_a_link_is_no_mistake(write: Write) -> None:
    """Only what leads out of the scenario's folder is refused."""
    write(LEAST, "real/b.yaml")
    write("extends: b.yaml\n", "real/a.yaml")
    Path("linked").symlink_to("real")
    assert read("linked/a.yaml").scenario.strategies


def test_circles_and_endless_chains_are_refused(write: Write) -> None:
    """Files that build on one another end after at most eight."""
    assert "'b.yaml' builds on this file in turn" in mistakes(
        [write("extends: a.yaml\n", "b.yaml"), write("extends: b.yaml\n")][1]
    )[0].replace("'a.yaml'", "'b.yaml'")
    for number in range(10):
        write(f"extends: c{number + 1}.yaml\n", f"c{number}.yaml")
    (found,) = mistakes("c0.yaml")
    assert found.startswith("c8.yaml:1: extends: more than 8 files that build on one another")
    write(LEAST, "c8.yaml")
    assert read("c0.yaml")


def test_an_extended_file_that_is_missing_is_told(write: Write) -> None:
    """The missing file is named as the scenario names it."""
    write(LEAST, "base.yaml")
    assert mistakes(write("extends: bse.yaml\n")) == [
        "a.yaml:1: extends: 'bse.yaml': there is no such file. Did you mean 'base.yaml'?"
    ]


CUT = [
    ("extends: bse.yaml", "a.yaml:1: extends: 'bse.yaml': there is no such file"),
    ("extends: 3", "a.yaml:1: extends: 3 where the name of a file belongs"),
    ("extends: ../base.yaml", "a.yaml:1: extends: '../base.yaml', which leads upwards"),
    ("extends: a.yaml", "a.yaml:1: extends: 'a.yaml' builds on this file in turn"),
    ("extends: twice.yaml", "twice.yaml:2: seed: "),
]


@pytest.mark.parametrize(("first", "told"), CUT)
def test_a_mistake_in_extends_hides_no_other(write: Write, first: str, told: str) -> None:
    """What the file itself says is judged all the same: types, names, ranges, lists and phases."""
    write("seed: 1\nseed: 2\n", "twice.yaml")
    text = (
        f"{first}\nmonts: 12\ngoal: {{sustained: 3}}\nparameters: {{wage: 1}}\n"
        "strategies: {s: {phases: [{use: let_it_happen}, {use: make_it_happen}]}}\n"
        "events: [{pandemic: {capacity: 1}}]\n"
    )
    found = mistakes(write(text))
    assert [one for one in found if one.startswith(told)]
    starts = ("2: unknown key", "3: goal.sustained: 3 is too high", "4: parameters.wage: 1 is outside")
    starts += ("5: strategies.s.phases.1: the phase has no until", "6: events.1.pandemic: the key 'months' is missing")
    assert len(found) >= 1 + len(starts)
    for start in starts:
        assert [one for one in found if start in one.replace("scenario: unknown", "unknown")], start


@pytest.mark.parametrize(
    "line", ["goal: {by_month: 90}", "strategies: {s: {levers: {training: 1}}}", "clinics: {kind: x}"]
)
def test_what_may_stand_in_a_file_that_is_missing_is_not_missed(write: Write, line: str) -> None:
    """Without the file that it builds on, nothing is said to be missing or to contradict what may stand there."""
    (found,) = mistakes(write(f"extends: bse.yaml\n{line}\nevents: [{{month: 80, mandate_lifts: {{}}}}]\n"))
    assert found.startswith("a.yaml:1: extends: ")


def test_the_users_own_clinics_are_read(write: Write) -> None:
    """The rows come with the scenario, beside the digest of their file."""
    raw = "region,clinic\nKalmar,Berga\nKalmar,Lindsdal\n"
    write(raw, "our.csv")
    text = LEAST.replace("a: {}", "a: {begins: {region: Region Kalmar, clinics: [Berga]}}")
    found = read(write(text + "clinics: {regions: {csv: our.csv}}"))
    assert [row.name for row in found.clinics or ()] == ["Berga", "Lindsdal"]
    assert found.inputs == {"our.csv": hashlib.sha256(raw.encode()).hexdigest()}


def test_a_comment_changes_the_sources_but_not_what_the_answer_rests_on(write: Write) -> None:
    """The scenario is in the content key as resolved values, so its YAML files are not inputs."""
    write("region,clinic\nKalmar,Berga\n", "our.csv")
    text = LEAST + "clinics: {regions: {csv: our.csv}}\n"
    plain, commented = read(write(text)), read(write("# Why?\n" + text))
    assert plain.sources != commented.sources
    assert inputs_of(plain) == inputs_of(commented)
    assert sorted(inputs_of(plain)) == ["our.csv", "parameters.yaml"]
    assert plain.scenario == commented.scenario


def test_mistakes_about_the_users_own_clinics_are_told(write: Write) -> None:
    """Clinics that are not in the file, and more than there are, are refused; so is a missing or broken file."""
    write("region,clinic\nKalmar,Berga\n", "our.csv")
    csv = "clinics: {regions: {csv: our.csv}}"
    begins = "region: Kalmar, clinics: [Bergaa]}\n      - {region: Kalmar, clinics: 1"
    found = mistakes(write(BEGINS % begins + csv))
    assert "unknown clinic 'Bergaa' in Kalmar. Did you mean 'Berga'?" in found[0]
    assert "2 clinics begin, but Kalmar has 1" in found[1]
    assert (
        "there is no file 'ours.csv'. Did you mean 'our.csv'?" in mistakes(write(LEAST + csv.replace("our", "ours")))[0]
    )
    write("region\nKalmar\n", "our.csv")
    assert any(line.startswith("our.csv:1:") for line in mistakes(write(LEAST + csv)))


@pytest.mark.parametrize(
    ("remedy", "end"),
    [("Write 3", "x. Write 3."), ("Write 3.", "x. Write 3."), ("Did you mean 3?", "x. Did you mean 3?"), ("", "x.")],
)
def test_every_mistake_ends_as_a_sentence(remedy: str, end: str) -> None:
    """A message ends with one full stop or question mark, however the remedy was written."""
    assert str(Mistake("months", "x", remedy, "a.yaml", 3)) == f"a.yaml:3: months: {end}"


@pytest.mark.parametrize(
    "section",
    [
        "strategies: {s: {use: make_it_happen, levers: {mandate: {from_month: 1, scope: [%s]}}}}\n",
        "strategies: {s: help_it_happen}\nevents: [{month: 3, champions_leave: {region: %s, share: 1}}]\n",
    ],
)
def test_a_region_means_the_same_however_it_is_written(write: Write, section: str) -> None:
    """A mandate or an event may name a region with or without the word Region."""
    text = "months: 12\nreplicates: 12\nclinics: {regions: {Kalmar: 6, Östergötland: 6}}\n"
    text += "innovations: {a: {begins: {region: Region Östergötland, clinics: 3}}}\n" + section
    short, long, other = (
        compare(read(write(text % name)), threads=1).strategies["s"].curves
        for name in ("Östergötland", "Region Östergötland", "Kalmar")
    )
    assert all(np.array_equal(short[name], long[name]) for name in short)
    assert not all(np.array_equal(short[name], other[name]) for name in short)


# Options.


def test_options_take_the_place_of_what_the_file_says(write: Write) -> None:
    """Months, replicates, seed and strategies may come from the command line; what is not given stays."""
    options = {"months": 24, "replicates": 5, "seed": 0, "strategies": ["phased", "let"]}
    scenario = read(
        write(
            WHOLE.replace("by_month: 48", "by_month: 12")
            .replace("month: 36", "month: 20")
            .replace("month: 40", "month: 21")
        ),
        options,
    ).scenario
    assert (scenario.months, scenario.replicates, scenario.seed) == (24, 5, 0)
    assert list(scenario.strategies) == ["let", "phased"]
    assert read(write(WHOLE), {"months": None, "strategies": []}).scenario.months == 60


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"months": 0}, "--months: 0 is too low. Write a whole number from 1 to 1200"),
        ({"seed": "x"}, "--seed: 'x' does not fit here. Write a whole number"),
        ({"strategies": ["lett"]}, "--strategies: unknown strategy 'lett'. Did you mean 'let'?"),
        ({"month": 3}, "--month: no such option. Write one of --months"),
        ({"replicates": 10**6, "months": 1200}, "--replicates: the run needs 179 GiB"),
    ],
)
def test_mistakes_in_options_name_the_option(write: Write, options: Mapping[str, Any], message: str) -> None:
    """A mistake on the command line is not blamed on the file."""
    found = mistakes(write(LEAST + "goal: {reach: 0.5, by_month: 30}\n"), **options)
    assert len(found) == 1, found
    assert found[0].startswith(message)


def test_a_question_cut_short_leaves_out_what_comes_after(write: Write) -> None:
    """With fewer months on the command line, a later goal and later events are left out; the file itself is refused."""
    text = LEAST + "goal: {reach: 0.5, by_month: 30}\nevents:\n- {month: 5, mandate_lifts: {}}\n"
    text += "- {month: 25, tailwind: {salience: 1, months: 2}}\n"
    cut = read(write(text), {"months": 20}).scenario
    assert cut.goal is None
    assert [event.month for event in cut.events] == [5]
    whole = read(write(text)).scenario
    assert whole.goal is not None
    assert len(whole.events) == 2
    assert len(mistakes(write(text + "months: 20\n"))) == 2


def test_fewer_strategies_need_less(write: Write) -> None:
    """A run that is too large for all strategies may fit one of them."""
    text = LEAST.replace("let: let_it_happen", "let: let_it_happen, help: help_it_happen, make: make_it_happen")
    path = write(text + "replicates: 60_000\nmonths: 1200\n")
    assert "Lower replicates" in mistakes(path)[0]
    assert list(read(path, {"strategies": ["let"]}).scenario.strategies) == ["let"]


def test_memory_grows_with_every_factor() -> None:
    """State is 200 bytes per clinic and innovation, results 20 numbers per month, replicate and strategy."""
    assert needed_bytes(1000, 60, 200, 2, 3) == 1000 * 2 * 200 + 200 * 60 * 20 * 8 * 3


# The schema for editors.


EDITED = [
    ("title: Egenmätning", True),
    ("extends: base.yaml", True),
    ("extends: base.yaml\nnetwork: null\ngoal: {reach: null}", True),
    ("extends: base.yaml\nmonts: 3", False),
    ("extends: base.yaml\nmonths: long", False),
    ("extends: base.yaml\nstrategies: {let: null, s: {levers: {training: 1}}}", True),
    (WHOLE, True),
    (LEAST, True),
    (LEAST + "monts: 3", False),
    (LEAST + "title: 3", False),
    (LEAST + "clinics: {regions: [Kalmar]}", True),
    (LEAST + "clinics: {regions: {Kalmar: 8}}", True),
    (LEAST + "clinics: {regions: {csv: our.csv}}", True),
    ("innovations: {a: {begins: [{region: Kalmar, clinics: [Kalmar 01]}]}}\nstrategies: {let: phased}", True),
    ("innovations: {a: {begins: {region: Kalmar, clinics: 3}}}\nstrategies: {let: phasd}", False),
    ("innovations: {a: {begins: {region: Kalmar}}}\nstrategies: {let: phased}", False),
]


@pytest.mark.parametrize(("text", "right"), EDITED[1:])
def test_editors_accept_what_is_accepted_and_no_misspelling(text: str, *, right: bool) -> None:
    """The schema knows the short forms, extends and the names of keys."""
    data = scenario_file.safe_yaml.load(text, file="a.yaml").data
    assert accepts(schema(), data, schema()) is right


def test_the_schema_explains_every_key() -> None:
    """Editors show what each key means."""
    parts = schema()["$defs"]
    unexplained = [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, rule in part.get("properties", {}).items()
        if "description" not in rule
    ]
    assert not unexplained
    assert parts["Scenario"]["properties"]["months"]["description"] == "How many months to look ahead."


# Whatever a file holds.

LINES = [line for line in WHOLE.splitlines() if line and not line.startswith("#")]
MANGLED = st.lists(
    st.sampled_from([*LINES, "3", "- x", "  - 1", "extends: a.yaml", "seed: {}", "title: [1]"]), max_size=30
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["use", "levers", "csv", "x", ""]), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(["title", "clinics", "innovations", "strategies", "events", "uncertain", "goal", "plugins", "x"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text() | MANGLED.map("\n".join))
@example(text="extends: a.yaml")
def test_whatever_a_file_holds_nothing_but_mistakes_is_raised(write: Write, text: str) -> None:
    """Any text is a scenario, or its mistakes are told."""
    assert isinstance(_read_or_told(write(text.encode("utf-8", "surrogatepass"))), ScenarioFile | list)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(KEYS, PLAIN, max_size=4))
def test_whatever_a_section_holds_nothing_but_mistakes_is_raised(write: Write, data: dict[str, Any]) -> None:
    """Any value in any section is accepted, or its mistakes are told."""
    assert isinstance(_read_or_told(write(json.dumps(data))), ScenarioFile | list)


def _read_or_told(path: Path) -> ScenarioFile | list[Mistake]:
    try:
        return read(path)
    except UserMistakes as told:
        return list(told.mistakes)


def test_regions_and_distributions_are_replaced_whole(write: Write) -> None:
    """What is one value though it has keys is not mixed from two files."""
    write(LEAST + "uncertain: {peer_influence: {uniform: [0.3, 0.5]}}\n", "base.yaml")
    text = "extends: base.yaml\nclinics: {regions: {Umeå: 5}}\n"
    text += "uncertain: {peer_influence: {triangular: [0.3, 0.4, 0.5]}}\n"
    found = read(write(text)).scenario
    assert found.clinics.regions == {"Umeå": 5}
    assert found.uncertain["peer_influence"].uniform is None
