"""The chain: each line's hash is taken over its number, the hash before it, and its text, so a change shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

GENESIS = "0" * 64
"""What stands before the first line."""

Why = Literal["changed", "unlinked", "missing", "receipt", "snapshot", "unprotected"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal as it is kept."""

    number: int
    """From 1, without gaps."""
    previous: str
    """Hash of the line before."""
    body: str
    """The record as canonical JSON (RFC 8785)."""
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is not as it was written."""

    number: int
    why: Why
    """``changed``: the text does not give its hash. ``unlinked``: it does not follow on the line before. ``missing``: a
    number is not there. ``receipt``: the line is not the one that a receipt was given for. ``snapshot``: what a
    decision rested on is gone or changed. ``unprotected``: the triggers that refuse changes have been taken away."""


def linked(number: int, previous: str, body: str) -> Line:
    """A line with its hash.

    >>> linked(1, GENESIS, "{}").hash[:12]
    '4a65e4b4fdcb'
    """
    return Line(number, previous, body, hash_of(number, previous, body))


def hash_of(number: int, previous: str, body: str) -> str:
    """SHA-256 [64 hexadecimal digits] of a line's number, the hash before it, and its text."""
    return hashlib.sha256(f"{number}\n{previous}\n{body}".encode()).hexdigest()


def faults(lines: Iterable[Line], receipts: Mapping[int, str] | None = None) -> list[Fault]:
    """Every line that is not as it was written, in order of number.

    A chain shows any change but one: whoever rewrites a line *and* every hash from there on, or cuts off the end,
    leaves a chain that holds. A receipt finds that: a line's number and hash, kept elsewhere, as in the minutes.

    Args:
        lines: as they are kept, by number.
        receipts: hash by number, kept elsewhere.
    """
    found, previous, expected = [], GENESIS, 1
    hashes: dict[int, str] = {}
    for line in lines:
        found += [Fault(number, "missing") for number in range(expected, line.number)]
        if line.hash != hash_of(line.number, line.previous, line.body):
            found.append(Fault(line.number, "changed"))
        elif line.previous != previous:
            found.append(Fault(line.number, "unlinked"))
        previous, expected = line.hash, line.number + 1
        hashes[line.number] = line.hash
    known = {fault.number for fault in found}
    wrong = [n for n, given in (receipts or {}).items() if not given_for(given, hashes.get(n)) and n not in known]
    return sorted([*found, *(Fault(number, "receipt") for number in wrong)], key=lambda fault: fault.number)


def given_for(receipt: str, kept: str | None) -> bool:
    """Whether a receipt, whole or its first digits, was given for the hash that is kept."""
    return kept is not None and kept.startswith(receipt)
