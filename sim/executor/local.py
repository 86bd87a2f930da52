"""Processes on this machine: each worker holds one task, so the one that dies, hangs or hoards names its task."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.executor import STRIKES, Limits, Outcome, StopAll, Task
from sim.executor.call import ONE_THREAD

TICK_SECONDS = 0.2
"""How often time and memory are looked at [s]."""
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass
class _Try:
    """A task and how often it was begun."""

    task: Task
    attempts: int = 0


@dataclass(eq=False)
class _Worker:
    """A process and what it holds."""

    process: subprocess.Popen[str]
    ready: bool = False
    holds: _Try | None = None
    since: float = 0.0
    ended_for: str = ""
    """Why it was ended from here, or nothing."""
    listener: threading.Thread | None = None

    def bury(self) -> int:
        """Wait for its end and let go of what is left of it; gives its exit code."""
        code = self.process.wait()
        if self.listener is not None:
            self.listener.join()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        return code


@dataclass
class LocalProcesses:
    """Worker processes on this machine."""

    target: str
    """The function to call, as ``module:function``."""
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)

    def run(self, tasks: Iterable[Task], limits: Limits) -> Iterator[Outcome]:
        """See ``Executor.run``. No task waits in a queue: whoever is free takes the next."""
        crew = _Crew(self.target, limits)
        try:
            yield from crew.work(iter(tasks), self.workers)
        finally:
            crew.end()


class _Crew:
    """The workers of one run."""

    def __init__(self, target: str, limits: Limits) -> None:
        self._target, self._limits = target, limits
        self._members: list[_Worker] = []
        self._said: queue.SimpleQueue[tuple[_Worker, dict[str, Any] | None]] = queue.SimpleQueue()
        self._again: deque[_Try] = deque()
        self._never_ready = 0

    def work(self, tasks: Iterator[Task], workers: int) -> Iterator[Outcome]:
        """Hand out tasks and give their outcomes until there are none left."""
        waiting = self._next(tasks)
        while waiting is not None or any(member.holds for member in self._members):
            if waiting is not None and len(self._members) < workers and all(m.holds for m in self._members if m.ready):
                self._members.append(self._start())
            free = next((m for m in self._members if m.ready and m.holds is None), None)
            if waiting is not None and free is not None and self._hand(free, waiting):
                waiting = self._next(tasks)
                continue
            with suppress(queue.Empty):
                yield from self._heard(*self._said.get(timeout=TICK_SECONDS))
            self._watch()
            if waiting is None:
                waiting = self._next(tasks)

    def end(self) -> None:
        """End every worker; what they were at is lost, what they had told is not."""
        for member in self._members:
            with suppress(OSError):
                member.process.kill()
        for member in self._members:
            member.bury()
        self._members.clear()

    def _next(self, tasks: Iterator[Task]) -> _Try | None:
        if self._again:
            return self._again.popleft()
        task = next(tasks, None)
        return None if task is None else _Try(task)

    def _start(self) -> _Worker:
        arguments = [self._target, str(int(self._limits.memory_bytes)), str(os.getpid())]
        process = subprocess.Popen(  # noqa: S603 our own interpreter and module
            [sys.executable, "-P", "-m", "sim.executor.serve", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        member = _Worker(process)
        member.listener = threading.Thread(target=self._listen, args=(member,), daemon=True)
        member.listener.start()
        return member

    def _listen(self, member: _Worker) -> None:
        """Pass on a worker's lines; None when it has ended."""
        with suppress(OSError, ValueError):
            for line in member.process.stdout or ():
                self._said.put((member, json.loads(line)))
        self._said.put((member, None))

    def _hand(self, member: _Worker, waiting: _Try) -> bool:
        """Whether the worker took the task."""
        try:
            stdin = member.process.stdin
            if stdin is None:
                return False
            stdin.write(json.dumps(waiting.task.payload, ensure_ascii=False) + "\n")
            stdin.flush()
        except OSError:  # it has just ended, which will be heard
            member.ready = False
            return False
        member.holds, member.since = waiting, time.monotonic()
        waiting.attempts += 1
        return True

    def _heard(self, member: _Worker, reply: dict[str, Any] | None) -> Iterator[Outcome]:
        if member not in self._members:
            return
        if reply is None:
            yield from self._lost(member)
        elif "ready" in reply:
            member.ready, self._never_ready = True, 0
        elif "stop" in reply:
            raise StopAll(reply["stop"])
        elif member.holds is not None:
            done, member.holds = member.holds, None
            if "error" in reply:
                yield from self._failed(done, reply["error"])
            else:
                yield Outcome(done.task.key, True, reply["receipt"], attempts=done.attempts)

    def _lost(self, member: _Worker) -> Iterator[Outcome]:
        """A worker has ended."""
        self._members.remove(member)
        code = member.bury()
        if member.holds is not None:
            yield from self._failed(member.holds, member.ended_for or _cause(code))
        elif not member.ready:
            self._never_ready += 1
            if self._never_ready > STRIKES:
                raise StopAll(f"No worker process could start ({_cause(code)}); what it said stands above.")

    def _failed(self, tried: _Try, why: str) -> Iterator[Outcome]:
        """Try once more, or give up."""
        if tried.attempts < STRIKES:
            self._again.append(tried)
        else:
            yield Outcome(tried.task.key, False, error=why, attempts=tried.attempts)

    def _watch(self) -> None:
        """End whoever takes more time or memory than a task may."""
        now, limits = time.monotonic(), self._limits
        for member in self._members:
            if member.holds is None or member.ended_for:
                continue
            if now - member.since > limits.seconds:
                member.ended_for = f"it ran longer than {limits.seconds:g} s and was ended"
            elif (used := _resident_bytes(member.process.pid)) > limits.memory_bytes:
                most = limits.memory_bytes / 2**20
                member.ended_for = f"it took {used / 2**20:.0f} MiB of memory, more than {most:.0f}, and was ended"
            else:
                continue
            member.process.kill()


def _cause(code: int) -> str:
    """What an exit code tells."""
    if code >= 0:
        return f"its worker process ended with exit code {code}"
    name = signal.Signals(-code).name if -code in list(signal.Signals) else str(-code)
    hint = ", perhaps because the machine ran out of memory" if name == "SIGKILL" else ""
    return f"its worker process was ended by {name}{hint}"


def _resident_bytes(process: int) -> int:
    """Memory that a process holds [bytes]; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0
