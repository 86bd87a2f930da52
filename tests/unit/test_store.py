"""The store: keys that stand for questions, tables that come back as they were, folders that are whole or not there."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import store
from sim.errors import InnomotorError, UserMistakes
from sim.metrics import METRICS, PARTS, STAGES, Comparison
from sim.scenario import Scenario
from sim.store import folders
from sim.store.key import canonical
from sim.store.tables import safe_text, write_csv, write_parquet
from tests import synthetic


def key(rests_on: dict | None = None, **changes: object) -> str:
    scenario = Scenario.model_validate(synthetic.document(**changes))
    return store.content_key(scenario, {**store.provenance(scenario), **(rests_on or {})})


def write(comparison: Comparison, place: Path, also=None) -> Path:
    with store.claim(place) as target:
        store.write_result(target, comparison, stage_names=STAGES, also=also)
    return place


def test_labels_are_not_in_the_key():
    """Renaming what only a reader sees leaves the key as it is."""
    document = synthetic.document()
    innovation = {**document["innovations"]["self_monitoring"], "title": "Något annat"}
    titled = {**document["strategies"], "help": {**document["strategies"]["help"], "title": "Stöd"}}
    assert key(title="Ny rubrik", innovations={"self_monitoring": innovation}, strategies=titled) == key()


def test_key_does_not_depend_on_how_numbers_and_text_are_written():
    """60 and 60.0 are the same number, and a letter with an accent is the same however it is encoded."""
    composed = {"clinics": {"regions": {"Östergötland": 45, "Skåne": 150}}}
    decomposed = {"clinics": {"regions": {"O\u0308stergo\u0308tland": 45, "Ska\u030ane": 150}}}
    assert key(**composed) == key(**decomposed)
    assert key(parameters={"wage": 470}) == key(parameters={"wage": 470.0})


def test_key_does_not_depend_on_python_or_the_name_of_the_file_of_clinics():
    """Neither the Python release nor what the user calls a file changes the question."""
    scenario = Scenario.model_validate(synthetic.document(clinics={"regions": {"csv": "a.csv"}}))
    other = Scenario.model_validate(synthetic.document(clinics={"regions": {"csv": "b.csv"}}))
    assert store.content_key(scenario, store.provenance(scenario, inputs={"a.csv": "1f"})) == store.content_key(
        other, {**store.provenance(other, inputs={"b.csv": "1f"}), "python": "3.99"}
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 2026},
        {"seed": 2**63 - 1},
        {"replicates": 101},
        {"months": 61},
        {"start": "2025-02"},
        {"parameters": {"wage": 471}},
        {"uncertain": {}},
        {"events": []},
        {"goal": None},
        {"mechanisms": {"off": ["season"]}},
        {"clinics": {"regions": {"Skåne": 150}}},
        {"strategies": {"let": "let_it_happen"}},
        {"innovations": {"self_monitoring": {}}},
        {"network": {"ties": 5}},
    ],
)
def test_every_meaningful_change_of_the_scenario_changes_the_key(changes):
    """What can change the answer is in the key."""
    assert key(**changes) != key()


@pytest.mark.parametrize(
    "rests_on",
    [
        {"engine": "9"},
        {"rng": "other"},
        {"versions": {"numpy": "0"}},
        {"inputs": ["00"]},
        {"plugins": [{"id": "uppsala", "version": "1", "source": "ab"}]},
        {"equal_budget": True},
    ],
)
def test_whatever_the_answer_rests_on_is_in_the_key(rests_on):
    """Engine, draws, libraries, data and plugins are part of the question."""
    assert key(rests_on) != key()


def test_large_seeds_are_told_apart():
    """Whole numbers that JSON cannot hold exactly are not rounded together."""
    assert key(seed=2**62) != key(seed=2**62 + 1)


def test_canonical_json_is_rfc_8785():
    """Keys sorted, numbers as ECMAScript writes them (the RFC's own example, section 3.2.2)."""
    value = {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27], "literals": [None, True, False]}
    assert canonical(value) == b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}'


def test_source_tree_hash_sees_names_and_content_but_not_caches(tmp_path):
    """A plugin's hash changes with its code and only with it."""
    (tmp_path / "a.py").write_text("x = 1")
    first = store.source_tree_hash(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"1")
    (tmp_path / ".hidden").write_text("x")
    assert store.source_tree_hash(tmp_path) == first
    (tmp_path / "a.py").write_text("x = 2")
    assert store.source_tree_hash(tmp_path) != first


