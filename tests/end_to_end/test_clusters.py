"""Clusters that are started from here: what SLURM and Kubernetes are asked for, and that a sweep really runs on it.

There is neither SLURM nor Kubernetes here. What stands in for them does what they are asked for, as processes of this
machine: ``sbatch`` runs the job script, the pods' containers run with their arguments and environment.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from types import ModuleType, SimpleNamespace

import psutil
import pytest
from distributed.core import Status
from torture import cluster

from sim.errors import InnomotorError, UserMistakes
from sim.executor import Limits, StopAll, Task, clusters, distributed
from sim.executor.distributed import Certificates, Dask
from sim.executor.local import LocalProcesses

LIMITS = Limits(memory_bytes=2 * 2**30)
SBATCH = """#!/bin/sh
if [ "$1" = --test-only ]; then exit 0; fi
cp "$1" jobs/script.$$
setsid sh jobs/script.$$ > jobs/log.$$ 2>&1 &
echo $! >> jobs/running
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
for job in "$@"; do kill -TERM -- "-$job" 2>/dev/null; echo "$job" >> jobs/cancelled; done
"""


REFUSING = """#!/bin/sh
echo "sbatch: error: invalid account" >&2
exit 1
"""


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """A folder of its own, and sources that other processes find; dask-jobqueue leaves its certificates open."""
    here = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(here / "tests"), *filter(None, sys.path)]))
    monkeypatch.chdir(tmp_path)
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def outcomes(where: str) -> dict[str, object]:
    tasks = [Task(f"task-{number}", {"say": number}) for number in range(6)]
    found = list(Dask("toy_tasks:behave", where, workers=1).run(iter(tasks), LIMITS))
    return {one.key: one.receipt for one in found if one.ok}


def test_a_slurm_job_is_one_worker_with_certificates(environment, monkeypatch, tmp_path):
    """One thread and one task a worker, its memory, TLS, no page beyond loopback; certificates for one user."""
    import dask_jobqueue  # noqa: PLC0415 - slow to load
    from distributed import Security  # noqa: PLC0415

    monkeypatch.setenv(clusters.SHARED, str(tmp_path / "shared"))
    made = dask_jobqueue.SLURMCluster(**clusters.slurm_options(LIMITS), security=Security.temporary())
    try:
        script = made.job_script()
        files = list((tmp_path / "shared").iterdir())
        assert made.scheduler_address.startswith("tls://")
    finally:
        made.close()
    assert "#SBATCH -n 1\n#SBATCH --cpus-per-task=1\n#SBATCH --mem=2G\n" in script
    assert "export NUMBA_NUM_THREADS=1" in script
    for words in ("--nthreads 1", "--protocol tls", "--tls-key", "--dashboard-address 127.0.0.1:0", "2.00GiB"):
        assert words in script
    assert (tmp_path / "shared").stat().st_mode & 0o077 == 0
    assert [file.stat().st_mode & 0o077 for file in files] == [0, 0, 0]


def test_slurm_jobs_compute(environment, monkeypatch, tmp_path):
    """The job script that SLURM would get starts a worker that computes; afterwards the job is cancelled."""
    for name, script in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(script)
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "jobs").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv(clusters.SHARED, str(tmp_path / "shared"))
    assert len(outcomes("slurm")) == 6
    running, cancelled = ((tmp_path / "jobs" / name).read_text().split() for name in ("running", "cancelled"))
    assert set(running) == set(cancelled)


def test_without_slurm_a_sweep_says_so(environment, monkeypatch, tmp_path):
    """No ``sbatch`` here: a message, not a wait and not a traceback."""
    monkeypatch.setenv(clusters.SHARED, str(tmp_path / "shared"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InnomotorError, match="there is no sbatch"):
        outcomes("slurm")


def test_jobs_that_slurm_would_refuse_are_not_waited_for(environment, monkeypatch, tmp_path):
    """What SLURM says against the job is told at once."""
    monkeypatch.setenv(clusters.SHARED, str(tmp_path / "shared"))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "sbatch").write_text(REFUSING)
    (tmp_path / "sbatch").chmod(0o755)
    with pytest.raises(InnomotorError, match="invalid account"):
        outcomes("slurm")


def test_pods_are_workers_with_the_volume_of_the_results():
    """One thread and one task a worker, its memory, the volume where it is here; reached from inside only."""
    spec = clusters.kubernetes_spec(3, LIMITS, "region/innomotor:1", "results-claim", "/results")
    worker = spec["spec"]["worker"]
    (container,) = worker["spec"]["containers"]
    assert worker["replicas"] == 3
    assert container["image"] == "region/innomotor:1"
    assert container["resources"]["limits"] == {"cpu": "1", "memory": "2048Mi"}
    assert container["args"][container["args"].index("--nthreads") + 1] == "1"
    assert container["volumeMounts"] == [{"name": "results", "mountPath": "/results"}]
    assert worker["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "results-claim"}
    assert spec["spec"]["scheduler"]["service"]["type"] == "ClusterIP"
    named = {port["name"] for port in spec["spec"]["scheduler"]["spec"]["containers"][0]["ports"]}
    assert {port["targetPort"] for port in spec["spec"]["scheduler"]["service"]["ports"]} == named
    assert json.loads(json.dumps(spec)) == spec


class Pods:
    """Stands in for ``dask_kubernetes.operator.KubeCluster``: runs the containers of a spec as processes."""

    def __init__(self, *, custom_cluster_spec, quiet):
        assert quiet
        self.status = Status.running
        parts = custom_cluster_spec["spec"]
        scheduler = parts["scheduler"]["spec"]["containers"][0]
        arguments = [*scheduler["args"], "--port", "0", "--scheduler-file", "scheduler.json"]
        arguments[arguments.index("0.0.0.0")] = clusters.LOOPBACK  # noqa: S104 - it is replaced
        self.processes = [self._run({**scheduler, "args": [*arguments, "--dashboard-address", "127.0.0.1:0"]}, {})]
        until = time.monotonic() + 60
        while not Path("scheduler.json").exists() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.2)
        self.scheduler_address = json.loads(Path("scheduler.json").read_text())["address"]
        container = parts["worker"]["spec"]["containers"][0]
        for number in range(parts["worker"]["replicas"]):
            more = {"DASK_WORKER_NAME": f"w{number}", "DASK_SCHEDULER_ADDRESS": self.scheduler_address}
            self.processes.append(self._run(container, more))

    def _run(self, container, more):
        module, *arguments = [
            word.replace("$(DASK_WORKER_NAME)", more.get("DASK_WORKER_NAME", "")) for word in container["args"]
        ]
        given = {one["name"]: one["value"] for one in container["env"]}
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module.replace('-', '_')}", *arguments],
            env={**os.environ, **given, **more},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self, timeout=None):
        """End the processes."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()


