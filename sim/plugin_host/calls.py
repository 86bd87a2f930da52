"""Calls into plugins: whose turn it is, what goes wrong there, and what has run for too long.

A fault is told with plugin, hook, part and month. Global random numbers are refused while a plugin is at work. A
watchdog interrupts what runs for longer than `time_limit`; what cannot be interrupted ends the process.
"""

from __future__ import annotations

import ctypes
import functools
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import PluginFault

_TICK = 0.1


@dataclass(eq=False, slots=True)
class Call:
    """A plugin's code at work."""

    plugin: str
    hook: str
    part: str = ""
    month: int | None = None
    source: Path | None = None
    """Folder of the plugin, so that a fault can name the line."""
    thread: int = field(default_factory=threading.get_ident)
    began: float = field(default_factory=time.monotonic)
    worked: float = field(default_factory=time.thread_time)
    """The thread's processor time when it began [seconds]."""
    overrun: float | None = None
    """When it was told to stop."""

    def fault(self, found: str) -> PluginFault:
        """What was wrong, with where."""
        return PluginFault(self.plugin, self.hook, found, part=self.part, month=self.month)


class Refused(Exception):
    """A plugin asked for something that it may not have."""


class _Overrun(BaseException):
    """The watchdog interrupts."""


_lock = threading.Lock()
_active: dict[int, list[Call]] = {}
"""Calls at work, by thread; the last one is inside the others."""
_seconds: dict[str, float] = {}
_watchdog: threading.Thread | None = None


def time_limit() -> float:
    """How long one call may run [seconds]; ``INNOMOTOR_PLUGIN_SECONDS`` in the environment, else 60."""
    try:
        return float(os.environ["INNOMOTOR_PLUGIN_SECONDS"])
    except (KeyError, ValueError):
        return 60.0


def grace() -> float:
    """How long a call may go on once it was interrupted [seconds]; ``INNOMOTOR_PLUGIN_GRACE``, else 5."""
    try:
        return float(os.environ["INNOMOTOR_PLUGIN_GRACE"])
    except (KeyError, ValueError):
        return 5.0


def seconds() -> dict[str, float]:
    """Processor time that each plugin has taken in this process so far."""
    with _lock:
        return dict(_seconds)


@contextmanager
def at_work(call: Call) -> Iterator[None]:
    """While a plugin's code runs: whatever goes wrong there becomes a `PluginFault`."""
    _guard_global_randomness()
    _watch()
    try:
        with _lock:
            _active.setdefault(call.thread, []).append(call)
        try:
            yield
        finally:
            _leave(call)
    except PluginFault:
        raise
    except _Overrun:
        raise _too_long(call) from None
    except Refused as error:
        raise call.fault(f"{error}{_line(error, call.source)}") from error
    except Exception as error:
        raise call.fault(_wrong(error, call.source)) from error
    if call.overrun is not None:
        raise _too_long(call)


def _leave(call: Call) -> None:
    with _lock:
        calls = _active[call.thread]
        calls.remove(call)
        if not calls:
            del _active[call.thread]
            _seconds[call.plugin] = _seconds.get(call.plugin, 0.0) + time.thread_time() - call.worked
        if call.overrun is not None:  # it came to an end by itself at that very moment
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(call.thread), None)


def _wrong(error: Exception, source: Path | None) -> str:
    if isinstance(error, ValueError) and "read-only" in str(error):
        return f"writes to state that it does not declare in its writes{_line(error, source)}"
    return f"raised {type(error).__name__}: {' '.join(str(error).split())}{_line(error, source)}"


def _line(error: Exception, source: Path | None) -> str:
    """The plugin's own line that the error came from."""
    if source is None:
        return ""
    folder = source.parent if source.is_file() else source
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    return f" ({Path(frames[-1].filename).relative_to(folder.parent).as_posix()}:{frames[-1].lineno})" if frames else ""


def _too_long(call: Call) -> PluginFault:
    return call.fault(f"has run for more than {time_limit():g} seconds")


# --- the watchdog ---------------------------------------------------------------------------------------------------


def end_process(call: Call) -> None:
    """What to do about a call that cannot be interrupted: say so and end the process."""
    print(f"{_too_long(call)} It cannot be interrupted.", file=sys.stderr, flush=True)  # noqa: T201
    os._exit(1)


when_stuck: Callable[[Call], None] = end_process
"""Called from the watchdog's thread; the command line may start anew without the plugin instead."""


def _watch() -> None:
    global _watchdog  # noqa: PLW0603 one for the process
    with _lock:
        if _watchdog is None or not _watchdog.is_alive():
            _watchdog = threading.Thread(target=_patrol, name="plugin watchdog", daemon=True)
            _watchdog.start()


def _patrol() -> None:
    while True:
        time.sleep(_TICK)
        now = time.monotonic()
        with _lock:
            for calls in _active.values():
                call = calls[-1]
                if call.overrun is None and now - call.began > time_limit():
                    call.overrun = now
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(call.thread), ctypes.py_object(_Overrun))
            stuck = [c[-1] for c in _active.values() if c[-1].overrun is not None and now - c[-1].overrun > grace()]
        for call in stuck:
            when_stuck(call)


# --- global random numbers --------------------------------------------------------------------------------------------


_OWN_GENERATORS = ("default_rng",)


@functools.cache
def _guard_global_randomness() -> None:
    """From now on the global generators refuse to serve a plugin that is at work; everybody else notices nothing."""
    for module, names in ((np.random, [*np.random.mtrand.__all__, *_OWN_GENERATORS]), (random, random.__all__)):
        for name in names:
            drawing = getattr(module, name)
            if callable(drawing) and not isinstance(drawing, type):
                setattr(module, name, _refusing(drawing, f"{module.__name__}.{name}"))


def _library_loads() -> bool:
    """While a plugin is imported: some library that it needs prepares a generator, and not its own code."""
    call = _active[threading.get_ident()][-1]
    if call.hook != "import" or call.source is None:
        return False
    folder = call.source.parent if call.source.is_file() else call.source
    return not Path(sys._getframe(2).f_code.co_filename).is_relative_to(folder)


def _refusing(drawing: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(drawing)
    def drawn(*args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() in _active and not _library_loads():
            raise Refused(f"draws from {name}, whose numbers depend on who else draws; use world.draws")
        return drawing(*args, **kwargs)

    return drawn
