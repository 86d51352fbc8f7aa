"""As much of the protocol buffers' encoding as the TPU metric service needs.

Encoding: protobuf.dev, "Encoding". A dependency on a protobuf run time would tie the agent to
the version that the examined framework wants.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Optional, Union

if TYPE_CHECKING:
    from collections.abc import Iterator

Field = Union[int, float, bytes]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def fields(encoded: bytes) -> Iterator[tuple[int, Field]]:
    """Yield number and value of each field; ends at what cannot be read.

    Eight-byte fields come as doubles, four-byte ones as floats, varints as signed 64-bit numbers.
    """
    at = 0
    try:
        while at < len(encoded):
            tag, at = _varint(encoded, at)
            value, at = _value(encoded, at, tag & 7)
            yield tag >> 3, value
    except (IndexError, struct.error, ValueError):
        return


def field(encoded: bytes, number: int) -> Optional[Field]:
    """Return the last field with this number, as the encoding has it, None without one."""
    found: Optional[Field] = None
    for at, value in fields(encoded):
        found = value if at == number else found
    return found


def message(number: int, content: bytes) -> bytes:
    """Return a field that holds a string or a message."""
    return _encoded(number << 3 | _BYTES) + _encoded(len(content)) + content


def _value(encoded: bytes, at: int, kind: int) -> tuple[Field, int]:
    if kind == _VARINT:
        value, at = _varint(encoded, at)
        return value - (1 << 64) if value >> 63 else value, at
    if kind == _FIXED64:
        return struct.unpack_from("<d", encoded, at)[0], at + 8
    if kind == _FIXED32:
        return struct.unpack_from("<f", encoded, at)[0], at + 4
    if kind == _BYTES:
        length, at = _varint(encoded, at)
        if at + length > len(encoded):
            raise ValueError("cut off")
        return encoded[at : at + length], at + length
    raise ValueError(f"unknown kind of field: {kind}")


def _varint(encoded: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = encoded[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
