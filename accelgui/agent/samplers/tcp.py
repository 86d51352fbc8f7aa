"""What each TCP connection of this system has carried, as the kernel counts it.

Asked by sock_diag(7), which every user may; messages and their places are those of
linux/inet_diag.h and linux/tcp.h.
"""

from __future__ import annotations

import re
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Bytes received, bytes sent and acknowledged.
Carried = tuple[int, int]

_SOCK_DIAG = 4  # NETLINK_SOCK_DIAG
_BY_FAMILY = 20  # SOCK_DIAG_BY_FAMILY
_REQUEST, _DUMP = 0x1, 0x300
_ERROR, _DONE = 2, 3
_INFO = 2  # INET_DIAG_INFO
# All but those that listen (10) and those that nobody holds any more (TIME_WAIT, 6).
_STATES = 0xFFF & ~(1 << 10) & ~(1 << 6)
_INODE_AT, _ATTRIBUTES_AT = 68, 72
_ACKED_AT, _RECEIVED_AT = 120, 128

_header = struct.Struct("=IHHII")
_attribute = struct.Struct("=HH")
_PATIENCE_S = 0.5
_BUFFER = 1 << 16


class TcpCounters:
    """Asks again and again; where the system does not answer, not any more."""

    def __init__(self) -> None:
        self._is_refused = not hasattr(socket, "AF_NETLINK")

    def carried(self) -> Optional[dict[int, Carried]]:
        """Return what each connection has carried, by its socket's inode; None if not told."""
        if self._is_refused:
            return None
        found: dict[int, Carried] = {}
        try:
            with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as asked:
                asked.settimeout(_PATIENCE_S)
                for family in (socket.AF_INET, socket.AF_INET6):
                    asked.send(_question(family))
                    found.update(_connections(asked))
        except OSError:
            # Forbidden, or a system without it (gVisor).
            self._is_refused = True
            return None
        return found


def sockets_of(pids: Iterable[int]) -> set[int]:
    """Return the inodes of all sockets that these processes hold, as far as that may be read."""
    return {inode for pid in pids for inode in _sockets_of(pid)}


def _sockets_of(pid: int) -> Iterator[int]:
    try:
        opened = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # Ended, another user's, or no such system.
        return
    for link in opened:
        try:
            match = re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink()))
        except OSError:  # Closed meanwhile.
            continue
        if match:
            yield int(match[1])


def _question(family: int) -> bytes:
    """Return a request for all connections of a family, with their tcp_info."""
    wanted = 1 << (_INFO - 1)
    asked = struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP, wanted, 0, _STATES)
    return _header.pack(_header.size + len(asked), _BY_FAMILY, _REQUEST | _DUMP, 1, 0) + asked


def _connections(asked: socket.socket) -> Iterator[tuple[int, Carried]]:
    """Yield inode and bytes of each connection in the answer; raises OSError for a refusal."""
    while True:
        for kind, content in _messages(asked.recv(_BUFFER)):
            if kind == _DONE:
                return
            if kind == _ERROR:
                raise OSError("refused")
            carried = _carried(content)
            if carried is not None:
                yield struct.unpack_from("=I", content, _INODE_AT)[0], carried


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _header.size <= len(data):
        length, kind, *_rest = _header.unpack_from(data, at)
        yield kind, data[at + _header.size : at + length]
        at += max(_aligned(length), _header.size)


def _carried(content: bytes) -> Optional[Carried]:
    """Return the bytes told in one connection's attributes; kernels before 4.2 do not tell them."""
    at = _ATTRIBUTES_AT
    while at + _attribute.size <= len(content):
        length, kind = _attribute.unpack_from(content, at)
        info = content[at + _attribute.size : at + length]
        if kind == _INFO and len(info) >= _RECEIVED_AT + 8:
            received = struct.unpack_from("=Q", info, _RECEIVED_AT)[0]
            return received, struct.unpack_from("=Q", info, _ACKED_AT)[0]
        at += max(_aligned(length), _attribute.size)
    return None


def _aligned(length: int) -> int:
    return (length + 3) & ~3
