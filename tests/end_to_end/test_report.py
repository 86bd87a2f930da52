"""The report: one page that needs nothing else, says what the numbers say, and is fit to be shown."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.conclusions import Assumptions
from sim.metrics import METRICS, STAGES, Comparison, EqualBudget
from studio import texts
from studio.reports import answer, key_figures, page, pictures, words
from tests import synthetic

CASES = {
    "four": synthetic.comparison,
    "one": synthetic.one_strategy,
    "two": synthetic.two_innovations,
    "slow": synthetic.slow,
    "equal": lambda: synthetic.answer_to(synthetic.comparison().scenario, equal_budget=24e6),
    "many": lambda: synthetic.comparison(strategies={f"s{i}": "help_it_happen" for i in range(7)}),
}
NOT_SCALED = ("let", "make")
VOID = {"meta", "img", "br", "hr", "link", "input"}


class Reading(HTMLParser):
    """What a browser would see."""

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


def report(comparison: Comparison, language: texts.Language, folder: Path) -> str:
    page.write(folder, comparison, texts.load(language))
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_page_is_whole_and_needs_nothing_else(case, language, tmp_path):
    """Well-formed, in its language, headed, captioned, with alternative texts; no script, no request to anywhere."""
    text = report(CASES[case](), language, tmp_path)
    read = Reading(text)
    assert read.all("html") == [{"lang": language}]
    assert len(read.all("h1")) == 1
    assert len(read.all("table")) == len(read.all("caption"))
    assert all(image["alt"] and len(image["alt"]) > 20 for image in read.all("img"))
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in read.all("img"))
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in read.tags}
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']?\s*(?:https?:)?//|url\(|@import|https?://", text)
    assert all(th.get("scope") for th in read.all("th"))
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {p.name for p in (tmp_path / "figures").iterdir()} == {
        f"{name}.{form}" for name in ("spread", "depth", "stages", "cost") for form in ("png", "svg")
    }


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_markup_in_titles_is_shown_as_text(language, tmp_path):
    """A title with a script in it is a strange title, not a script."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
    document = synthetic.document()
    innovation = {**document["innovations"]["self_monitoring"], "title": evil}
    comparison = synthetic.comparison(
        title=evil,
        innovations={"self_monitoring": innovation},
        strategies={"a": {"use": "let_it_happen", "title": evil}, "b": "help_it_happen"},
    )
    text = report(comparison, language, tmp_path)
    assert "<script" not in text
    assert "onerror=alert(2)>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert not {"script"} & {tag for tag, _ in Reading(text).tags}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_blank_is_left_unfilled(language, tmp_path):
    """No curly bracket, None, nan or inf reaches the reader."""
    for case, made in CASES.items():
        folder = tmp_path / case
        folder.mkdir()
        text = re.sub(r"<style>.*?</style>|data:[^\"]+", "", report(made(), language, folder), flags=re.DOTALL)
        seen = re.sub(r"<[^>]+>", " ", text)
        assert not re.search(r"[{}]|\bNone\b|\bnan\b|\binf\b", seen), case


def test_reach_and_depth_are_always_both_shown(tmp_path):
    """Sustained use stands beside reach in answer, figures and tables."""
    text = report(synthetic.one_strategy(), "en", tmp_path)
    assert text.count("Sustained use") >= 2
    assert "ordinary operation" in re.search(r'class="answer">(.*?)</div>', text, re.DOTALL).group(1)


def test_the_answer_names_the_best_and_how_sure_that_is():
    """The sentences follow from the medians and the paired differences."""
    said = answer.sentences(synthetic.comparison(), texts.load("en"))
    assert said[0].startswith("“Make it happen” reaches most clinics: 80%")
    assert "in 100 of 100 possible worlds" in said[0]
    assert 4 <= len(said) <= 6
    assert said[-1].startswith("The goal (at least 30% in ordinary operation by month 48)")


