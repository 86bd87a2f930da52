"""What the faults are done to: a small real sweep, run by the command line in a session of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sim.sweep import driver

BASE = """
months: 8
replicates: {replicates}
clinics: {{regions: {{Uppsala: 12}}}}
innovations: {{triage: {{begins: {{region: Uppsala, clinics: 2}}}}}}
strategies: {{let: let_it_happen, help: help_it_happen}}
uncertain: {{internalisation: {{uniform: [0.0, 0.5]}}}}
"""
PLAN = """
base: base.yaml
factors: {{peer_influence: {{uniform: [0.25, 0.65], steps: {variants}}}}}
keep: {{curves: [reach, sustained]}}
"""


def ground(folder: Path, variants: int, replicates: int = 3) -> Path:
    """A plan in a folder; gives its file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.yaml").write_text(BASE.format(replicates=replicates), encoding="utf-8")
    (folder / "plan.yaml").write_text(PLAN.format(variants=variants), encoding="utf-8")
    return folder / "plan.yaml"


def command(plan: Path, out: Path, *more: str) -> list[str]:
    """The command line of a sweep."""
    return [sys.executable, "-m", "studio.cli", "sweep", str(plan), "--out", str(out), "--yes", *more]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment with this source tree importable."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8", **(more or {})}


def swept(plan: Path, out: Path, *more: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A sweep that is let alone."""
    return subprocess.run(
        command(plan, out, *more), env=environment(env), capture_output=True, text=True, check=False, timeout=600
    )


def begun(plan: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """A sweep that something will happen to, leader of a session and a group of its own."""
    return subprocess.Popen(
        command(plan, out, *more),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def done(out: Path) -> int:
    """How many results a folder acknowledges; read as another process would."""
    with suppress(Exception):
        return driver_count(out)
    return 0


def driver_count(out: Path) -> int:
    """The ledger's count."""
    from contextlib import closing  # noqa: PLC0415

    from sim.store.ledger import Ledger  # noqa: PLC0415

    with closing(Ledger(out)) as ledger:
        return ledger.count()


def wait_until_done(out: Path, least: int, seconds: float = 60) -> None:
    """Wait until so many results are acknowledged."""
    until = time.monotonic() + seconds
    while done(out) < least and time.monotonic() < until:
        time.sleep(0.05)


def members(session: int) -> list[int]:
    """Processes of a session that are alive."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                fields = (place / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found.append(int(place.name))
    return found


def left_behind(session: int, seconds: float = 6) -> list[int]:
    """Processes of a session that are still there after a while; they are ended."""
    until = time.monotonic() + seconds
    while (left := members(session)) and time.monotonic() < until:
        time.sleep(0.05)
    for process in left:
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)
    return left


def same(out: Path, reference: Path) -> bool:
    """Whether two folders hold the same dataset, to the last bit, and the manifest says so."""
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return driver.digest(out) == driver.digest(reference) == manifest["digest"]


def listening(session: int) -> list[str]:
    """Addresses that the processes of a session listen on, from the kernel's tables."""
    inodes = set()
    for process in members(session):
        with suppress(OSError):
            for link in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    inodes.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.append(fields[1])
    return found


def beyond_loopback(addresses: list[str]) -> list[str]:
    """Those of the addresses that are not 127.0.0.1 or ::1."""
    own = ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")
    return [address for address in addresses if address.split(":")[0] not in own]
