"""Many runs: plans and their mistakes, the folder that belongs to one plan, the same answer however it is cut."""

from __future__ import annotations

import csv
import json
import shutil
import tracemalloc
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xarray

from sim import answers, experiment, scenario_file
from sim.errors import InnomotorError, UserMistakes
from sim.executor import Limits, Outcome, StopAll
from sim.executor.call import call
from sim.metrics import STAGES
from sim.store import BusyError, reading
from sim.store.folders import locked
from sim.store.ledger import Ledger, Receipts, Result, StoredFile
from sim.sweep import driver, export, overview, plan_file, tasks, upkeep, views, work
from sim.sweep.estimate import estimate, stored_bytes
from sim.sweep.plan import Keep
from studio import texts
from studio.reports import sweep_pictures

BASE = """
months: 8
replicates: 3
clinics: {regions: {Uppsala: 12}}
innovations: {triage: {begins: {region: Uppsala, clinics: 2}}}
strategies: {let: let_it_happen, help: help_it_happen}
uncertain: {peer_influence: {uniform: [0.3, 0.6]}}
"""
PLAN = """
base: base.yaml
factors:
  peer_influence: [0.3, 0.5]
  strategies.help.levers.training: [0, 2]
keep: {curves: [sustained, reach], every_months: 5}
"""


class Inline:
    """Computes each task in this process, as an executor would elsewhere."""

    def run(self, todo, limits):
        """One after the other."""
        for task in todo:
            reply = call(work.TARGET, json.loads(json.dumps(task.payload)))
            if "stop" in reply:
                raise StopAll(reply["stop"])
            yield Outcome(task.key, "receipt" in reply, reply.get("receipt"), reply.get("error", ""))


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """The plan, computed once."""
    place = tmp_path_factory.mktemp("computed")
    (place / "base.yaml").write_text(BASE, encoding="utf-8")
    (place / "plan.yaml").write_text(PLAN, encoding="utf-8")
    carried_out(tasks.sweep_of(plan_file.read(place / "plan.yaml")), place / "out")
    return place / "out"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a base and a plan."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def done(folder, computed):
    """The same with the results there, as if they had just been computed."""
    shutil.copytree(computed, folder / "out")
    return folder / "out"


def sweep(text=PLAN):
    Path("plan.yaml").write_text(text, encoding="utf-8")
    return tasks.sweep_of(plan_file.read(Path("plan.yaml")))


def carried_out(todo, place="out", executor=None, **more):
    return driver.carry_out(todo, Path(place), executor or Inline(), Limits(), **more)


def told(text):
    with pytest.raises(UserMistakes) as wrong:
        sweep(text)
    return str(wrong.value)


def test_every_variant_is_what_a_run_of_it_would_be(folder, done):
    """The rows of a variant are those of a scenario file that says the same, bit for bit."""
    changed = BASE.replace("uncertain: {peer_influence: {uniform: [0.3, 0.6]}}", "parameters: {peer_influence: 0.5}")
    changed = changed.replace("help: help_it_happen", "help: {use: help_it_happen, levers: {training: 0}}")
    (folder / "same.yaml").write_text(changed, encoding="utf-8")
    answer = experiment.compare(scenario_file.read("same.yaml"), threads=1)
    rows = reading.query(
        Path("out"),
        "SELECT cost_sek, sustained FROM outcomes JOIN variants USING (variant) "
        "WHERE peer_influence = 0.5 AND training = 0 AND strategy = 'help' ORDER BY replicate",
    )
    expected = answer.strategies["help"].final
    assert [row[0] for row in rows.rows] == expected["cost_sek"].tolist()
    assert [row[1] for row in rows.rows] == expected["sustained"].tolist()
    curves = reading.query(
        Path("out"),
        "SELECT reach FROM curves WHERE variant = 2 AND strategy = 'help' AND month = 5 ORDER BY replicate",
    )
    reach = np.array([row[0] for row in curves.rows], np.float32)
    assert np.array_equal(reach, answer.strategies["help"].curves["reach"][:, 5])


def test_only_what_is_kept_is_stored(done):
    """Curves and months are those of the plan, first and last month among them."""
    found = reading.query(Path("out"), "SELECT DISTINCT month FROM curves ORDER BY month")
    assert [row[0] for row in found.rows] == [0, 5, 8]
    columns = reading.query(Path("out"), "SELECT * FROM curves LIMIT 0").columns
    assert columns == ("strategy", "innovation", "variant", "replicate", "month", "reach", "sustained")