@pytest.mark.parametrize(("gap", "is_open"), [(0.0, True), (0.001, True), (0.2, False)])
def test_what_is_open_is_called_open(gap, is_open):
    """Between 20 and 80 of 100 worlds neither strategy is called better."""
    comparison = synthetic.comparison(strategies={"a": "let_it_happen", "b": "help_it_happen"})
    one, two = comparison.strategies.values()
    worlds = len(one.final["sustained"])
    one.final["sustained"][:] = 0.3 + np.where(np.arange(worlds) % 2, 0.01, -0.01)
    two.final["sustained"][:] = 0.3 - gap
    said = " ".join(answer.sentences(comparison, texts.load("sv")))
    assert ("öppet" in said or "går inte att skilja" in said) == is_open


@pytest.mark.parametrize(
    ("probability", "replicates", "said"),
    [(0.9, 10, "9 of 10"), (0.525, 20, "10.5 of 20"), (0.5, 101, "50 of 100"), (0.9999, 5000, "99 of 100")],
)
def test_a_chance_is_told_by_the_worlds_that_ran(probability, replicates, said):
    """Fewer than 100 worlds are not called 100; a tie is half a world."""
    assert words.worlds(probability, replicates, texts.load("en")) == said


@pytest.mark.parametrize(("probability", "n"), [(0, 0), (0.001, 1), (0.5, 50), (0.996, 99), (1, 100)])
def test_100_of_100_means_always(probability, n):
    """Almost always is not written as always, nor seldom as never."""
    assert words.of_100(probability) == n


def test_less_cost_is_better():
    """For costs, hours and months the lower value is the better one."""
    comparison = synthetic.comparison(strategies={"let": "let_it_happen", "make": "make_it_happen"})
    table = key_figures.differences(comparison, texts.load("en"))[0]
    row, headings = table.rows[0], [heading for heading, _ in table.columns]
    assert row.cells[headings.index("Cost")].verdict == "Let it happen better in 100 of 100"
    assert row.cells[headings.index("Reach")].verdict == "Make it happen better in 100 of 100"
    assert row.cells[headings.index("Cost")].middle.startswith("−")


def test_never_is_written_as_beyond_the_period():
    """A median that is never reached is shown as more than the period."""
    rows = {row.heading: row for row in key_figures.key_figures(synthetic.slow(), texts.load("en"))}
    assert rows["Months to 50%"].cells[0].middle == ">\u00a036"


def test_swedish_numbers_in_swedish(tmp_path):
    """Decimal comma, no-break spaces and mnkr; no decimal point between digits in the tables."""
    text = report(synthetic.comparison(), "sv", tmp_path)
    table = re.search(r'<table class="figures">.*?</table>', text, re.DOTALL).group(0)
    assert "mnkr" in table
    assert "\u202f" in table
    assert not re.search(r"\d\.\d", table)


def test_strategies_with_the_same_preset_are_told_apart():
    """Two strategies never have the same name in a report."""
    names = words.strategy_names(synthetic.slow().scenario, texts.load("sv"))
    assert len(set(names.values())) == 2


def test_every_metric_that_matters_is_in_the_table():
    """The key figures hold the metrics of every run, but for the two early and late milestones."""
    shown = {figure.metric for figure in key_figures.KEY_FIGURES}
    assert set(METRICS) - shown == {"months_to_10", "months_to_80"}
    assert set(STAGES) <= {
        name.removeprefix("stage.") for name in texts.load("sv").entries if name.startswith("stage.")
    }


@pytest.fixture
def equal() -> Comparison:
    """Four strategies at equal budget; the first stands apart, as nothing in it can be bought."""
    return synthetic.answer_to(synthetic.comparison().scenario, equal_budget=24e6)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_equal_budget_is_said(language, equal):
    """A comparison at equal budget says so, and who could not be brought to it."""
    said = answer.sentences(equal, texts.load(language))
    assert len(said) <= 6
    assert "24" in said[-2]
    assert texts.load(language)("apart.nothing_to_buy") in said[-1]


