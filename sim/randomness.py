"""Addressed draws: a random number is a function of what it is for, never of when it is asked for.

An address is (seed, labels such as mechanism and innovation, replicate, clinic id, occurrence). The labels give a
64-bit stream; replicate, clinic and occurrence are folded in by rounds of the SplitMix64 finaliser (Steele, Lea &
Flood 2014, doi:10.1145/2660193.2660195). So a draw does not depend on batch, worker, order, or on who else draws.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

SCHEME = "splitmix64-address-1"
"""Name of the scheme; it is part of every result's key."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
OCCURRENCE = np.uint64(0xD1B54A32D192ED03)


def identity(*labels: str | int) -> int:
    """A 64-bit number that stands for the labels, the same on every machine and in every process."""
    text = "\x1f".join(f"{type(label).__name__}:{label}" for label in labels)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The SplitMix64 finaliser, element by element."""
    x = x ^ (x >> np.uint64(30))
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


def as_uniform(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Random bits as numbers on the open interval (0, 1)."""
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def as_exponential(u: NDArray[np.float64]) -> NDArray[np.float32]:
    """Exponential numbers with mean 1 from uniform ones."""
    return (-np.log(u)).astype(np.float32)


class Draws:
    """The stream of random numbers of one purpose."""

    def __init__(self, seed: int, *labels: str | int) -> None:
        """Name the purpose.

        Args:
            seed: the scenario's seed; 0 is a seed like any other.
            labels: what the draws are for, such as the mechanism's and the innovation's name.
        """
        self._stream = np.uint64(identity(seed, *labels))

    def bits(self, replicate: ArrayLike = 0, clinic: ArrayLike = 0, occurrence: ArrayLike = 0) -> NDArray[np.uint64]:
        """64 random bits for each address; the three arguments broadcast against each other."""
        with np.errstate(over="ignore"):
            x = mix(self.of_replicates(replicate) ^ _u64(clinic))
            return mix(x + (_u64(occurrence) + np.uint64(1)) * OCCURRENCE)

    def of_replicates(self, replicate: ArrayLike) -> NDArray[np.uint64]:
        """The stream within each replicate, into which clinic and occurrence are still to be folded."""
        with np.errstate(over="ignore"):
            return mix(self._stream + (_u64(replicate) + np.uint64(1)) * GOLDEN)

    def uniform(
        self, replicate: ArrayLike = 0, clinic: ArrayLike = 0, occurrence: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """Uniform on the open interval (0, 1), 52 bits, so that neither end is ever met."""
        return as_uniform(self.bits(replicate, clinic, occurrence))

    def exponential(
        self, replicate: ArrayLike = 0, clinic: ArrayLike = 0, occurrence: ArrayLike = 0
    ) -> NDArray[np.float32]:
        """Exponential with mean 1: how much hazard must accumulate before an event happens."""
        return as_exponential(self.uniform(replicate, clinic, occurrence))

    def normal(self, replicate: ArrayLike = 0, clinic: ArrayLike = 0, occurrence: ArrayLike = 0) -> NDArray[np.float64]:
        """Standard normal, by inversion."""
        result: NDArray[np.float64] = ndtri(self.uniform(replicate, clinic, occurrence))
        return result


def _u64(value: ArrayLike) -> NDArray[Any]:
    return np.atleast_1d(np.asarray(value)).astype(np.uint64)
