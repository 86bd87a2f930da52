"""The command line: what it prints where, its exit codes, and that a user never meets a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio import cli

ROOT = Path(cli.__file__).resolve().parents[2]
SMALL = """
title: {sv: Ett litet prov, en: A small trial}
months: 12
replicates: 6
clinics: {regions: {Uppsala: 20}}
innovations: {triage: {}}
strategies: {let: let_it_happen, help: help_it_happen}
goal: {reach: 0.1, by_month: 12}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a small scenario, and a Swedish-free locale."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def innomotor(folder, capsys):
    """Runs a command in this process; gives its exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return end.value.code, printed.out, printed.err

    return run


def process(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "studio.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **options)


def test_run_gives_table_answer_and_report(innomotor, folder):
    """A run ends with 0, a table, sentences, and a folder with tables, figures and report."""
    code, out, err = innomotor("run", "small.yaml")
    assert (code, err) == (0, "")
    assert "A small trial" in out
    assert "reaches most clinics" in out or "is open" in out
    assert "results/small/report.html" in out
    place = folder / "results" / "small"
    names = {"manifest.json", "report.html", "result.json", "outcomes.csv", "outcomes.parquet", "curves.csv", "figures"}
    assert names <= {p.name for p in place.iterdir()}
    assert [p.name for p in (folder / "results").iterdir()] == ["small"]


def test_run_in_swedish(innomotor):
    """The language follows --lang."""
    code, out, _ = innomotor("run", "small.yaml", "--lang", "sv", "--out", "ut")
    assert code == 0
    assert "Låt det ske" in out
    assert '<html lang="sv">' in Path("ut/report.html").read_text(encoding="utf-8")


def test_json_is_one_object_and_nothing_else(innomotor):
    """--json prints exactly one JSON object."""
    code, out, err = innomotor("run", "small.yaml", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["strategies"].keys() == {"let", "help"}
    assert found["report"] == "results/small/report.html"
    assert found["goal_probability"].keys() == {"let", "help"}


def test_quiet_prints_nothing(innomotor):
    """--quiet is quiet."""
    assert innomotor("run", "small.yaml", "--quiet") == (0, "", "")


def test_options_change_the_run(innomotor):
    """Replicates, seed, months and strategies on the command line replace those of the file."""
    given = ("--replicates", "3", "--seed", "0", "--months", "12", "--strategies", "help")
    code, out, _ = innomotor("run", "small.yaml", "--json", *given)
    found = json.loads(out)
    assert code == 0
    assert (found["replicates"], found["seed"], found["months"]) == (3, 0, 12)
    assert list(found["strategies"]) == ["help"]


def test_the_same_question_has_the_same_key_and_answer(innomotor):
    """Threads, folder and language do not change the answer."""
    one = json.loads(innomotor("run", "small.yaml", "--json", "--threads", "1")[1])
    other = ("--threads", "2", "--out", "b", "--lang", "sv")
    two = json.loads(innomotor("run", "small.yaml", "--json", "--fresh", *other)[1])
    kept = json.loads(innomotor("run", "small.yaml", "--json", *other)[1])
    assert (one.pop("from_store"), two.pop("from_store")) == (None, None)
    assert kept.pop("from_store") is not None
    assert kept == two
    for found in (one, two):
        for told in ("folder", "report", "answer"):
            del found[told]
    assert one == two
    assert Path("results/small/outcomes.csv").read_bytes() == Path("b/outcomes.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "joined"),
    [
        (["run", "x.yaml", "--equal-budget"], ["run", "x.yaml", "--equal-budget=auto"]),
        (["run", "--equal-budget", "x.yaml"], ["run", "--equal-budget=auto", "x.yaml"]),
        (["run", "--equal-budget", "--quiet"], ["run", "--equal-budget=auto", "--quiet"]),
        (["run", "--equal-budget", "24000000", "x.yaml"], ["run", "--equal-budget=24000000", "x.yaml"]),
        (["run", "x.yaml", "--equal-budget=2.4e7"], ["run", "x.yaml", "--equal-budget=2.4e7"]),
        (["run", "--equal-budget", "2025.yaml"], ["run", "--equal-budget=auto", "2025.yaml"]),
    ],
)
def test_equal_budget_stands_alone_or_with_an_amount(arguments, joined):
    """--equal-budget takes an amount or none."""
    assert cli.equal_budget_joined(arguments) == joined


@pytest.mark.parametrize("amount", ["0", "-5", "1e999", "24M"])
def test_a_budget_must_be_an_amount(innomotor, amount):
    """What is not an amount above 0 is refused, with what to write."""
    code, out, err = innomotor("run", "small.yaml", f"--equal-budget={amount}")
    assert (code, out) == (2, "")
    assert "--equal-budget" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "smallets"], "Did you mean 'smallest'?"),
        (["run", "nowhere.yaml"], "there is no file"),
        (["rnu", "small.yaml"], "Did you mean 'run'? Try"),
        (["run", "small.yaml", "--replicate", "3"], "--replicates"),
        (["run", "small.yaml", "--replicates", "many"], "--replicates"),
        (["run", "small.yaml", "--replicates", "0"], "--replicates"),
        (["run", "small.yaml", "--seed", "-1"], "--seed"),
        (["run", "small.yaml", "--strategies", "let,hlp"], "help"),
        (["run", "small.yaml", "--strategies", ","], "--strategies"),
        (["run", "small.yaml", "--lang", "fi"], "--lang"),
        (["run", "small.yaml", "--out", "."], "stand in"),
        (["run", "small.yaml", "--out", "small.yaml"], "is a file"),
        (["run", "small.yaml", "--out", "small.yaml/below"], "not a folder"),
        (["run"], "SCENARIO"),
        (["schema", "--out", "small.yaml/schema.json"], "cannot be written"),
    ],
)
def test_mistakes_end_with_2_and_a_remedy(innomotor, arguments, said):
    """A user's mistake is told on stderr, in a line, with exit code 2; nothing is left behind."""
    code, out, err = innomotor(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert not Path("results").exists()


def test_mistakes_in_a_file_are_told_all_at_once(innomotor):
    """One line per mistake, with file and line."""
    Path("bad.yaml").write_text(
        SMALL.replace("months: 12\n", "monts: 12\n").replace("let_it", "lett_it"), encoding="utf-8"
    )
    code, out, err = innomotor("validate", "bad.yaml", "small.yaml")
    assert code == 2
    assert "small.yaml: in order" in out
    assert len(err.splitlines()) >= 2
    assert all(line.startswith("bad.yaml") for line in err.splitlines())


def test_validate_as_json(innomotor):
    """--json of validate holds every mistake."""
    code, out, _ = innomotor("validate", "small.yaml", "none.yaml", "--json")
    verdicts = json.loads(out)["scenarios"]
    assert code == 2
    assert [v["valid"] for v in verdicts] == [True, False]


def test_schema(innomotor):
    """The schema is JSON on stdout, or a file."""
    code, out, _ = innomotor("schema")
    assert code == 0
    assert innomotor("schema", "--out", "s.json")[0] == 0
    assert json.loads(Path("s.json").read_text(encoding="utf-8")) == json.loads(out)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_explain(innomotor, lang):
    """Explain shows the month's order, the levers and every assumption."""
    code, out, err = innomotor("explain", "small.yaml", "--lang", lang)
    assert (code, err) == (0, "")
    assert "peer_influence" in out
    as_json = json.loads(innomotor("explain", "small.yaml", "--json")[1])
    assert as_json.keys() == {"month", "asleep", "levers", "parameters"}


@pytest.mark.parametrize("name", ["smallest", "smallest.yaml", "scenarios/smallest", "scenarios/smallest.yaml"])
def test_shipped_scenarios_are_found_by_name(innomotor, name):
    """A scenario that comes with innomotor needs no path."""
    assert innomotor("validate", name)[0] == 0


@pytest.mark.parametrize("command", [(), ("run",), ("validate",), ("schema",), ("explain",), ("facts",)])
def test_every_command_has_help_with_an_example(innomotor, command):
    """--help explains, with an example."""
    code, out, _ = innomotor(*command, "--help")
    assert code == 0
    assert "Example" in out


def test_facts_as_json(innomotor):
    """Each fact with effect, interval, source and whether it is shown; the exit code is 0 also where it is not."""
    code, out, _ = innomotor("facts", "T3", "F5", "--json")
    assert code == 0
    found = json.loads(out)
    assert [row["id"] for row in found] == ["T3", "F5"]
    for row in found:
        assert {"id", "fact", "effect", "low", "high", "passed", "source"} <= row.keys()
        assert row["low"] <= row["effect"] <= row["high"]
    assert [row["passed"] for row in found] == [True, False]


@pytest.mark.parametrize(("lang", "said"), [("sv", "visas inte"), ("en", "not shown")])
def test_facts_as_a_table(innomotor, folder, lang, said):
    """The table says what is shown and what is not, and the outcomes can be written down."""
    code, out, _ = innomotor("facts", "F5", "--lang", lang, "--out", "outcome.yaml")
    assert code == 0
    assert said in " ".join(out.split())
    assert "F5:" in (folder / "outcome.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("number", "said"), [("F99", "Did you mean 'F9'?"), ("ST5", "joint development")])
def test_a_fact_that_is_not_there(innomotor, number, said):
    """An unknown id ends with a suggestion, a claim that cannot be asked yet with the reason."""
    code, _, err = innomotor("facts", number)
    assert code == 2
    assert said in err


def test_version(innomotor):
    """--version prints name and version."""
    code, out, _ = innomotor("--version")
    assert code == 0
    assert out.startswith("innomotor ")


def test_help_is_quick_and_loads_nothing_heavy():
    """--help does not load the engine."""
    code = (
        "import sys\nfrom studio import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    )
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        best = min(best, time.perf_counter() - start)
    loaded = done.stdout.splitlines()[-1]
    for heavy in ("mesa", "matplotlib", "duckdb", "numpy", "scipy", "networkx", "pydantic", "jinja2"):
        assert f"'{heavy}'" not in loaded
    assert best < 0.7


def test_a_busy_folder_ends_with_3(innomotor):
    """Two runs into one folder at once: the second is refused."""
    held = (
        "import pathlib; from sim import store\nwith store.claim(pathlib.Path('r')): print('held', flush=True); input()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", held], env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes) as other:
        assert other.stdout.readline() == "held\n"
        code, out, err = innomotor("run", "small.yaml", "--out", "r")
        other.communicate("\n")
    assert (code, out) == (3, "")
    assert "another innomotor" in err


def test_what_goes_wrong_inside_ends_with_1_without_a_traceback(innomotor, monkeypatch):
    """A defect of the program is told in a line, and leaves nothing."""
    from sim import experiment  # noqa: PLC0415

    def broken(*_, **__):
        raise RuntimeError("the reason")

    monkeypatch.setattr(experiment, "compare", broken)
    code, out, err = innomotor("run", "small.yaml")
    assert (code, out) == (1, "")
    assert "the reason" in err
    assert not Path("results").exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_leaves_nothing(folder, sent):
    """Ctrl-C and a request to end stop the run with 130 and leave nothing half-written."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "studio.cli", "run", "small.yaml", "--replicates", "200000", "--months", "240"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=folder) as running:
        deadline = time.monotonic() + 30
        while not (folder / "results").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        running.send_signal(sent)
        _, err = running.communicate(timeout=90)  # far more than it takes, for a busy machine
    assert running.returncode == 130
    assert err == "Interrupted. Nothing half-written is left.\n"
    assert [p.name for p in folder.iterdir()] == ["small.yaml"]


def test_a_reader_that_has_seen_enough_is_no_error(folder):
    """Piping into head ends quietly."""
    command = f"{sys.executable} -m studio.cli explain small.yaml | head -1"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env=environment, cwd=folder, check=False)  # noqa: S602
    assert "Error" not in done.stderr
    assert "Traceback" not in done.stderr


def test_as_a_process(folder):
    """The installed way of starting gives exit codes to the shell."""
    assert process("validate", "small.yaml", cwd=folder).returncode == 0
    missing = process("run", "missing", cwd=folder)
    assert (missing.returncode, missing.stdout) == (2, "")
