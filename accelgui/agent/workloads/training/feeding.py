"""Getting the next batch ready while a step runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """Yield the batches, each asked for one step before it is used.

    Copies to a device and steps on it are only begun by the host: a batch that was asked for
    earlier crosses while the step before it runs.
    """
    nothing = object()
    waiting: object = next(batches, nothing)
    while waiting is not nothing:
        following: object = next(batches, nothing)
        yield waiting  # type: ignore[misc]
        waiting = following