def test_stages_are_kept_as_curves(folder):
    """Shares of clinics in a stage are columns like any curve, and all stages with nominal use sum to all clinics."""
    everything = [
        name for name in Keep.model_json_schema()["properties"]["curves"]["items"]["enum"] if "stage_" in name
    ]
    carried_out(sweep(PLAN.replace("[sustained, reach]", f"[{', '.join(everything)}]")))
    total = " + ".join(everything)
    sums = f"SELECT min({total}), max({total}) FROM curves"  # noqa: S608 - names of our own
    low, high = reading.query(Path("out"), sums).rows[0]
    assert (low, high) == pytest.approx((1, 1))
    assert len(everything) == len(STAGES)


@pytest.mark.parametrize(("size", "pieces"), [(1, 4 * 3), (2 * 8 * 12 * 2, 4 * 2)])
def test_the_answer_does_not_hang_on_how_it_is_cut(folder, computed, monkeypatch, size, pieces):
    """Replicates one by one or some at a time: the rows are the same."""
    monkeypatch.setattr(tasks, "TASK_CLINIC_MONTHS", size)
    cut = sweep()
    carried_out(cut, "cut")
    ask = "SELECT * FROM outcomes ORDER BY variant, strategy, replicate"
    assert reading.query(Path("cut"), ask) == reading.query(computed, ask)
    assert len(cut) == pieces


def test_several_variants_in_a_task_are_as_good_as_one(folder, computed):
    """Small variants share a task and a part; the rows are the same."""
    todo = replace(sweep(), cut=(3, 3))
    carried_out(todo)
    ask = "SELECT * FROM curves ORDER BY variant, strategy, replicate, month"
    assert len(todo) == 2
    assert reading.query(Path("out"), ask) == reading.query(computed, ask)


def test_a_sweep_goes_on_where_it_was(folder, computed):
    """What is acknowledged is not computed again, and the end is as if nothing had happened."""
    todo = sweep()

    class Stopping(Inline):
        def run(self, todo, limits):
            """Interrupted after the second."""
            for number, outcome in enumerate(super().run(todo, limits)):
                if number == 2:
                    raise KeyboardInterrupt
                yield outcome

    with pytest.raises(KeyboardInterrupt):
        carried_out(todo, executor=Stopping())
    assert not Path("out/manifest.json").exists()
    state = carried_out(todo)
    assert (state.before, state.done, state.left) == (2, 2, 0)
    assert driver.digest(Path("out")) == driver.digest(computed)
    assert json.loads(Path("out/manifest.json").read_text())["digest"] == driver.digest(computed)


def test_shards_merge_to_the_same(folder, computed):
    """Three shards, one of them run twice, make the dataset of one process; before that nothing is claimed."""
    todo = sweep()
    for number in (2, 0, 1, 1):
        carried_out(todo, shard=(number, 3))
    assert not Path("out/manifest.json").exists()
    assert driver.merge(Path("out")) == (4, 4)
    assert driver.digest(Path("out")) == driver.digest(computed)


def test_what_cannot_be_computed_is_given_up_with_its_values(folder):
    """A combination that contradicts itself is named and noted; the others are right, and nothing is called whole."""
    (folder / "base.yaml").write_text(BASE + "parameters: {layer_ties: 0.5, layer_region: 0.3, layer_all: 0.2}\n")
    text = PLAN.replace("peer_influence: [0.3, 0.5]", "seed: [1, 2]")
    todo = replace(
        sweep(text), places={"seed": ("seed",), "strategies.help.levers.training": ("parameters", "layer_all")}
    )
    broken = replace(todo, plan=todo.plan.model_copy(update={"factors": {**todo.plan.factors, "seed": (1,)}}))
    state = carried_out(broken)
    assert (state.done, len(state.given_up), state.left) == (0, 2, 0)
    what, why, _ = state.given_up[0]
    assert json.loads(what)["values"] == {"seed": 1, "strategies.help.levers.training": 0}
    assert "layer weights sum to" in why
    assert not Path("out/manifest.json").exists()
    with closing(Ledger(Path("out"))) as ledger:
        assert [error for _, error, _, _ in ledger.faults()] == [why, state.given_up[1][1]]


def test_a_folder_belongs_to_one_plan(folder, done):
    """Another plan in the same folder is refused, with what differs; so is a folder with other files."""
    with pytest.raises(UserMistakes, match=r"another plan \(what differs: factors\)"):
        carried_out(sweep(PLAN.replace("[0, 2]", "[0, 1]")))
    with pytest.raises(UserMistakes, match="replicates"):
        carried_out(sweep(PLAN + "replicates: 7\n"))
    (folder / "thesis").mkdir()
    (folder / "thesis" / "chapter.docx").write_text("years of work")
    with pytest.raises(UserMistakes, match="not an innomotor sweep"):
        carried_out(sweep(), "thesis")


