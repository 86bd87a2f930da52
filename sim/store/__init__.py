"""Where results are kept: what makes two questions the same, and folders that are never half-written.

``key`` names a question by its content, ``folders`` claims a place and fills it in one move, ``tables`` writes Parquet
and CSV, ``results`` puts a comparison into files with a manifest written last.
"""

from sim.store.folders import BusyError, check_writable, claim
from sim.store.key import PluginSource, content_key, provenance, source_tree_hash
from sim.store.results import SCHEMA_VERSION, write_result
from sim.store.version import engine_version

__all__ = [
    "SCHEMA_VERSION",
    "BusyError",
    "PluginSource",
    "check_writable",
    "claim",
    "content_key",
    "engine_version",
    "provenance",
    "source_tree_hash",
    "write_result",
]
