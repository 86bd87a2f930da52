"""Tasks that a worker is given in the tests: honest ones, and all the ways in which a task can go wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.errors import InnomotorError
from sim.executor import StopAll

Payload = Mapping[str, Any]


def behave(payload: Payload) -> dict[str, Any]:
    """Do what ``how`` says, or echo."""
    return {"said": WAYS.get(payload.get("how", "echo"), _echo)(payload), **_self()}


def _self() -> dict[str, Any]:
    return {"process": os.getpid(), "blas": os.environ.get("OPENBLAS_NUM_THREADS")}


def _echo(payload: Payload) -> Any:
    return payload["say"]


def _die(_: Payload) -> None:
    os.kill(os.getpid(), 9)


def _exit(_: Payload) -> None:
    os._exit(3)


def _die_once(payload: Payload) -> str:
    mark = Path(payload["mark"])
    if not mark.exists():
        mark.write_text("x")
        os.kill(os.getpid(), 9)
    return "second time"


def _for_ever(_: Payload) -> None:
    while True:
        pass


def _sleep(payload: Payload) -> Any:
    time.sleep(payload["seconds"])
    return payload["say"]


def _hog_at_once(payload: Payload) -> int:
    return len(bytearray(payload["bytes"]))


def _hog_slowly(_: Payload) -> None:
    held = []
    while True:
        held.append(b"x" * 2**26)
        time.sleep(0.001)


def _print(_: Payload) -> str:
    os.write(1, b'{"receipt": {"said": "a lie"}}\n')
    print('{"receipt": {"said": "another lie"}}', flush=True)  # noqa: T201 it is what a plugin might do
    return "the truth"


def _stop(_: Payload) -> None:
    raise StopAll("The disk is full.")


def _mistake(_: Payload) -> None:
    raise InnomotorError("peer_influence: 9 is outside the range.")


def _raise(_: Payload) -> None:
    raise ZeroDivisionError("division by zero")


WAYS: dict[str, Callable[[Payload], Any]] = {
    "die": _die,
    "exit": _exit,
    "die once": _die_once,
    "for ever": _for_ever,
    "sleep": _sleep,
    "hog at once": _hog_at_once,
    "hog slowly": _hog_slowly,
    "print": _print,
    "stop": _stop,
    "mistake": _mistake,
    "raise": _raise,
}