def test_other_code_does_not_go_on_with_a_sweep(folder, done, monkeypatch):
    """Results of two versions are never mixed in one folder."""
    todo = sweep()
    monkeypatch.setattr("sim.evidence.digest", lambda: "other")
    with pytest.raises(InnomotorError, match="begun with another inputs"):
        carried_out(todo)
    with pytest.raises(UserMistakes, match=r"another version of the program or its plugins \(what differs: inputs\)"):
        carried_out(sweep())


def test_a_newer_store_is_refused(done):
    """A folder of a newer schema is left alone."""
    plan = Path("out/plan.json")
    plan.write_text(plan.read_text().replace('"schema_version": 1', '"schema_version": 99'))
    with pytest.raises(UserMistakes, match="newer"):
        carried_out(sweep())
    with closing(Ledger(Path("out"), write=True)) as ledger:
        ledger._connection.execute("UPDATE about SET value = '99'")
        ledger._connection.commit()
    with pytest.raises(UserMistakes, match="newer"):
        Ledger(Path("out"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("peer_influence: [", "peer_influense: ["),
            "plan.yaml:4: factors.peer_influense: 'peer_influense' is no parameter. Did you mean 'peer_influence'?",
        ),
        (("[0.3, 0.5]", "[]"), "plan.yaml:4: factors.peer_influence: an empty list. Write a list"),
        (("[0.3, 0.5]", "{uniform: [0.5, 0.5], steps: 3}"), "plan.yaml:4: factors.peer_influence: an empty range"),
        (
            ("[0.3, 0.5]", "{uniform: [0.3, 0.5]}"),
            "plan.yaml:4: factors.peer_influence: a grid needs evenly spaced values",
        ),
        (("[0.3, 0.5]", "[0.3, 70]"), "outside the range"),
        (("training: [0, 2]", "trainingg: [0, 2]"), "Did you mean 'training'?"),
        (("training: [0, 2]", "training: [0, many]"), "'many'"),
        (
            ("base: base.yaml", "base: bse.yaml"),
            "plan.yaml:2: base: there is no file 'bse.yaml'. Did you mean 'base.yaml'?",
        ),
        (("base: base.yaml", "base: ../base.yaml"), "leads out of the plan's folder"),
        (("base: base.yaml", "bass: base.yaml"), "Did you mean 'base'?"),
        (("keep:", "design: {saltelli: 100}\nkeep:"), "100 is not a power of two. Write 64 or 128"),
        (("[0.3, 0.5]", "{uniform: [0.3, 0.5], steps: 1000000}\n  triage: [1]"), "'triage' is no parameter"),
        (("[0.3, 0.5]", "0.3"), "0.3 where values belong"),
    ],
)
def test_mistakes_in_a_plan_are_told(folder, change, message):
    """Every mistake says file, line, place, what was found and what to write."""
    assert message in told(PLAN.replace(*change))


def test_mistakes_are_told_all_at_once(folder):
    """Two wrong factors are two messages."""
    text = PLAN.replace("peer_influence", "peer_influense").replace("strategies.help", "strategy.help")
    assert told(text).count("is no parameter") == 2


def test_too_many_variants_are_refused_without_being_made(folder):
    """10^12 variants are a mistake, told at once."""
    wide = "{uniform: [0.3, 0.5], steps: 1000000}"
    assert "1_000_000_000_000 variants" in told(
        PLAN.replace("[0.3, 0.5]", wide).replace("[0, 2]", "{uniform: [0, 2], steps: 1000000}")
    )


def test_a_million_tasks_are_planned_without_being_held(folder):
    """Planning and walking through 10^6 variants takes a few megabytes."""
    wide = "{uniform: [0.3, 0.5], steps: 1000}"
    todo = sweep(PLAN.replace("[0.3, 0.5]", wide).replace("[0, 2]", "{uniform: [0, 2], steps: 1000}"))
    assert len(todo.variants) == 1_000_000
    tracemalloc.start()
    count = sum(1 for _ in zip(todo.tasks(Path("out")), range(2_000), strict=False))
    assert count == 2_000
    assert tracemalloc.get_traced_memory()[1] < 2e6
    tracemalloc.stop()


