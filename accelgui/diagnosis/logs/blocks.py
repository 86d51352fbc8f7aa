"""A log's bytes, block by block; of one that is too long, the beginning and the end."""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Small enough that a window's thread waits for no step of the work on one of them.
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much of a stream is read: whole numbers of blocks, so that UTF-16 stays in step.

    The first failure matters most, and the last one ended the program: explaining both takes
    less than a minute. What is no file, such as a device, need not have an end.
    """

    beginning_bytes: int = 192 * BLOCK_BYTES
    end_bytes: int = 64 * BLOCK_BYTES
    waited_for_bytes: int = 4096 * BLOCK_BYTES


@dataclass(frozen=True)
class Gap:
    """What was left out here; `goes_on` where nobody knows how much that is."""

    byte_count: int = 0
    line_count: int = 0
    goes_on: bool = False


_USUAL = Limits()


def read_blocks(stream: IO[bytes], limits: Limits = _USUAL) -> Iterator[bytes | Gap]:
    """Yield a stream block by block, with a gap in the middle of a very long one."""
    done = 0
    while done < limits.beginning_bytes:
        block = stream.read(BLOCK_BYTES)
        if not block:
            return
        yield block
        done += len(block)
    yield from _end(stream, limits, done)


def _end(stream: IO[bytes], limits: Limits, done: int) -> Iterator[bytes | Gap]:
    has_an_end = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    kept: deque[bytes] = deque()
    left_out = lines = 0
    while block := stream.read(BLOCK_BYTES):
        done += len(block)
        if done > limits.waited_for_bytes and not has_an_end:
            yield Gap(goes_on=True)
            return
        kept.append(block)
        if len(kept) * BLOCK_BYTES > limits.end_bytes:
            left_out += len(kept[0])
            lines += kept.popleft().count(b"\n")
    if left_out:
        yield Gap(left_out, lines)
    yield from kept


def in_blocks(parts: Iterable[bytes | Gap]) -> Iterator[bytes | Gap]:
    """Yield the same bytes in blocks of one size, so that no answer depends on how they came."""
    waiting = b""
    for part in parts:
        if isinstance(part, Gap):
            if waiting:
                yield waiting
            waiting = b""
            yield part
            continue
        waiting = waiting + part if waiting else part
        whole = len(waiting) - len(waiting) % BLOCK_BYTES
        for start in range(0, whole, BLOCK_BYTES):
            yield waiting[start : start + BLOCK_BYTES]
        waiting = waiting[whole:]
    if waiting:
        yield waiting
