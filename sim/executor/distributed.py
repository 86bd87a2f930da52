"""Dask: a cluster on this machine, one at an address with mutual TLS, or one that SLURM or Kubernetes starts.

Dask is only processor time. It asks for no answer twice that the store has, and when its scheduler dies the sweep
stops with a message and goes on later from what is stored. Nothing listens beyond this machine unless a cluster that
is elsewhere is asked for by name; one at an address is met with certificates only.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import faulthandler
import importlib
import logging
import os
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sim.errors import Mistake, UserMistakes
from sim.executor import STRIKES, Limits, Outcome, StopAll, Task
from sim.executor.call import ONE_THREAD, call
from sim.executor.clusters import LOOPBACK, installed, started

CONNECT_SECONDS = 15.0
"""How long a scheduler may take to answer [s]."""
_LOST_SECONDS = 3.0
"""How long a scheduler may be gone before it is taken for dead [s]."""
_POLL_SECONDS = 0.005
_GONE = (OSError, asyncio.CancelledError, concurrent.futures.CancelledError)


@dataclass(frozen=True, slots=True)
class Certificates:
    """What both sides show each other: files in PEM."""

    authority: Path
    certificate: Path
    key: Path


@dataclass
class Dask:
    """Workers of a Dask cluster."""

    target: str
    """The function to call, as ``module:function``."""
    cluster: str
    """``local``, ``slurm``, ``kubernetes``, or the address of a scheduler such as ``tls://host:8786``."""
    workers: int = 2
    """How many, where the cluster is started from here."""
    certificates: Certificates | None = None

    def run(self, tasks: Iterable[Task], limits: Limits) -> Iterator[Outcome]:
        """See ``Executor.run``; at most ``limits.window`` tasks wait in the scheduler.

        Raises:
            UserMistakes: an address without certificates, or certificates that do not fit.
            StopAll: there is no scheduler, or it is gone.
        """
        distributed = installed("distributed")
        _quieten()
        dask_config = importlib.import_module("dask").config
        settings = {
            "distributed.scheduler.allowed-failures": STRIKES - 1,
            "distributed.scheduler.worker-saturation": 1.0,  # a task that waits is not blamed for its worker's death
            "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS:g}s",
            "distributed.comm.retry.count": 0,
            "distributed.worker.daemon": True,
            "distributed.admin.log-format": "%(levelname)s %(message)s",
        }
        with dask_config.set(settings):
            cluster = started(self.cluster, self.workers, limits)
            try:
                client = self._client(distributed, cluster)
                try:
                    yield from _handed_out(distributed, client, self.target, iter(tasks), limits)
                except _GONE as error:  # of the network: what a task or the disk does wrong is in its reply
                    raise StopAll("The scheduler is gone.") from error
                finally:
                    with suppress(Exception):
                        client.close(timeout=2)
            finally:
                if cluster is not None:
                    with suppress(Exception):
                        cluster.close(timeout=5)

    def _client(self, distributed: Any, cluster: Any) -> Any:
        if cluster is not None:
            return distributed.Client(cluster, set_as_default=False)
        security = _security(distributed, self.cluster, self.certificates)
        try:
            return distributed.Client(self.cluster, security=security, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise StopAll(
                f"No scheduler answers at {self.cluster}, or it does not accept the certificates ({why})."
            ) from error


def _handed_out(distributed: Any, client: Any, target: str, tasks: Iterator[Task], limits: Limits) -> Iterator[Outcome]:
    """Keep so many tasks with the scheduler and give their outcomes as they come.

    Tasks go and replies come by the batch: a message for each would cost more than a small task.
    """
    going: dict[str, _Try] = {}
    waiting = distributed.as_completed(loop=client.loop)

    def hand(tries: list[_Try]) -> None:
        if tries:
            payloads = [dict(one.task.payload) for one in tries]
            names = [f"{one.task.key}-{one.attempts}" for one in tries]
            futures = client.map(guarded, [target] * len(tries), payloads, [limits.seconds] * len(tries), key=names)
            going.update(zip(names, tries, strict=True))
            waiting.update(futures)

    def fresh() -> list[_Try]:
        return [_Try(task, 1) for task in islice(tasks, limits.window - len(going))]

    hand(fresh())
    while going:
        futures = _next(waiting, client)
        again: list[_Try] = []
        for name, reply in _replies(client, futures).items():
            tried = going.pop(name)
            if "stop" in reply:
                raise StopAll(reply["stop"])
            if "receipt" in reply:
                yield Outcome(tried.task.key, True, reply["receipt"], attempts=tried.attempts)
            elif tried.attempts < STRIKES and "killed" not in reply:
                again.append(_Try(tried.task, tried.attempts + 1))
            else:
                attempts = reply.get("killed", tried.attempts)
                yield Outcome(tried.task.key, False, error=reply["error"], attempts=attempts)
        del futures
        hand(again)
        hand(fresh())


@dataclass(frozen=True, slots=True)
class _Try:
    """A task and how often it was handed out."""

    task: Task
    attempts: int


def _next(waiting: Any, client: Any) -> list[Any]:
    """The futures that are done next; a scheduler that is gone is told, not waited for.

    Raises:
        StopAll: it has not been there for some seconds.
    """
    last_there = time.monotonic()
    while True:
        batch: list[Any] = waiting.next_batch(block=False)
        if batch:
            return batch
        link = client.scheduler_comm
        if client.status == "running" and link is not None and not link.comm.closed():
            last_there = time.monotonic()
        elif time.monotonic() - last_there > _LOST_SECONDS:
            raise StopAll("The scheduler is gone.")
        time.sleep(_POLL_SECONDS)


def _replies(client: Any, futures: list[Any]) -> dict[str, dict[str, Any]]:
    """What tasks said, or why they said nothing, by what they are called there."""
    finished = [future for future in futures if future.status == "finished"]
    replies: dict[str, dict[str, Any]] = dict(
        zip((future.key for future in finished), client.gather(finished), strict=True)
    )
    return replies | {future.key: _trouble(future) for future in futures if future.key not in replies}


def _trouble(future: Any) -> dict[str, Any]:
    """Why a task said nothing."""
    if future.status in ("cancelled", "lost"):
        raise StopAll("The scheduler is gone.")
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        return {"error": "its worker processes ended, or it ran longer than it may", "killed": STRIKES}
    return {"error": f"{type(error).__name__}: {error}"}


def guarded(target: str, payload: Any, seconds: float) -> dict[str, Any]:
    """The task's reply; a task that runs too long ends its worker, which the scheduler counts as a strike."""
    os.environ.update(ONE_THREAD)
    faulthandler.dump_traceback_later(seconds, exit=True, file=2)
    try:
        return call(target, payload)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _quieten() -> None:
    """Dask logs every lost connection at length; what matters is told by the outcomes."""
    for name in list(logging.root.manager.loggerDict):
        if name == "distributed" or name.startswith("distributed."):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _security(distributed: Any, address: str, certificates: Certificates | None) -> Any:
    """Mutual TLS; a plain address is accepted on this machine only."""
    scheme, _, rest = address.partition("://")
    here = rest.split(":")[0] in (LOOPBACK, "localhost")
    if scheme == "tcp" and here and certificates is None:
        return None
    if scheme not in ("tls", "tcp") or not rest:
        remedy = "Write local, slurm, kubernetes, or an address such as tls://host:8786"
        raise UserMistakes(Mistake("--cluster", f"{address!r} is no cluster", remedy))
    if scheme == "tcp" or certificates is None:
        found = f"{address} is not on this machine, and nothing protects it" if scheme == "tcp" else "no certificates"
        remedy = "Write tls://… with --tls-ca, --tls-cert and --tls-key"
        raise UserMistakes(Mistake("--cluster", found, remedy))
    missing = [
        path for path in (certificates.authority, certificates.certificate, certificates.key) if not path.is_file()
    ]
    if missing:
        raise UserMistakes(Mistake("--tls", f"there is no file {missing[0]}", "Write the names of three PEM files"))
    _check_fit(certificates)
    return distributed.Security(
        tls_ca_file=str(certificates.authority),
        tls_client_cert=str(certificates.certificate),
        tls_client_key=str(certificates.key),
        require_encryption=True,
    )


def _check_fit(certificates: Certificates) -> None:
    """Refuse files that hold no certificate, or a key of another one.

    Raises:
        UserMistakes: which file.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    try:
        context.load_verify_locations(certificates.authority)
    except OSError as error:
        found = f"{certificates.authority} holds no certificate ({error.strerror or error})"
        raise UserMistakes(Mistake("--tls-ca", found, "Write a PEM file with the authority's certificate")) from error
    try:
        context.load_cert_chain(certificates.certificate, certificates.key)
    except OSError as error:
        found = f"{certificates.certificate} and {certificates.key} do not belong together ({error.strerror or error})"
        remedy = "Write PEM files with a certificate and the key that it was made with"
        raise UserMistakes(Mistake("--tls-cert", found, remedy)) from error