def test_the_estimate_of_the_disk_is_not_too_small(folder):
    """What is said beforehand is not less than what is stored, and not five times as much."""
    todo = sweep(PLAN.replace("[0, 2]", "[2]") + "replicates: 60\nmonths: 20\n")
    carried_out(todo)
    stored = sum(path.stat().st_size for path in Path("out/parts").rglob("*.parquet"))
    assert 0.9 < stored_bytes(todo) / stored < 5
    takes = estimate(todo, Path("out"), 2)
    assert (takes.variants, takes.too_much) == (2, [])


def test_receipts_survive_a_torn_line(tmp_path):
    """A shard that was killed while it wrote a line goes on from its last whole one."""
    file = tmp_path / "shard-1-of-2.jsonl"
    result = Result("t1", (StoredFile("parts/t1", "outcomes", 10, "ab", 3),), 1.0)
    with closing(Receipts(file)) as book:
        book.add(result)
    with file.open("ab") as stream:
        stream.write(b'{"result": {"task": "t2"')
    with closing(Receipts(file)) as book:
        assert (book.has("t1"), book.has("t2"), book.count()) == (True, False, 1)
        book.add(Result("t3", (), 1.0))
    with closing(Receipts(file)) as book:
        assert (book.has("t1"), book.has("t3"), book.count()) == (True, True, 2)


def test_sql_reads_the_results_and_nothing_else(done):
    """A query cannot read other files, write, or change what it may."""
    for sql in (
        "SELECT * FROM read_text('base.yaml')",
        "COPY variants TO 'stolen.csv'",
        "SET enable_external_access = true",
        "ATTACH 'x.db'",
    ):
        with pytest.raises(UserMistakes, match="SQL"):
            reading.query(Path("out"), sql)
    assert not Path("stolen.csv").exists()


