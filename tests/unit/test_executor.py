"""The local executor: every task answered once, whatever its worker does, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.executor import Limits, StopAll, Task
from sim.executor.local import LocalProcesses

TARGET = "toy_tasks:behave"
QUICK = Limits(seconds=2.0, memory_bytes=300 * 2**20)


def tasks(*payloads):
    return [Task(str(number), payload) for number, payload in enumerate(payloads)]


def run(*payloads, workers=2, limits=QUICK):
    return {outcome.key: outcome for outcome in LocalProcesses(TARGET, workers).run(iter(tasks(*payloads)), limits)}


def children() -> set[int]:
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(child) for child in listed.split()}


def test_every_task_is_answered_once():
    """Forty tasks give forty outcomes, by two processes that keep BLAS to one thread."""
    found = run(*({"say": f"å{i}"} for i in range(40)))
    assert {key: outcome.receipt["said"] for key, outcome in found.items()} == {str(i): f"å{i}" for i in range(40)}
    assert {outcome.receipt["blas"] for outcome in found.values()} == {"1"}
    assert os.getpid() not in {outcome.receipt["process"] for outcome in found.values()}


def test_tasks_are_asked_for_one_by_one():
    """A million tasks are never held: only those are asked for that a worker is free to take."""
    asked = []

    def endless():
        for number in range(1_000_000):
            asked.append(number)
            yield Task(str(number), {"say": "x"})

    outcomes = LocalProcesses(TARGET, 2).run(endless(), QUICK)
    for _ in range(10):
        next(outcomes)
    outcomes.close()
    assert len(asked) <= 14


def test_faulty_tasks_are_given_up_with_the_reason_and_the_rest_is_right():
    """Poison, exit, exception, endless loop and hogs each lose their own task only, after two tries, and say why."""
    wrong = {
        "die": "SIGKILL",
        "exit": "exit code 3",
        "raise": "ZeroDivisionError: division by zero",
        "mistake": "outside the range",
        "for ever": "longer than 2 s",
        "hog at once": "more memory than a task may have",
        "hog slowly": "MiB of memory, more than 300",
    }
    faulty = [{"how": how, "bytes": 8 * 2**30} for how in wrong]
    found = run(*faulty, *({"say": i} for i in range(12)))
    for number, (how, reason) in enumerate(wrong.items()):
        outcome = found[str(number)]
        assert (outcome.ok, outcome.attempts) == (False, 2), how
        assert reason in outcome.error, (how, outcome.error)
    assert [found[str(i)].receipt["said"] for i in range(len(wrong), len(wrong) + 12)] == list(range(12))


def test_a_task_whose_worker_was_killed_is_tried_again(tmp_path):
    """One death is no proof of guilt."""
    found = run({"how": "die once", "mark": str(tmp_path / "mark")})
    assert (found["0"].ok, found["0"].attempts, found["0"].receipt["said"]) == (True, 2, "second time")


def test_what_a_task_prints_is_no_reply(capfd):
    """A plugin that prints JSON on stdout does not forge a result."""
    assert run({"how": "print"})["0"].receipt["said"] == "the truth"
    assert "a lie" in capfd.readouterr().err


def test_what_stops_one_stops_all():
    """A full disk is not the task's fault: nothing more is handed out."""
    with pytest.raises(StopAll, match="disk is full"):
        run({"how": "stop"}, *({"say": i} for i in range(100)))


def test_workers_that_cannot_start_end_the_run(capfd):
    """A function that is not there is told, not tried for ever."""
    with pytest.raises(StopAll, match="No worker process could start"):
        list(LocalProcesses("toy_tasks:no_such", 1).run(iter(tasks({})), QUICK))
    assert "no_such" in capfd.readouterr().err


def test_nobody_is_left_behind_after_ctrl_c():
    """An interruption in the middle ends the workers at once."""
    before = children()
    outcomes = LocalProcesses(TARGET, 2).run(iter(tasks(*[{"how": "sleep", "seconds": 60, "say": 0}] * 3)), Limits())
    with pytest.raises(KeyboardInterrupt), interrupted_after(1.0):
        next(outcomes)
    outcomes.close()
    assert children() == before


@contextmanager
def interrupted_after(seconds):
    """What Ctrl-C does to a program that waits."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_parent(how):
    """However the driver ends, no worker outlives it by more than a moment."""
    code = (
        "from sim.executor import Limits, Task; from sim.executor.local import LocalProcesses\n"
        "sleep = {'how': 'sleep', 'seconds': 60, 'say': 0}\n"
        "mine = [Task('0', {'say': 1}), Task('1', sleep), Task('2', sleep)]\n"
        f"for o in LocalProcesses({TARGET!r}, 2).run(iter(mine), Limits()): print(o.receipt['process'], flush=True)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as driver:
        worker = int(driver.stdout.readline())
        driver.send_signal(how)
        driver.wait(timeout=10)
    until = time.monotonic() + 5
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(worker)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
