"""A worker process: reads a task from each line of its input, writes the reply as a line of its output.

Lines are JSON, so nothing is ever unpickled. The worker ends with its parent, whatever ended that: its input closes,
and on Linux the kernel tells it. What a task prints goes to stderr and cannot be taken for a reply.
"""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C ends; before anything slow is loaded

import ctypes  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import queue  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from typing import Any, TextIO  # noqa: E402

from sim.executor.call import call, function  # noqa: E402

HEADROOM_BYTES = 2**30
"""Address space that libraries reserve without using it; what is used is watched from outside."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until the input closes. Arguments: target, most memory [bytes], process id of the parent."""
    target, memory, parent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _end_with(parent)
    _limit(memory)
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a task prints is no reply
    tasks: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(tasks,), daemon=True).start()
    function(target)
    _say(replies, {"ready": os.getpid()})
    while True:
        _say(replies, call(target, json.loads(tasks.get())))


def _say(replies: TextIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply, ensure_ascii=False) + "\n")
    replies.flush()


def _read(tasks: queue.SimpleQueue[str]) -> None:
    """Pass on what comes; when the input closes there is nobody left to work for."""
    for line in sys.stdin:
        tasks.put(line)
    os._exit(0)


def _end_with(parent: int) -> None:
    """Let the kernel end this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the kernel knew
            os._exit(0)


def _limit(memory: int) -> None:
    """Refuse memory far beyond the limit at once; growth up to it is watched by the parent."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 not on every system

        most = memory + HEADROOM_BYTES
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or hard >= most:
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


if __name__ == "__main__":
    main()
