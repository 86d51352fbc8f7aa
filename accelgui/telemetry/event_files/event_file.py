"""One event file: scalars over steps, as TensorFlow's and PyTorch's writers make them.

A file is a sequence of records (TFRecord: length, masked CRC-32C of the length, data, masked
CRC-32C of the data; tensorflow/core/lib/io/record_writer.h). The data of each is a protocol buffer,
Event (tensorboard/compat/proto/event.proto), with wall_time, step, file_version and summary.
"""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What a reader of the files asks for in their names.
_NAME = "events.out.tfevents.{seconds}.{host}.{pid}"
_VERSION = b"brain.Event:2"

# Castagnoli's polynomial, its bits in reverse order.
_POLYNOMIAL = 0x82F63B78
_MASK_DELTA = 0xA282EAD8

# Wire types of protocol buffers.
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class EventFile:
    """A file that scalars are added to; each is on the disk when `add` returns.

    Raises OSError where it cannot be made or written.
    """

    def __init__(self, folder: Path, time_s: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = _NAME.format(seconds=int(time_s), host=socket.gethostname(), pid=os.getpid())
        self._file = (folder / name).open("ab", buffering=0)
        self._write(_field(1, _FIXED64, struct.pack("<d", time_s)) + _message(3, _VERSION))

    def add(self, step: int, time_s: float, scalars: Mapping[str, float]) -> None:
        """Add the value of each tag at a step, told at `time_s` seconds since 1970."""
        summary = b"".join(_message(1, _value(tag, value)) for tag, value in scalars.items())
        self._write(
            _field(1, _FIXED64, struct.pack("<d", time_s))
            + _field(2, _VARINT, _varint(step))
            + _message(5, summary)
        )

    def close(self) -> None:
        """End it."""
        self._file.close()

    def _write(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        record = length + _checksum(length) + event + _checksum(event)
        # One call: what is killed in between leaves no half of a record.
        self._file.write(record)


def _value(tag: str, value: float) -> bytes:
    return _message(1, tag.encode()) + _field(2, _FIXED32, struct.pack("<f", _as_float32(value)))


def _as_float32(value: float) -> float:
    """Return a value that float32 can hold: what is too large for it is infinite."""
    largest = 3.4028235e38
    if value > largest:
        return float("inf")
    return float("-inf") if value < -largest else value


def _message(number: int, data: bytes) -> bytes:
    return _field(number, _BYTES, _varint(len(data)) + data)


def _field(number: int, wire_type: int, data: bytes) -> bytes:
    return bytes([number << 3 | wire_type]) + data


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _checksum(data: bytes) -> bytes:
    crc = crc32c(data)
    masked = ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF
    return struct.pack("<I", masked)


def crc32c(data: bytes) -> int:
    """Return the CRC-32C of RFC 3720."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        crc = number
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _table()