def test_pods_compute(environment, monkeypatch):
    """The arguments and variables of the pods' containers start a scheduler and a worker that compute."""
    package, operator = ModuleType("dask_kubernetes"), ModuleType("dask_kubernetes.operator")
    operator.KubeCluster = Pods
    monkeypatch.setitem(sys.modules, "dask_kubernetes", package)
    monkeypatch.setitem(sys.modules, "dask_kubernetes.operator", operator)
    monkeypatch.setenv(clusters.VOLUME, "results:/results")
    assert len(outcomes("kubernetes")) == 6


@pytest.mark.parametrize("said", [None, "", "results", "results:relative"])
def test_kubernetes_without_a_volume_is_a_mistake(monkeypatch, said):
    """Pods that cannot write where the results belong would compute for nothing."""
    monkeypatch.delenv(clusters.VOLUME, raising=False)
    if said is not None:
        monkeypatch.setenv(clusters.VOLUME, said)
    with pytest.raises(UserMistakes, match="no volume that the pods share"):
        outcomes("kubernetes")


def test_a_package_that_is_missing_is_named(monkeypatch):
    """Kubernetes needs a package beside the extra."""
    monkeypatch.setenv(clusters.VOLUME, "results:/results")
    monkeypatch.setitem(sys.modules, "dask_kubernetes", None)
    with pytest.raises(InnomotorError, match="pip install dask-kubernetes"):
        outcomes("kubernetes")


def test_wrong_certificates_are_told_by_their_files(tmp_path):
    """What holds no certificate, and a key of another certificate, are mistakes before anybody is called."""
    one, other = cluster.certificates(tmp_path / "one"), cluster.certificates(tmp_path / "other")
    (tmp_path / "letter.pem").write_text("Dear sir")
    for files, told in (
        ((tmp_path / "letter.pem", *one[1:]), "letter.pem holds no certificate"),
        ((*one[:2], other[2]), "do not belong together"),
        ((one[0], tmp_path / "none.pem", one[2]), "there is no file"),
    ):
        with pytest.raises(UserMistakes, match=told):
            next(iter(Dask("toy_tasks:behave", "tls://127.0.0.1:9", 1, Certificates(*files)).run(iter(()), LIMITS)))


def test_what_is_not_on_this_machine_is_met_with_certificates_only():
    """A plain address elsewhere, and TLS without certificates, are refused; so is what is no address."""
    for address in ("tcp://10.0.0.1:8786", "tls://10.0.0.1:8786", "somewhere"):
        with pytest.raises(UserMistakes, match="--cluster"):
            next(iter(Dask("toy_tasks:behave", address).run(iter(()), LIMITS)))


def test_a_network_that_fails_is_a_scheduler_that_is_gone(monkeypatch):
    """A connection that is lost while replies are fetched is not taken for a fault of the disk."""

    def lost(*_):
        raise TimeoutError("Timed out trying to connect")
        yield

    monkeypatch.setattr(distributed, "_handed_out", lost)
    monkeypatch.setattr(Dask, "_client", lambda *_: SimpleNamespace(close=lambda timeout: None))
    with pytest.raises(StopAll, match="The scheduler is gone"):
        list(Dask("toy_tasks:behave", "tcp://127.0.0.1:9").run(iter(()), LIMITS))


@pytest.mark.parametrize("executor", [LocalProcesses("toy_tasks:behave", 1), Dask("toy_tasks:behave", "local", 1)])
def test_on_this_machine_nothing_listens_beyond_loopback(environment, executor):
    """Processes of the default mode listen nowhere, those of Dask on loopback only, this process included."""
    me = psutil.Process()
    before = {one.laddr for one in me.net_connections("inet")}
    outcomes_ = executor.run(iter([Task(f"task-{number}", {"say": number}) for number in range(3)]), LIMITS)
    next(outcomes_)
    crew = [me, *me.children(recursive=True)]
    listening = {one.laddr for process in crew for one in process.net_connections("inet") if one.status == "LISTEN"}
    outcomes_.close()
    assert {address.ip for address in listening - before} == ({"127.0.0.1"} if isinstance(executor, Dask) else set())
