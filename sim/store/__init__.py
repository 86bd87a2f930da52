"""Where results are kept: what makes two questions the same, and folders that are never half-written.

``key`` names a question by its content, ``folders`` claims a place and fills it in one move, ``tables`` writes Parquet
and CSV, ``results`` puts a comparison into files with a manifest written last. For many runs in one folder: ``parts``
writes one task's rows, ``ledger`` says which of them exist. ``shared`` keeps what any command has computed,
arrays by the key of their question, so that nothing is computed twice.
"""

from sim.errors import BusyError
from sim.store.folders import check_writable, claim
from sim.store.key import PluginSource, canonical, content_key, provenance, source_tree_hash
from sim.store.ledger import LEDGER_SCHEMA
from sim.store.results import SCHEMA_VERSION, Studied, write_result, write_study
from sim.store.version import engine_version

__all__ = [
    "LEDGER_SCHEMA",
    "SCHEMA_VERSION",
    "BusyError",
    "PluginSource",
    "Studied",
    "canonical",
    "check_writable",
    "claim",
    "content_key",
    "engine_version",
    "provenance",
    "source_tree_hash",
    "write_result",
    "write_study",
]
