"""A result's folder: claimed before anything is computed, filled beside its place, put there in one move."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import BusyError, Mistake, UserMistakes

MANIFEST = "manifest.json"
"""The file by which a folder is known as an innomotor result; it is written last and lists all others."""

PROGRAM = "innomotor"

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def claim(path: Path) -> Iterator[Path]:
    """Make sure that a result can be written and keep others out while it is computed.

    Args:
        path: the folder that the result shall have.

    Yields:
        The folder's absolute path, to be handed to ``write_result``.

    Raises:
        UserMistakes: nothing can be written there, or something else is kept there.
        BusyError: another process has claimed it.
    """
    target = check_writable(path)
    made = _make_parents(target.parent)
    try:
        with locked(target.parent / f".{target.name}.lock", path):
            yield target
    finally:
        for folder in made:
            with suppress(OSError):  # what now holds a result stays
                folder.rmdir()


def check_writable(path: Path) -> Path:
    """The absolute path of a folder in which a result can be written.

    Raises:
        UserMistakes: nothing can be written there, or something other than a result is kept there.
    """
    target = path.resolve()
    if target == Path.cwd() or target in Path.cwd().parents:
        raise _refusal(
            path, "is the folder that you stand in, or one above it", "Name a folder below, such as results/mine"
        )
    _check_content(path, target)
    existing = next(folder for folder in target.parents if folder.exists())
    if not existing.is_dir():
        raise _refusal(path, f"{existing.name} is a file, not a folder", "Choose another folder")
    try:
        Path(tempfile.mkdtemp(prefix=".innomotor-", dir=existing)).rmdir()
    except OSError as error:
        raise _refusal(path, f"cannot be written ({error.strerror})", "Choose another folder") from error
    return target


@contextmanager
def replaced_whole(target: Path) -> Iterator[Path]:
    """A temporary folder beside ``target`` that takes its place if all goes well, and else leaves no trace.

    Args:
        target: what ``claim`` or ``check_writable`` gave.
    """
    work = target.parent / f".{target.name}.making-{secrets.token_hex(4)}"
    work.mkdir()
    try:
        yield work
        _check_content(target, target)  # whatever came there meanwhile is not ours to remove
        _sync_tree(work)
        _exchange(work, target)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _check_content(path: Path, target: Path) -> None:
    """Refuse a place that holds anything but nothing or a result."""
    if target.exists() and not target.is_dir():
        raise _refusal(path, "is a file", "Choose another name for the folder")
    if not target.is_dir() or not any(target.iterdir()):
        return
    ours = _files_of_result(target)
    if ours is None:
        raise _refusal(path, "holds files that are not an innomotor result", "Choose an empty or new folder")
    strange = sorted({p.relative_to(target).as_posix() for p in target.rglob("*") if not p.is_dir()} - ours)
    if strange:
        found = f"holds files that innomotor did not write ({', '.join(strange[:3])}{', …' if strange[3:] else ''})"
        raise _refusal(path, found, "Move them, or choose another folder")


def _files_of_result(folder: Path) -> set[str] | None:
    """The files that a result's manifest lists, with the manifest itself; None where there is no result."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("program") != PROGRAM:
        return None
    return {MANIFEST, *manifest.get("files", {})}


def _refusal(path: Path, found: str, remedy: str) -> UserMistakes:
    return UserMistakes(Mistake(place="--out", found=f"{path} {found}", remedy=f"{remedy}."))


def _make_parents(folder: Path) -> list[Path]:
    """Make the folder and those above it; gives the ones that were made, innermost first."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


@contextmanager
def locked(file: Path, path: Path) -> Iterator[None]:
    """Keep other processes out while a file is held; it is removed afterwards.

    Args:
        file: the lock.
        path: what it locks, as the user named it.

    Raises:
        BusyError: another process holds it.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor)
            held = os.fstat(descriptor).st_ino == file.stat().st_ino
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK, errno.ENOENT):
                raise
            held = False
        if not held:
            raise BusyError(
                f"{path} is being written by another innomotor. Wait for it, or choose another folder with --out."
            )
        try:
            yield
        finally:
            with suppress(OSError):
                file.unlink()
    finally:
        os.close(descriptor)


def _exchange(work: Path, target: Path) -> None:
    """Put ``work`` in the place of ``target``; on failure what was there is there again."""
    if not target.exists():
        work.replace(target)
    else:
        before = Path(tempfile.mkdtemp(prefix=f".{target.name}.before-", dir=target.parent)) / target.name
        target.replace(before)
        try:
            work.replace(target)
        except BaseException:
            before.replace(target)
            raise
        finally:
            shutil.rmtree(before.parent, ignore_errors=True)
    sync(target.parent)


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Make sure that a file's or folder's content is on the disk."""
    if path.is_dir() and sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
