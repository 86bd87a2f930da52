"""Calls the function that a task is for, wherever that happens, and turns whatever comes of it into plain data."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from typing import Any

from sim.errors import InnomotorError
from sim.executor import StopAll

Reply = dict[str, Any]
"""``{"receipt": …}``, ``{"error": …}`` where the task failed, or ``{"stop": …}`` where nothing can go on."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
"""Environment of a worker: one worker for each core, so one thread for each worker. Set before numpy is loaded."""

_LONGEST = 600


def function(target: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """The function that ``module:function`` names."""
    module, _, name = target.partition(":")
    found: Callable[[Mapping[str, Any]], Mapping[str, Any]] = getattr(importlib.import_module(module), name)
    return found


def call(target: str, payload: Mapping[str, Any]) -> Reply:
    """What came of one task; never raises what a task did wrong."""
    try:
        return {"receipt": dict(function(target)(payload))}
    except StopAll as error:
        return {"stop": str(error)}
    except InnomotorError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "it asked for more memory than a task may have"}
    except Exception as error:  # whatever a plugin does
        if os.environ.get("INNOMOTOR_DEBUG"):
            raise
        return {"error": f"{type(error).__name__}: {error}"[:_LONGEST]}