@pytest.mark.parametrize(
    "made", [synthetic.comparison, synthetic.one_strategy, synthetic.two_innovations, synthetic.slow]
)
def test_tables_come_back_as_they_were(made, tmp_path):
    """Every metric of every replicate is in the Parquet and in the CSV, digit for digit; never is null."""
    comparison = made()
    place = write(comparison, tmp_path / "result")
    columns = duckdb.read_parquet(str(place / "outcomes.parquet"), connection=duckdb.connect()).fetchnumpy()
    with (place / "outcomes.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for strategy, result in comparison.strategies.items():
        mine = (columns["strategy"] == strategy) & (columns["innovation"] == "all")
        text = [row for row in rows if row["strategy"] == strategy and row["innovation"] == "all"]
        for metric in (*METRICS, *PARTS):
            stored = np.ma.filled(np.ma.asarray(columns[metric][mine], dtype=float), np.inf)
            np.testing.assert_array_equal(stored, result.final[metric])
            written = np.array([float(row[metric]) if row[metric] else np.inf for row in text])
            np.testing.assert_array_equal(written, result.final[metric])
    assert {row["innovation"] for row in rows} == {"all", *comparison.scenario.innovations}


def test_curves_come_back_as_they_were(tmp_path):
    """Every month of every replicate is in the Parquet, stages too; medians are in the CSV."""
    comparison = synthetic.two_innovations()
    place = write(comparison, tmp_path / "result")
    table = duckdb.read_parquet(str(place / "curves.parquet"), connection=duckdb.connect())
    columns = table.filter("strategy = 'make' AND innovation = 'fett_b'").order("replicate, month").fetchnumpy()
    spread = comparison.strategies["make"].innovations["fett_b"]
    np.testing.assert_array_equal(columns["reach"], spread.curves["reach"].ravel())
    np.testing.assert_array_equal(columns["stage_blocked"], spread.stages[STAGES.index("blocked")].ravel())
    with (place / "curves.csv").open(newline="", encoding="utf-8") as stream:
        last = [
            r
            for r in csv.DictReader(stream)
            if (r["strategy"], r["innovation"], r["metric"]) == ("make", "all", "reach")
        ][-1]
    reach = comparison.strategies["make"].curves["reach"][:, -1]
    assert np.float32(last["median"]) == np.quantile(reach, 0.5, method="inverted_cdf")
    assert int(last["month"]) == comparison.scenario.months


def test_manifest_vouches_for_every_file(tmp_path):
    """Hash and size of each file are in the manifest, with key, seed and the resolved scenario."""
    comparison = synthetic.comparison()
    place = write(comparison, tmp_path / "result", also=lambda folder: (folder / "more.txt").write_text("å"))
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {p.name for p in place.iterdir()} - {"manifest.json"}
    for name, entry in manifest["files"].items():
        content = (place / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (entry["sha256"], entry["bytes"])
    assert manifest["key"] == comparison.key
    assert Scenario.model_validate(manifest["scenario"]) == comparison.scenario


def test_same_result_same_bytes(tmp_path):
    """Writing a result twice gives the same files."""
    one, two = (write(synthetic.comparison(), tmp_path / name) for name in ("one", "two"))
    assert {p.name: p.read_bytes() for p in one.iterdir()} == {p.name: p.read_bytes() for p in two.iterdir()}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_spreadsheet_takes_text_for_a_formula(text):
    """Text that begins like a formula is prefixed."""
    assert safe_text(text) == f"'{text}"


@given(st.lists(st.floats(), min_size=1), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_csv_keeps_any_number_and_text(tmp_path_factory, numbers, text):
    """Floats round-trip through RFC 4180 CSV; numbers that are not finite are empty; any text stays one field."""
    file = tmp_path_factory.mktemp("csv") / "t.csv"
    write_csv(file, [({"text": text}, {"x": np.array(numbers), "y": np.arange(len(numbers))})])
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))[1:]
    assert [row[0] for row in rows] == [safe_text(text)] * len(numbers)
    assert [float(row[1]) if row[1] else None for row in rows] == [x if np.isfinite(x) else None for x in numbers]


def test_parquet_takes_any_text(tmp_path):
    """Quotes in texts and names do not break out of the query."""
    write_parquet(tmp_path / "t.parquet", [({'a"b': "it's"}, {"x'\"": np.array([1.5])})])
    relation = duckdb.read_parquet(str(tmp_path / "t.parquet"), connection=duckdb.connect())
    assert relation.columns == ['a"b', "x'\""]
    assert relation.fetchall() == [("it's", 1.5)]


def test_a_result_is_replaced_as_a_whole(tmp_path):
    """A second run in the same folder leaves only its own files."""
    place = write(synthetic.comparison(), tmp_path / "result", also=lambda folder: (folder / "old.txt").write_text("x"))
    write(synthetic.one_strategy(), place)
    assert not (place / "old.txt").exists()
    assert not (place / "differences.csv").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["result"]


def test_a_folder_with_other_files_is_refused(tmp_path):
    """What innomotor did not write it does not remove."""
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(UserMistakes, match="not an innomotor result"):
        store.check_writable(tmp_path)


def test_a_result_with_the_users_own_files_is_refused(tmp_path):
    """Notes beside a result are not lost when the run is repeated."""
    place = write(synthetic.one_strategy(), tmp_path / "result")
    (place / "notes.txt").write_text("mine")
    with pytest.raises(UserMistakes, match=r"notes\.txt"):
        store.check_writable(place)


def test_an_empty_folder_is_taken(tmp_path):
    """A folder that was made beforehand is as good as none."""
    (tmp_path / "empty").mkdir()
    assert (write(synthetic.one_strategy(), tmp_path / "empty") / "manifest.json").exists()


@pytest.mark.parametrize("name", ["file", "file/below", "file/far/below"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_computed(tmp_path, name):
    """A file is not a folder, and nothing can be made below it."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserMistakes, match="--out"), store.claim(tmp_path / name):
        pytest.fail("it was claimed")


def test_the_folder_one_stands_in_is_refused(tmp_path, monkeypatch):
    """Replacing the current folder would pull the ground from under the shell."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserMistakes, match="stand in"):
        store.check_writable(Path())


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_write_leaves_nothing(tmp_path, error):
    """If anything fails while a result is written, there is no trace of it, nor of the folders made for it."""

    def fail(_: Path) -> None:
        raise error

    with pytest.raises(error):
        write(synthetic.one_strategy(), tmp_path / "results" / "mine", also=fail)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_keeps_what_was_there(tmp_path):
    """The result of before survives a run that fails."""
    place = write(synthetic.one_strategy(), tmp_path / "result")
    before = (place / "manifest.json").read_bytes()
    with pytest.raises(ZeroDivisionError):
        write(synthetic.comparison(), place, also=lambda _: 1 / 0)
    assert (place / "manifest.json").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["result"]


def test_a_failed_exchange_puts_the_old_result_back(tmp_path, monkeypatch):
    """If the last move fails, what was there before is there again."""
    place = write(synthetic.one_strategy(), tmp_path / "result")
    move = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if ".making-" in self.name:
            raise OSError(28, "No space left on device")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(InnomotorError, match="No space left"):
        write(synthetic.comparison(), place)
    assert (place / "manifest.json").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["result"]


def test_what_came_meanwhile_is_not_removed(tmp_path):
    """Files that appear in the place while the run computes are not overwritten."""
    place = tmp_path / "result"
    with store.claim(place) as target:
        place.mkdir()
        (place / "new.txt").write_text("x")
        with pytest.raises(UserMistakes):
            store.write_result(target, synthetic.one_strategy(), stage_names=STAGES)
    assert (place / "new.txt").read_text() == "x"


def test_two_at_once_the_second_is_refused(tmp_path):
    """A folder that is being written by another process is busy, and free again afterwards."""
    held = (
        "import sys, pathlib; from sim import store\n"
        "with store.claim(pathlib.Path(sys.argv[1])): print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", held, str(tmp_path / "r")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(store.BusyError, match="another"), store.claim(tmp_path / "r"):
            pytest.fail("claimed twice")
        other.communicate("\n")
    with store.claim(tmp_path / "r"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_stale_lock_of_a_killed_process_does_not_block(tmp_path):
    """A lock file that nobody holds is no lock."""
    (tmp_path / ".r.lock").write_text("")
    with store.claim(tmp_path / "r"):
        pass


def test_duckdb_leaves_the_home_folder_alone(tmp_path):
    """Writing tables touches no home folder and prints nothing."""
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import sys, pathlib, numpy as np; from sim.store.tables import write_parquet\n"
        "write_parquet(pathlib.Path(sys.argv[1]), [({'a': 'x'}, {'b': np.arange(5.0)})])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "t.parquet")],
        env={**os.environ, "HOME": str(home)},
        cwd=Path.cwd(),
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr, list(home.iterdir())) == (b"", b"", [])
    assert folders.MANIFEST == "manifest.json"
