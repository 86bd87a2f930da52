"""A real Dask cluster on this machine, scheduler and two workers in processes of their own, with mutual TLS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from torture import ground

NAMES = ("ca", "cert", "key")


@dataclass
class Cluster:
    """Its processes, where it is, and what to show it."""

    address: str
    certificates: tuple[Path, ...]
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def options(self) -> list[str]:
        """How the command line is told of it."""
        shown = [
            word for name, file in zip(NAMES, self.certificates, strict=True) for word in (f"--tls-{name}", str(file))
        ]
        return ["--cluster", self.address, *shown]


def certificates(folder: Path) -> tuple[Path, ...]:
    """Three PEM files, made for this occasion."""
    from distributed import Security  # noqa: PLC0415 only where Dask is installed

    made = Security.temporary()
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"{name}.pem" for name in NAMES)
    for file, text in zip(files, (made.tls_ca_file, made.tls_client_cert, made.tls_client_key), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


@contextmanager
def running(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster that is ended afterwards."""
    shown = certificates(folder / "pem")
    file = folder / "scheduler.json"
    tls = [
        word
        for option, pem in zip(("ca-file", "cert", "key"), shown, strict=True)
        for word in (f"--tls-{option}", str(pem))
    ]
    common = ["--dashboard-address", "127.0.0.1:0", "--protocol", "tls", "--host", "127.0.0.1", *tls]
    scheduler = _started("dask_scheduler", "--port", "0", "--scheduler-file", str(file), *common)
    until = time.monotonic() + 30
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.2)
    cluster = Cluster(json.loads(file.read_text(encoding="utf-8"))["address"], shown, scheduler)
    for _ in range(workers):
        options = ["--nthreads", "1", "--nworkers", "1", *common]
        cluster.workers.append(_started("dask_worker", cluster.address, *options))
    try:
        yield cluster
    finally:
        for process in (scheduler, *cluster.workers):
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    quiet = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1.0"}
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
        env=ground.environment(quiet),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def worker_killed(folder: Path, variants: int = 12) -> str:
    """One of two workers is killed in the middle of its task: nothing is lost."""
    plan = ground.ground(folder, variants)
    assert ground.swept(plan, folder / "reference").returncode == 0
    with running(folder) as cluster:
        sweep = ground.begun(plan, folder / "out", *cluster.options)
        ground.wait_until_done(folder / "out", 2)
        os.killpg(cluster.workers[0].pid, signal.SIGKILL)
        _, told = sweep.communicate(timeout=180)
        addresses = ground.listening(cluster.scheduler.pid) + ground.listening(cluster.workers[1].pid)
    assert sweep.returncode == 0, told
    assert ground.same(folder / "out", folder / "reference")
    assert len(addresses) > 1
    assert ground.beyond_loopback(addresses) == []
    return f"the same dataset; {len(addresses)} sockets listened, all on loopback"


def scheduler_killed(folder: Path, variants: int = 12) -> str:
    """The scheduler is killed: the sweep stops with a clear message, and goes on without it to the same dataset."""
    plan = ground.ground(folder, variants)
    assert ground.swept(plan, folder / "reference").returncode == 0
    with running(folder) as cluster:
        sweep = ground.begun(plan, folder / "out", *cluster.options)
        ground.wait_until_done(folder / "out", 2)
        os.killpg(cluster.scheduler.pid, signal.SIGKILL)
        _, told = sweep.communicate(timeout=120)
    kept = ground.done(folder / "out")
    assert sweep.returncode == 1, (sweep.returncode, told)
    assert "scheduler is gone" in told, told
    assert "go on" in told, told
    assert "Traceback" not in told, told
    assert kept >= 2
    assert ground.swept(plan, folder / "out").returncode == 0
    assert ground.same(folder / "out", folder / "reference")
    return f"stopped with a message, {kept} of {variants} kept; went on to the same dataset"


def stranger_refused(folder: Path) -> str:
    """Clients without certificates, or with others, are refused with a message; so is a cluster that is not there."""
    plan = ground.ground(folder, 2)
    with running(folder, workers=0) as cluster:
        plain = cluster.address.replace("tls://", "tcp://")
        told = [ground.swept(plan, folder / "out", "--cluster", plain)]
        others = Cluster(cluster.address, certificates(folder / "others"), cluster.scheduler)
        told.append(ground.swept(plan, folder / "out", *others.options))
        told.append(ground.swept(plan, folder / "out", "--cluster", cluster.address))
    told.append(ground.swept(plan, folder / "out", *cluster.options))
    codes = [one.returncode for one in told]
    assert codes == [1, 1, 2, 1], [(one.returncode, one.stderr) for one in told]
    assert all("Traceback" not in one.stderr for one in told), [one.stderr for one in told]
    assert all("No scheduler answers" in told[i].stderr for i in (0, 1, 3)), [one.stderr for one in told]
    return "no certificate, another's certificate, nobody there: refused with a message"