def test_what_stands_apart_does_not_compete(equal):
    """A strategy at its own cost is neither best nor rival, is in no pair, and has a table of its own."""
    english = texts.load("en")
    equal.strategies["let"].final["reach"][:] = 0.99
    equal.strategies["let"].final["net_benefit_sek"][:] = 1e9
    said = answer.sentences(equal, english)
    assert said[0].startswith("“Make it happen” reaches most clinics")
    assert not any("Let it happen" in sentence for sentence in said[:3])
    assert len(key_figures.differences(equal, english)[0].rows) == 3
    content = page.html(equal, english, [(p, b"") for p in pictures.pictures(equal, english)])
    tables = re.findall(r'<table class="figures">.*?</table>', content, re.DOTALL)
    assert ["Let it happen" in table for table in tables] == [False, True]
    assert "Let it happen (own cost)" in content


def test_who_sets_the_budget_competes():
    """A strategy that costs the budget as it is sets it, and is compared like the others."""
    made = synthetic.comparison()
    cost = float(np.quantile(made.strategies["make"].final["cost_levers_sek"], 0.5, method="inverted_cdf"))
    equal = replace(made, equal_budget=EqualBudget(cost, {"help": 0.9}, dict.fromkeys(NOT_SCALED, "nothing_to_buy")))
    said = answer.sentences(equal, texts.load("en"))
    assert said[0].startswith("“Make it happen” reaches")
    assert said[-2].endswith("set by “Make it happen”.")
    assert said[-1].startswith("Shown apart")
    assert "Make it happen" not in said[-1]


def test_a_budget_that_nobody_can_meet_is_not_said_to_be_met():
    """Where every strategy stands at its own cost, they are compared as they are, and the answer says so."""
    made = synthetic.comparison()
    none = replace(made, equal_budget=EqualBudget(0.0, {}, dict.fromkeys(made.strategies, "nothing_to_buy")))
    said, plain = (answer.sentences(each, texts.load("en")) for each in (none, made))
    assert said[:-1] == plain
    assert said[-1].startswith("No strategy can be brought to a common budget")


def test_money_is_part_of_the_answer():
    """Cost and net benefit of the best and of its rival, how sure, and that nothing pays where nothing does."""
    made = synthetic.comparison()
    for i, result in enumerate(made.strategies.values()):
        result.final["net_benefit_sek"][:] = -1e7 * (i + 1)
    said = answer.sentences(made, texts.load("en"))[2]
    assert said.startswith("“Let it happen” has the best net benefit, SEK\u00a0−10\u00a0million at a cost of SEK")
    assert "better than “Help it happen” in 100 of 100 possible worlds" in said
    assert "No strategy pays for itself within the period (a QALY counted at SEK" in said
    made.strategies["let"].final["net_benefit_sek"][:] = 1e6
    assert "pays for itself" not in answer.sentences(made, texts.load("en"))[2]


def test_one_strategy_has_its_money_told_too():
    """Cost and net benefit stand in the answer of a single strategy."""
    made = synthetic.one_strategy()
    made.strategies["help"].final["net_benefit_sek"][:] = -1e7
    said = answer.sentences(made, texts.load("sv"))[1]
    assert "nettonyttan −10\u00a0mnkr" in said
    assert "betalar sig alltså inte" in said


def test_ties_are_said_where_they_are():
    """A share that holds ties says how they count, and one without does not."""
    made = synthetic.comparison(strategies={"a": "let_it_happen", "b": "help_it_happen"})
    one, two = made.strategies.values()
    one.final["sustained"][:] = 0.3
    two.final["sustained"][:] = 0.3 - 0.1 * (np.arange(len(two.final["sustained"])) % 4 > 0)
    reach, sustained = answer.sentences(made, texts.load("sv"))[:2]
    assert "i 88 av 100 möjliga världar (oavgjort räknas som en halv)" in sustained
    assert "oavgjort" not in reach


def test_a_milestone_seldom_reached_has_no_difference():
    """Where mostly neither strategy gets there, the months differ by a dash, not by 0."""
    english = texts.load("en")
    table = key_figures.differences(synthetic.slow(), english)[0]
    place = [heading for heading, _ in table.columns].index("Months to 50%")
    found = table.rows[0].cells[place]
    assert (found.middle, found.range, found.verdict) == ("–", "", "mostly not reached")


