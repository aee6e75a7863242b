"""Dice without a state: the nth roll of a stream is a pure function of the stream's name and n.

A stateful generator would tie a day's prices to the order in which days were asked for, and its streams may change
between releases of numpy; a hash of the position does neither.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

GOLDEN, MIX_1, MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
WORD = 1 << 64


@lru_cache(maxsize=4096)
def key_of(seed: int, *names: str) -> int:
    """The key of the stream called `names`."""
    return int.from_bytes(blake2b("/".join((str(seed), *names)).encode(), digest_size=8).digest(), "little")


def uniform(key: int, index: Indices) -> Floats:
    """Numbers in [0, 1), one for each position: SplitMix64 (Steele, Lea and Flood, 2014) started at `key`."""
    z = index.astype(np.uint64) * np.uint64(GOLDEN)
    z += np.uint64(key)
    z ^= z >> np.uint64(30)
    z *= np.uint64(MIX_1)
    z ^= z >> np.uint64(27)
    z *= np.uint64(MIX_2)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(key: int, index: Indices) -> Floats:
    """Standard normal numbers, one for each position (Box and Muller, 1958)."""
    radius = np.sqrt(-2.0 * np.log1p(-uniform(key, index)))
    return np.asarray(radius * np.cos(2.0 * np.pi * uniform((key ^ MIX_1) % WORD, index)))
