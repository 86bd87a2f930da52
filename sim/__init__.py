"""innomotor's engine: how health-care innovations spread across clinics, in ensembles with honest uncertainty.

``sim.run("scenarios/smallest.yaml")`` compares the strategies of a scenario; ``sim.trace`` tells why one clinic waited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment import run
    from sim.tracing import trace

__all__ = ["run", "trace"]


def __getattr__(name: str) -> Any:
    """Fetch `run` and `trace` when they are first asked for, so that importing stays quick."""
    if name == "run":
        from sim.experiment import run  # noqa: PLC0415

        return run
    if name == "trace":
        from sim.tracing import trace  # noqa: PLC0415

        return trace
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
