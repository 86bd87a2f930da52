"""Long work that goes on while pages come and go: set going once, told how far it has come, kept for who asks again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from sim.errors import Mistake, UserMistakes

KEPT = 4
"""Results that are kept of each kind; the one that was asked for the longest ago goes first."""

Result = TypeVar("Result")
Step = Literal["waiting", "simulating", "choosing", "ready", "failed"]


@dataclass
class Work(Generic[Result]):
    """A piece of work, and how far it has come."""

    key: str
    """Of all that the result rests on."""
    step: Step = "waiting"
    done: int = 0
    of: int = 0
    """How much there is to do, as far as is known."""
    result: Result | None = None
    mistakes: tuple[Mistake, ...] = ()
    ended: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, of: int) -> None:
        """Say how much of a step is done."""
        self.done, self.of = done, of

    def told(self) -> dict[str, Any]:
        """How far it has come, as JSON data."""
        mistakes = [str(one) for one in self.mistakes]
        return {"key": self.key, "step": self.step, "done": self.done, "of": self.of, "mistakes": mistakes}


class Background(Generic[Result]):
    """Pieces of work of one kind, one after the other in a thread of their own."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._works: OrderedDict[str, Work[Result]] = OrderedDict()
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="innomotor-page")

    def known(self, key: object) -> Work[Result] | None:
        """The work of that key, if it is under way or done."""
        with self._lock:
            return self._works.get(key) if isinstance(key, str) else None

    def get(self, key: str, do: Callable[[Work[Result]], Result]) -> Work[Result]:
        """The work of that key; the first who asks sets it going, and who asks after a failure sets it going anew.

        Args:
            key: of all that the result rests on.
            do: gives the result, and says on the work how far it has come.
        """
        with self._lock:
            work = self._works.get(key)
            if work is None or work.step == "failed":
                work = self._works[key] = Work(key)
                self._worker.submit(_done, work, do)
            self._works.move_to_end(key)
            while len(self._works) > KEPT:
                self._works.popitem(last=False)
        return work


def _done(work: Work[Result], do: Callable[[Work[Result]], Result]) -> None:
    """Do it; a mistake or a fault of the program ends this work and not the server."""
    try:
        work.step = "simulating"
        work.result = do(work)
        work.step = "ready"
    except UserMistakes as told:
        work.mistakes, work.step = tuple(told.mistakes), "failed"
    except Exception as fault:
        work.mistakes = (Mistake("page", f"{type(fault).__name__}: {fault}", "Try it on the command line."),)
        work.step = "failed"
    finally:
        work.ended.set()
