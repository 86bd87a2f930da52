"""What a decision rested on, kept under the hash of its own text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A text and its key."""

    key: str
    body: str

    def content(self) -> Any:
        """What it says, as plain objects."""
        return json.loads(self.body)


def taken(content: Mapping[str, Any]) -> Snapshot:
    """A snapshot of plain JSON objects; equal content has an equal key, in whatever order it was written.

    >>> taken({"a": 1, "b": 2}) == taken({"b": 2, "a": 1})
    True
    """
    body = rfc8785.dumps(dict(content)).decode()
    return Snapshot(_hash(body), body)


def whole(key: str, body: str | None) -> bool:
    """Whether the text is there and is what the key was made of."""
    return body is not None and _hash(body) == key


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
