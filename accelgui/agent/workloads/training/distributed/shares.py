"""Batches in even shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def batches(order: Any, size: int) -> Iterator[tuple[Any, Any]]:
    """Yield rows, int32 [size], and which of them count, float32 [size] of 0 and 1.

    All batches have one size, so that all shares do: what the last one lacks is filled up with
    rows that do not count.
    """
    import numpy as np

    for start in range(0, len(order), size):
        rows = order[start : start + size].astype(np.int32)
        counts = np.zeros(size, np.float32)
        counts[: len(rows)] = 1
        yield np.resize(rows, size), counts


def up_to(size: int, replicas_count: int) -> int:
    """Return `size`, or the next number that replicas can take even shares of."""
    return -(-size // replicas_count) * replicas_count