def test_verify_finds_what_is_changed_or_missing_and_the_next_sweep_mends_it(done, computed):
    """A byte changed by hand and a part deleted are told; the results that they held are computed anew."""
    assert upkeep.verify(done) == upkeep.Verdict(8, (), False)
    one, other = sorted((done / "parts").rglob("*.parquet"))[:2]
    content = bytearray(one.read_bytes())
    content[len(content) // 2] ^= 1
    one.write_bytes(bytes(content))
    other.unlink()
    found = upkeep.verify(done)
    assert sorted(damage.what for damage in found.damaged) == ["changed", "missing"]
    assert found.forgotten
    assert not (done / "manifest.json").exists()
    state = carried_out(sweep())
    assert state.done in (1, 2)
    assert driver.digest(done) == driver.digest(computed)
    assert upkeep.verify(done).damaged == ()


def test_compact_keeps_every_row(done, computed):
    """Eight small files become two; queries, digest and verdict stay, and a sweep has nothing left to do."""
    ask = "SELECT * FROM outcomes JOIN variants USING (variant) ORDER BY variant, strategy, replicate"
    assert upkeep.compact(done) == (8, 2)
    assert not list((done / "parts").rglob("*.parquet"))
    assert reading.query(done, ask) == reading.query(computed, ask)
    assert driver.digest(done) == driver.digest(computed)
    assert upkeep.verify(done).damaged == ()
    assert carried_out(sweep()).done == 0
    assert upkeep.compact(done) == (2, 2)


def test_a_damaged_pack_is_computed_anew(done, computed):
    """What is lost with a large file is computed again."""
    upkeep.compact(done)
    pack = next((done / "packs").glob("*.curves.parquet"))
    pack.write_bytes(pack.read_bytes()[:-1])
    assert [damage.tasks for damage in upkeep.verify(done).damaged] == [4]
    carried_out(sweep())
    assert driver.digest(done) == driver.digest(computed)


def test_half_written_files_are_swept_up(done):
    """What a killed worker left under a temporary name is removed by the next process."""
    left = done / "parts" / "00" / ".making-1234"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    carried_out(sweep())
    assert not left.exists()


def test_a_full_disk_stops_the_sweep_and_keeps_what_was_done(folder, computed, monkeypatch):
    """The third part meets a full disk: a clear message, two kept, and the same command goes on."""
    written, calls = work.write_part, []

    def filling(*arguments):
        calls.append(arguments)
        if len(calls) == 6:
            raise OSError(28, "No space left on device")
        return written(*arguments)

    monkeypatch.setattr(work, "write_part", filling)
    with pytest.raises(InnomotorError, match=r"No space left on device. 2 of 4 tasks are kept"):
        carried_out(sweep())
    carried_out(sweep())
    assert driver.digest(Path("out")) == driver.digest(computed)


def test_a_second_process_on_a_folder_is_busy(done):
    """While one works on a folder no other may: neither a sweep, nor verify's repairs, nor compact."""
    with locked(Path(".out.lock").resolve(), Path("out")):
        with pytest.raises(BusyError):
            carried_out(sweep())
        with pytest.raises(BusyError):
            upkeep.compact(done)


def test_what_a_run_has_answered_a_sweep_does_not_compute(folder, computed, monkeypatch):
    """A variant that is the scenario of an earlier run comes from the store, bit for bit."""
    todo = sweep()
    answers.answer(todo.scenario(2), threads=1)
    asked = []
    prepare = experiment.prepare

    def counting(source, threads=None):
        asked.append(source)
        return prepare(source, threads)

    monkeypatch.setattr(experiment, "prepare", counting)
    carried_out(todo)
    assert len(asked) == 3
    assert driver.digest(Path("out")) == driver.digest(computed)


def test_exports_say_the_same(done, tmp_path):
    """CSV, Excel and NetCDF hold the rows with the factors beside; text is never a formula."""
    assert {export.export(done, "outcomes", tmp_path / name) for name in ("o.csv", "o.xlsx", "o.nc")} == {24}
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx").active
    excel = [dict(zip(rows[0], row, strict=False)) for row in list(sheet.values)[1:]]
    made = xarray.load_dataset(tmp_path / "o.nc", engine="h5netcdf")
    for one, other in zip(rows, excel, strict=True):
        assert float(one["reach"]) == other["reach"]
        place = {"variant": int(one["variant"]), "strategy": one["strategy"], "replicate": int(one["replicate"])}
        assert float(made.reach.sel(**place, innovation="all")) == other["reach"]
        assert float(made.peer_influence.sel(variant=place["variant"])) == float(one["peer_influence"])
    with pytest.raises(UserMistakes, match="end with one of"):
        export.export(done, "outcomes", tmp_path / "o.doc")
    with pytest.raises(UserMistakes, match="there is no table 'results'"):
        export.export(done, "results", tmp_path / "o.csv")


def test_pictures_are_drawn_in_both_languages(done):
    """Heat map, fans and parallel coordinates; an unknown metric or factor is a mistake with a suggestion."""
    for language in ("sv", "en"):
        assert set(sweep_pictures.pictures(done, "sustained", texts.load(language))) == {"best", "fan", "parallel"}
    fan = sweep_pictures.pictures(done, "cost_sek", texts.load("sv"))["fan"]
    fan.draw_without_rendering()
    across, up = fan.axes[0].xaxis, fan.axes[0].yaxis
    assert across.get_label_text() == "påverkan från andra enheter"
    assert any("," in tick.get_text() for tick in across.get_ticklabels())
    assert {tick.get_text()[-4:] for tick in up.get_ticklabels()} == {"mnkr"}
    with pytest.raises(UserMistakes, match="Did you mean 'sustained'"):
        sweep_pictures.pictures(done, "sustaind", texts.load("en"))
    with pytest.raises(UserMistakes, match="there is no factor 'trainin'"):
        sweep_pictures.pictures(done, "reach", texts.load("en"), across="trainin")


def test_the_best_strategy_is_the_one_with_the_highest_median(done):
    """The heat map's fields agree with medians reckoned by numpy; of costs the lowest is best."""
    for metric, pick in (("sustained", np.argmax), ("cost_sek", np.argmin)):
        found = views.measured(done, metric)
        _, _, best, value = views.fields(found, "peer_influence", "training", str)
        for variant in range(4):
            rows = reading.query(done, f"SELECT strategy, {metric} FROM outcomes WHERE variant = {variant}").rows  # noqa: S608
            middles = [
                np.quantile([v for s, v in rows if s == name], 0.5, method="inverted_cdf") for name in ("let", "help")
            ]
            across, up = divmod(variant, 2)
            assert best[up][across] == ("let", "help")[int(pick(middles))]
            assert value[up][across] == pick([0]) + middles[int(pick(middles))]


def test_an_overview_says_how_far_it_has_come(done):
    """Tasks, variants, factors and the best strategies of a folder, and of those below one."""
    one = overview.of(done)
    assert (one.kind, one.tasks, one.done, one.variants) == ("sweep", 4, 4, 4)
    assert one.factors == {"peer_influence": [0.3, 0.5], "training": [0.0, 2.0]}
    assert sum(times for _, times, _, _ in one.best) == 4
    assert [found.folder for found in overview.below(done.parent)] == [str(done)]
