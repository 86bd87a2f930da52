"""Dask clusters that are started from here: processes on this machine, jobs of SLURM, pods of Kubernetes.

Every worker holds one task and one thread, so the one that dies or hoards names its task. What differs from site to
site (queue, account, walltime) stands in the site's own ``jobqueue.yaml``.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.executor import STRIKES, Limits
from sim.executor.call import ONE_THREAD

LOOPBACK = "127.0.0.1"
SHARED = "INNOMOTOR_CLUSTER_TEMP"
"""Environment variable: a folder that SLURM's nodes share, for the certificates of the occasion."""
IMAGE = "INNOMOTOR_IMAGE"
"""Environment variable: the container image, with this version of innomotor and its extra ``scale``."""
VOLUME = "INNOMOTOR_VOLUME"
"""Environment variable: the volume claim that holds the results and where it is mounted, as in ``results:/results``."""
SCHEDULING = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(STRIKES - 1),
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1.0",
}
"""Environment of a scheduler: a task that waits is not blamed for its worker's death."""


def started(cluster: str, workers: int, limits: Limits) -> Any:
    """The cluster, where it is started from here; None where it is at an address.

    Raises:
        UserMistakes: something that the cluster needs is not told.
        InnomotorError: a package is missing, or the cluster does not start.
    """
    start = _STARTS.get(cluster)
    return None if start is None else start(workers, limits)


def installed(module: str) -> Any:
    """A module of the extra ``scale``, or of a package beside it.

    Raises:
        InnomotorError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0].replace("_", "-")
        wanted = package if package == "dask-kubernetes" else "'innomotor[scale]'"
        raise InnomotorError(f"This cluster needs {package}. Write pip install {wanted}.") from None


def _local(workers: int, limits: Limits) -> Any:
    """Processes on this machine that listen on loopback only, without dashboards."""
    return installed("distributed").LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host=LOOPBACK,
        dashboard_address=None,
        worker_dashboard_address=None,
        memory_limit=int(limits.memory_bytes),
        silence_logs=40,
        env=ONE_THREAD,
    )


def _slurm(workers: int, limits: Limits) -> Any:
    """The scheduler in this process, its workers as jobs, certificates made for the occasion."""
    made = installed("dask_jobqueue").SLURMCluster
    if shutil.which("sbatch") is None:
        raise InnomotorError("SLURM starts no workers: there is no sbatch on this machine. Start from a login node.")
    security = installed("distributed").Security.temporary()
    try:
        cluster = made(**slurm_options(limits), security=security)
    except (OSError, RuntimeError, ValueError) as error:
        raise InnomotorError(f"SLURM starts no workers: {error}") from error
    if refused := _refused(cluster.job_script()):
        cluster.close()
        raise InnomotorError(f"SLURM would refuse the workers' jobs: {refused}")
    cluster.scale(workers)
    return cluster


def _refused(script: str) -> str:
    """Why SLURM would refuse a job, or nothing; jobs that are refused later would be waited for without end."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(script)
        file.flush()
        tried = subprocess.run(["sbatch", "--test-only", file.name], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return "" if tried.returncode == 0 else tried.stderr.strip() or f"sbatch ended with exit code {tried.returncode}"


def slurm_options(limits: Limits) -> dict[str, Any]:
    """How ``dask_jobqueue.SLURMCluster`` is made; queue, account and the like come from its own configuration file."""
    shared = Path(os.environ.get(SHARED, str(Path.home() / ".innomotor")))
    shared.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "cores": 1,
        "processes": 1,
        "memory": f"{int(limits.memory_bytes / 2**20)} MiB",
        "n_workers": 0,
        "protocol": "tls",
        "shared_temp_directory": str(shared),
        "job_script_prologue": [f"export {name}={value}" for name, value in ONE_THREAD.items()],
        "worker_extra_args": ["--dashboard-address", f"{LOOPBACK}:0"],
        "scheduler_options": {"dashboard_address": f"{LOOPBACK}:0"},
    }


def _kubernetes(workers: int, limits: Limits) -> Any:
    claim, _, path = os.environ.get(VOLUME, "").partition(":")
    if not claim or not path.startswith("/"):
        remedy = f"Set {VOLUME} to the claim and where it is mounted, here and in the pods, such as results:/results"
        raise UserMistakes(Mistake("--cluster", "no volume that the pods share", remedy))
    spec = kubernetes_spec(workers, limits, os.environ.get(IMAGE, "innomotor:latest"), claim, path)
    made = installed("dask_kubernetes.operator").KubeCluster
    try:
        return made(custom_cluster_spec=spec, quiet=True)
    except Exception as error:  # whatever the operator, the credentials or the network say
        raise InnomotorError(f"Kubernetes starts no workers: {type(error).__name__}: {error}") from error


def kubernetes_spec(workers: int, limits: Limits, image: str, claim: str, path: str) -> dict[str, Any]:
    """The ``DaskCluster`` that the Dask operator makes pods of; reached inside the Kubernetes cluster only.

    Args:
        workers: how many.
        limits: what a task may cost.
        image: the container image.
        claim: the volume claim that holds the results.
        path: where it is mounted, in the pods as here.
    """
    memory = {"cpu": "1", "memory": f"{int(limits.memory_bytes / 2**20)}Mi"}
    health = {"httpGet": {"port": "http-dashboard", "path": "/health"}}
    selector = {"dask.org/cluster-name": "innomotor", "dask.org/component": "scheduler"}
    scheduler: dict[str, Any] = {
        "name": "scheduler",
        "image": image,
        "args": ["dask-scheduler", "--host", "0.0.0.0"],  # noqa: S104 within the pod; the service is of the cluster
        "env": _variables(SCHEDULING),
        "ports": [_port("tcp-comm", 8786), _port("http-dashboard", 8787)],
        "readinessProbe": {**health, "periodSeconds": 1, "timeoutSeconds": 300},
        "livenessProbe": {**health, "initialDelaySeconds": 15, "periodSeconds": 20},
    }
    worker = {
        "name": "worker",
        "image": image,
        "args": [
            "dask-worker",
            "--name",
            "$(DASK_WORKER_NAME)",
            "--nthreads",
            "1",
            "--nworkers",
            "1",
            "--no-dashboard",
        ],
        "env": _variables(ONE_THREAD),
        "resources": {"requests": memory, "limits": memory},
        "volumeMounts": [{"name": "results", "mountPath": path}],
    }
    ports = [{"name": port["name"], "protocol": "TCP", "port": port["containerPort"]} for port in scheduler["ports"]]
    return {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskCluster",
        "metadata": {"name": "innomotor"},
        "spec": {
            "worker": {
                "replicas": workers,
                "spec": {
                    "containers": [worker],
                    "volumes": [{"name": "results", "persistentVolumeClaim": {"claimName": claim}}],
                },
            },
            "scheduler": {
                "spec": {"containers": [scheduler]},
                "service": {
                    "type": "ClusterIP",
                    "selector": selector,
                    "ports": [{**port, "targetPort": port["name"]} for port in ports],
                },
            },
        },
    }


def _variables(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _port(name: str, number: int) -> dict[str, Any]:
    return {"name": name, "containerPort": number, "protocol": "TCP"}


_STARTS: dict[str, Callable[[int, Limits], Any]] = {"local": _local, "slurm": _slurm, "kubernetes": _kubernetes}
