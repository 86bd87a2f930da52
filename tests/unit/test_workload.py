"""What a question costs is told before it is asked."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builders import source

from sim import workload
from sim.errors import UserMistakes
from sim.experiment import compare, prepare

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_the_seconds_are_right_within_a_factor_of_two():
    """The estimate without writing, against the processor time of the run; one of two tries, for a busy machine."""
    question = source(
        clinics={"regions": {"Norrdal": 300, "Sörvik": 500}},
        strategies={"let": "let_it_happen", "help": "help_it_happen"},
        months=48,
        replicates=120,
    )
    compare(source(), threads=1)  # loads and compiles
    ratios = []
    for _ in range(2):
        told = workload.workload(question, threads=1).seconds - workload.WRITING_SECONDS
        began = time.process_time()
        compare(question, threads=1)
        ratios.append(told / (time.process_time() - began))
    assert any(0.5 < ratio < 2 for ratio in ratios), ratios


def test_the_memory_is_right_within_a_factor_of_two(tmp_path):
    """The estimate against the most that a run of the same question holds, once its loops are compiled."""
    asked = ["run", str(SCENARIOS / "self_monitoring.yaml"), "--threads", "2"]
    question = [*asked, "--replicates", "40"]
    told = json.loads(_measured([*question, "--estimate", "--json"])[0])
    _measured([*asked, "--replicates", "4", "--quiet", "--out", str(tmp_path / "compiling")])
    held = _measured([*question, "--quiet", "--fresh", "--out", str(tmp_path / "out")])[1]
    assert 0.5 < told["megabytes"] / held < 2


def _measured(words):
    """What the command printed, and the most memory that its program held [MiB].

    Read from the kernel's high-water mark of the program itself: ``ru_maxrss`` also counts the test process that it was
    forked from.
    """
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from studio.cli import main\n"
        "def most():\n"
        "    status = Path('/proc/self/status')\n"
        "    if not status.exists(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20\n"
        "    rows = dict(row.split(':', 1) for row in status.read_text().splitlines())\n"
        "    return int(rows['VmHWM'].split()[0]) / 1024\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print(most(), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=True)
    return done.stdout, float(done.stderr.split()[-1])


def test_a_question_that_the_machine_cannot_hold_is_refused(monkeypatch):
    """Too little memory is told with what to lower, before anything runs."""
    monkeypatch.setattr(workload, "available_memory", lambda: 100 * 2**20)
    with pytest.raises(UserMistakes, match=r"needs about .* GiB, and 0\.1 GiB are free\. Lower the number"):
        workload.workload(source())


def test_memory_grows_with_what_is_held_at_once():
    """More threads hold more blocks, and more replicates more results; months only add to the results."""

    def needed(threads=1, **changes):
        return workload.memory(prepare(source(clinics={"regions": {"Norrdal": 20_000}}, **changes), threads))

    assert needed(threads=2, replicates=20) > needed(threads=1, replicates=20)
    assert needed(replicates=2000) > needed(replicates=200)
    assert needed(months=14) - needed(months=7) < 2**20
