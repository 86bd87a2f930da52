"""Faults of the disk, the clock, the rights and the user, each really done to a small sweep."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from torture import ground

VARIANTS = 12


def disk_full(folder: Path) -> str:
    """A disk of 200 kB fills up: the sweep stops and says so; with room again it goes on to the same dataset."""
    plan = ground.ground(folder, VARIANTS)
    assert ground.swept(plan, folder / "reference").returncode == 0
    script = f"""
        mkdir -p {folder}/small && mount -t tmpfs -o size=200k none {folder}/small || exit 99
        {" ".join(ground.command(plan, folder / "small" / "out"))} 2> {folder}/full.txt; echo $? > {folder}/full.code
        mount -o remount,size=64m {folder}/small
        {" ".join(ground.command(plan, folder / "small" / "out"))} && cp -r {folder}/small/out {folder}/out
    """
    unshared = ["unshare", "-rm", "sh", "-c", script]
    ended = subprocess.run(unshared, env=ground.environment(), capture_output=True, text=True, check=False)
    if not (folder / "full.code").exists():
        return f"left out: no file system of its own here ({ended.stderr.strip()[-80:]})"
    told = (folder / "full.txt").read_text(encoding="utf-8")
    assert (folder / "full.code").read_text().strip() == "1", told
    assert "No space left on device" in told, told
    assert "go on" in told, told
    assert "Traceback" not in told, told
    assert ended.returncode == 0, ended.stderr
    assert ground.same(folder / "out", folder / "reference")
    return "stopped with the reason, exit 1; with room it went on to the same dataset"


def read_only(folder: Path) -> str:
    """A folder without the right to write, met by a user without privileges: exit 2, nothing changed."""
    plan = ground.ground(folder, 2)
    (folder / "locked").mkdir(mode=0o555)
    (folder / "home").mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder / "home", 65534, 65534)
    ended = subprocess.run(
        [*_unprivileged(), *ground.command(plan, folder / "locked" / "out")],
        env=ground.environment({"HOME": str(folder / "home"), "INNOMOTOR_STORE": str(folder / "home" / "store")}),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert ended.returncode == 2, (ended.returncode, ended.stderr)
    assert "cannot be written" in ended.stderr, ended.stderr
    assert list((folder / "locked").iterdir()) == []
    return "refused before anything was computed, exit 2"


def _unprivileged() -> list[str]:
    """What makes a command another user's: one who may read wherever the interpreter lies, and write nowhere."""
    if os.geteuid() != 0:
        return []
    who = ["--reuid=65534", "--regid=65534", "--clear-groups"]
    return ["setpriv", *who, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


def two_at_once(folder: Path) -> str:
    """The second process on a folder is refused with exit 3; the first goes on."""
    plan = ground.ground(folder, 400)
    first = ground.begun(plan, folder / "out")
    ground.wait_until_done(folder / "out", 1)
    second = ground.swept(plan, folder / "out")
    went_on = first.poll() is None
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=120)
    assert second.returncode == 3, (second.returncode, second.stderr)
    assert "another innomotor" in second.stderr
    assert went_on
    return "the second: exit 3; the first went on"


def clock_jump(folder: Path) -> str:
    """The wall clock jumps a day back and forth at every look, in driver and workers: the dataset is the same."""
    plan = ground.ground(folder, VARIANTS)
    assert ground.swept(plan, folder / "reference").returncode == 0
    (folder / "sitecustomize.py").write_text(
        "import itertools, time\n"
        "_true, _jumps = time.time, itertools.cycle((0, 86400, -86400, 3e8))\n"
        "time.time = lambda: _true() + next(_jumps)\n"
        "time.time_ns = lambda: int(time.time() * 1e9)\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    ended = ground.swept(plan, folder / "out", env={"PYTHONPATH": path})
    assert ended.returncode == 0, ended.stderr
    assert ground.same(folder / "out", folder / "reference")
    return "the same dataset"


def corrupted_part(folder: Path) -> str:
    """One byte of a part is changed by hand, another is deleted: verify finds both, the next sweep mends them."""
    plan = ground.ground(folder, VARIANTS)
    out = folder / "out"
    assert ground.swept(plan, out).returncode == 0
    shutil.copytree(out, folder / "reference")
    one, other = sorted((out / "parts").rglob("*.parquet"))[:2]
    content = bytearray(one.read_bytes())
    content[len(content) // 2] ^= 1
    one.write_bytes(bytes(content))
    other.unlink()
    verify = [sys.executable, "-m", "studio.cli", "results", "verify", str(out)]
    found = subprocess.run(verify, env=ground.environment(), capture_output=True, text=True, check=False)
    assert found.returncode == 1, found.stdout
    assert "has changed" in found.stdout, found.stdout
    assert "is missing" in found.stdout, found.stdout
    assert ground.swept(plan, out).returncode == 0
    assert ground.same(out, folder / "reference")
    again = subprocess.run(verify, env=ground.environment(), capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout
    return "both found; computed anew to the same dataset"
