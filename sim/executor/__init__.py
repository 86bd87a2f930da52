"""The seam to whatever computes: tasks of plain JSON go in, outcomes come out, in any order.

A task names its work by a key and says it as plain data; the worker calls one function, named as ``module:function``,
writes what it found itself and gives back a receipt of some two hundred bytes. No closures, no pickled objects. What a
task may cost is limited; a task that twice ends its worker, its time or its memory is given up with the reason, and
the others go on. ``local`` keeps processes on this machine, ``distributed`` hands the tasks to Dask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sim.errors import InnomotorError

STRIKES = 2
"""How often a task is tried before it is given up."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work."""

    key: str
    """What names it; the same work has the same key."""
    payload: Mapping[str, Any]
    """What the function is given: plain JSON."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task."""

    key: str
    ok: bool
    receipt: Mapping[str, Any] | None = None
    """What the function gave back, plain JSON; None where it failed."""
    error: str = ""
    """Why it was given up, fit to be shown."""
    attempts: int = 1
    """How often it was tried."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task may cost."""

    seconds: float = 3600.0
    """Most time on the clock [s]."""
    memory_bytes: float = 4 * 2**30
    """Most memory of its process [bytes]."""
    window: int = 64
    """Most tasks handed out at once, where an engine queues them."""


class StopAll(InnomotorError):
    """The work cannot go on, and not for the task's fault: the disk is full, the scheduler is gone."""


class Executor(Protocol):
    """What computes tasks."""

    def run(self, tasks: Iterable[Task], limits: Limits) -> Iterator[Outcome]:
        """Outcomes as they come, in any order; tasks are asked for only when there is room for them.

        Closing the iterator, or an exception in it, ends everything that was started.

        Raises:
            StopAll: nothing more can be computed.
        """
