"""The content key: the same question has the same key, on every machine and from every folder.

The key is the sha256 of the RFC 8785 canonical JSON of the resolved scenario and of what the result rests on besides
(``provenance``). Titles are labels and not part of it; nor are paths, host, threads, time or output options.
"""

from __future__ import annotations

import hashlib
import platform
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import rfc8785

from sim import randomness
from sim.store.version import engine_version

_LIBRARIES = ("numpy", "scipy", "networkx", "mesa")
_NOT_IN_KEY = ("python",)
_EXACT = 2**53


class Question(Protocol):
    """A resolved scenario, as far as its key needs to know it."""

    @property
    def seed(self) -> int:
        """Seed of the draws."""

    @property
    def replicates(self) -> int:
        """Number of possible worlds."""

    def model_dump(self, *, mode: str, exclude_none: bool = False) -> dict[str, Any]:
        """The scenario as plain data."""


@dataclass(frozen=True, slots=True)
class PluginSource:
    """A plugin that took part."""

    id: str
    version: str
    source: str
    """Hash of its source tree, from ``source_tree_hash``."""


def provenance(
    scenario: Question,
    *,
    plugins: Iterable[PluginSource] = (),
    inputs: Mapping[str, str] | None = None,
    equal_budget: float | bool = False,
) -> dict[str, Any]:
    """What a result rests on besides the scenario's text.

    Args:
        scenario: the resolved scenario.
        plugins: the plugins that the scenario uses; their order does not matter.
        inputs: sha256 of every data file that the answer rests on, by name; the names are not part of the key. Not
            the scenario's own YAML files: what they say is in the resolved scenario, without their comments.
        equal_budget: whether strategies are brought to the same lever budget, or that budget [SEK].
    """
    return {
        "engine": engine_version(),
        "engine_source": _engine_source(),
        "rng": randomness.SCHEME,
        "seed": scenario.seed,
        "replicates": scenario.replicates,
        "equal_budget": equal_budget,
        "plugins": [asdict(plugin) for plugin in sorted(plugins, key=lambda p: p.id)],
        "inputs": sorted((inputs or {}).values()),
        "versions": {name: version(name) for name in _LIBRARIES},
        "python": platform.python_version(),
    }


def content_key(scenario: Question, rests_on: Mapping[str, Any]) -> str:
    """The key of a question: 64 hexadecimal digits.

    Args:
        scenario: the resolved scenario.
        rests_on: what ``provenance`` gave for it.
    """
    keyed = {name: value for name, value in rests_on.items() if name not in _NOT_IN_KEY}
    content = {"scenario": _without_labels(scenario.model_dump(mode="json")), **keyed}
    return hashlib.sha256(canonical(content)).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON, text in NFC; whole numbers beyond 2**53 become text, as JSON cannot hold them exactly.

    >>> canonical({"b": 1.0, "a": 2**63})
    b'{"a":"9223372036854775808","b":1}'
    """
    return rfc8785.dumps(_plain(value))


def source_tree_hash(folder: Path) -> str:
    """Hash of the source files below a folder: their relative names and contents, not caches or hidden files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        inside = path.relative_to(folder)
        hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
        if path.is_file() and not hidden and path.suffix != ".pyc":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{inside.as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


@cache
def _engine_source() -> str:
    """Hash of the engine's own source: a result of other code has another key, whatever the version says."""
    return source_tree_hash(Path(__file__).parents[1])


def _without_labels(scenario: dict[str, Any]) -> dict[str, Any]:
    """The scenario without titles and without the name of the file of clinics (its content is in the key)."""
    plain = {name: value for name, value in scenario.items() if name != "title"}
    for section in ("innovations", "strategies"):
        plain[section] = {
            name: {key: value for key, value in entry.items() if key != "title"}
            for name, entry in plain.get(section, {}).items()
        }
    regions = plain.get("clinics", {}).get("regions")
    if isinstance(regions, dict) and set(regions) == {"csv"} and isinstance(regions["csv"], str):
        plain["clinics"] = {**plain["clinics"], "regions": {"csv": True}}
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    return value