def test_the_equity_gap_lies_between_regions_where_there_are_several():
    """With one region the gap is between clinics."""
    swedish = texts.load("sv")
    several, one = synthetic.comparison(), replace(synthetic.comparison(), regions=("Skåne",))
    assert "Skillnad mellan regioner" in [row.heading for row in key_figures.key_figures(several, swedish)]
    assert "Skillnad mellan enheter" in [row.heading for row in key_figures.key_figures(one, swedish)]


def test_titles_are_small_inside_the_question(tmp_path):
    """The question is a sentence: small first letters, and the verb agrees."""
    assert "Hur sprids egenmonitorering bland" in report(synthetic.comparison(), "sv", tmp_path)
    (tmp_path / "two").mkdir()
    assert "How do self-monitoring and done in one visit spread among" in report(
        synthetic.two_innovations(), "en", tmp_path / "two"
    )


def test_mandates_events_and_levers_in_words():
    """What the strategy does is said in words, with its months and regions."""
    mandate = {"from_month": 6, "deadline_month": 24, "lift_month": 42, "monitoring": 0.5, "scope": ["Skåne"]}
    levers = {"mandate": mandate, "inclusion": "ownership", "remove_old_way": 0.5, "facilitators_fte": 2.5}
    made = synthetic.comparison(
        strategies={"m": {"use": "make_it_happen", "levers": levers}},
        events=[{"month": 3, "champions_leave": {"region": "Skåne", "share": 0.5}}, {"month": 9, "mandate_lifts": {}}],
    )
    (phase,) = words.phases("m", made.scenario, made.clinics, texts.load("sv"))
    said = ", ".join(phase.levers)
    for part in (
        "från månad 6",
        "senast månad 24",
        "hävs månad 42",
        "uppföljning 50\u00a0%",
        "Skåne",
        "ägarskap",
        "2,5 processledare",
    ):
        assert part in said
    assert words.lever("facilitators_fte", 21.04, texts.load("sv")) == "21 processledare (heltid)"
    assert words.event(made.scenario.events[0], texts.load("sv")) == "50\u00a0% av eldsjälarna slutar i Skåne."


def tried(made: Comparison, **values: np.ndarray) -> Comparison:
    """The same comparison as if its worlds had tried 50 draws of the parameters."""
    drawn = values or {"internalisation": np.linspace(0, 0.5, 50)}
    return replace(made, assumptions=Assumptions(np.arange(100) // 2, drawn))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_answer_says_under_how_many_assumptions_it_holds(language, tmp_path):
    """Beside the worlds stands the share of the assumptions tried; the order and what never shows are told too."""
    words_in = {
        "sv": ("av de prövade antagandena", "Ordningen i varaktig", "går aldrig att läsa av"),
        "en": ("of the assumptions tried", "The order in sustained use", "can never be read from"),
    }[language]
    made = tried(synthetic.comparison())
    said = answer.sentences(made, texts.load(language))
    assert words_in[0] in said[0]
    assert any(one.startswith(words_in[1]) for one in said)
    assert words_in[2] in report(made, language, tmp_path)


def test_a_conclusion_that_assumptions_overturn_is_open():
    """Better under six assumptions of ten is open; so is the order, and what it hangs on is said."""
    made = synthetic.comparison(strategies={"a": "let_it_happen", "b": "help_it_happen", "c": "make_it_happen"})
    one, two, three = made.strategies.values()
    draw = np.arange(100) // 2
    one.final["sustained"][:] = 0.3
    two.final["sustained"][:] = np.where(draw < 30, 0.29, 0.35)
    three.final["sustained"][:] = 0.1
    made = tried(made, internalisation=np.arange(50.0), wage=np.arange(50.0) % 7)
    said = answer.sentences(made, texts.load("en"))
    assert "60 of 100 possible worlds" in said[1]
    assert "60% of the assumptions" in said[1]
    assert "is open" in said[1]
    (order,) = [one for one in said if one.startswith("The order")]
    assert "so it is open" in order
    assert "hangs mostly on internalisation" in order
