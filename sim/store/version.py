"""Which version of innomotor this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def engine_version() -> str:
    """Version of innomotor, or ``0+source`` when it runs from a source tree that is not installed."""
    try:
        return version("innomotor")
    except PackageNotFoundError:
        return "0+source"
