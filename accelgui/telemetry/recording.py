"""Recordings: one JSON object a line, added to at the end only. README.md has the format."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accelgui.model.mark import Mark
from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = "accelgui-recording"
VERSION = 1

# What the disk has not taken in this time may be lost with the machine's power; what a process
# has written survives the process.
_SYNC_S = 1.0
# A whole line for each device this often, so that a reader may begin anywhere.
_WHOLE_EVERY_S = 60.0
# While the disk is full, so many lines wait in memory: some minutes of eight GPUs.
_MOST_WAITING = 50_000
_DIGITS = 7


class NotARecordingError(Exception):
    """The file cannot be read as a recording; `reason` is a code for a person's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Header:
    """The first line. Times of the lines below count from `zero_wall_s`, seconds since 1970."""

    zero_wall_s: float
    host: str = ""
    devices: dict[str, str] = field(default_factory=dict)
    version: int = VERSION


class Recorder:
    """Writes samples and marks to a file, on a thread of its own.

    `problem` is the system's words for why nothing can be written now, None while all is well;
    what could not be written waits, and is tried again each second. `bytes_written` grows; so does
    `lost_lines`, where more waits than memory should hold.
    """

    def __init__(self, path: Path, header: Header, most_waiting: int = _MOST_WAITING) -> None:
        """Begin a new file. Raises OSError where that cannot be done, or where there is one."""
        self.path = path
        self.problem: str | None = None
        self.bytes_written = 0
        self.lost_lines = 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._most_waiting = most_waiting
        # Each is counted on one thread: lines that came, and lines that were written.
        self._come = self._gone = 0
        self._known: dict[str, dict[str, float | None]] = {}
        self._whole_s: dict[str, float] = {}
        first = {
            "format": FORMAT,
            "version": VERSION,
            "zero_wall_s": round(header.zero_wall_s, 3),
            "host": header.host,
            "devices": header.devices,
        }
        self._put(first)
        self._thread = threading.Thread(target=self._work, name="recorder")
        self._thread.start()

    def take(self, sample: Sample, time_s: float) -> None:
        """Record a sample; values that have not changed since the last one are left out."""
        values = {name: _short(value) for name, value in sample.values.items()}
        known = self._known.get(sample.device)
        is_whole = time_s - self._whole_s.get(sample.device, float("-inf")) >= _WHOLE_EVERY_S
        if known is None or is_whole or known.keys() != values.keys():
            self._whole_s[sample.device] = time_s
            self._put({"t": round(time_s, 4), "d": sample.device, "all": values})
        else:
            changed = {name: value for name, value in values.items() if known[name] != value}
            self._put({"t": round(time_s, 4), "d": sample.device, "v": changed})
        self._known[sample.device] = values

    def mark(self, mark: Mark, time_s: float) -> None:
        """Record that something happened."""
        self._put({"t": round(time_s, 4), "mark": mark.code, "p": dict(mark.parameters)})

    def close(self) -> None:
        """Write what waits, as far as the disk takes it, and end."""
        self._lines.put(None)
        self._thread.join()

    def _put(self, line: dict[str, Any]) -> None:
        if self._come - self._gone >= self._most_waiting:
            self.lost_lines += 1
            # Changes count from what was written before: the next lines have to be whole.
            self._whole_s.clear()
            return
        self._come += 1
        self._lines.put(json.dumps(line, separators=(",", ":"), allow_nan=False).encode() + b"\n")

    def _work(self) -> None:
        waiting, is_open, synced_s = b"", True, time.monotonic()
        try:
            while is_open:
                more, is_open = self._gather()
                waiting = self._write(waiting + more)
                now_s = time.monotonic()
                if now_s - synced_s >= _SYNC_S or not is_open:
                    synced_s = now_s
                    with contextlib.suppress(OSError):
                        os.fsync(self._file)
        finally:
            os.close(self._file)

    def _gather(self) -> tuple[bytes, bool]:
        """Return what has come, waiting a second at most, and whether more may come."""
        parts: list[bytes] = []
        if self.problem is not None:
            time.sleep(_SYNC_S / 4)
        with contextlib.suppress(queue.Empty):
            line = self._lines.get(timeout=_SYNC_S)
            while line is not None:
                parts.append(line)
                line = self._lines.get_nowait()
            if line is None:
                return b"".join(parts), False
        return b"".join(parts), True

    def _write(self, data: bytes) -> bytes:
        """Write whole lines; returns what the disk did not take."""
        start = os.fstat(self._file).st_size
        done = 0
        try:
            while done < len(data):
                done += os.write(self._file, data[done:])
        except OSError as error:
            self.problem = error.strerror or str(error)
            # Part of a line would make the next one unreadable.
            whole = data.rfind(b"\n", 0, done) + 1
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, start + whole)
            self.bytes_written += whole
            self._gone += data.count(b"\n", 0, whole)
            return data[whole:]
        self.problem = None
        self.bytes_written += done
        self._gone += data.count(b"\n")
        return b""


def read(path: Path) -> Iterator[Header | tuple[float, Sample | Mark]]:
    """Yield the header, then (seconds after the beginning, sample or mark).

    A line that a crash or a full disk cut off is left out. Raises NotARecordingError for another
    kind of file or a newer version, OSError where it cannot be read.
    """
    known: dict[str, dict[str, float | None]] = {}
    with path.open("rb") as file:
        yield _header(file.readline(1 << 20))
        for line in file:
            entry = _entry(line, known)
            if entry is not None:
                yield entry


def _header(line: bytes) -> Header:
    try:
        first = json.loads(line)
        if first["format"] != FORMAT:
            raise NotARecordingError("other_format")
        if first["version"] > VERSION:
            raise NotARecordingError("newer")
        devices = {str(key): str(name) for key, name in first.get("devices", {}).items()}
        return Header(float(first["zero_wall_s"]), str(first.get("host", "")), devices)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotARecordingError("other_format") from error


def _entry(
    line: bytes, known: dict[str, dict[str, float | None]]
) -> tuple[float, Sample | Mark] | None:
    try:
        data = json.loads(line)
        time_s = float(data["t"])
        if "mark" in data:
            parameters = tuple((str(k), str(v)) for k, v in data.get("p", {}).items())
            return time_s, Mark(time_s, str(data["mark"]), parameters)
        device = str(data["d"])
        values = data["all"] if "all" in data else {**known.get(device, {}), **data["v"]}
        if not all(value is None or type(value) in {int, float} for value in values.values()):
            return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    known[device] = values
    return time_s, Sample(device, time_s, dict(values))


def _short(value: float | None) -> float | None:
    """Return the value with as many digits as any sensor has; nothing that is not a number."""
    if value is None or value != value or abs(value) == float("inf"):  # noqa: PLR0124 - NaN.
        return None
    if float(value).is_integer():
        return int(value)
    return float(f"{value:.{_DIGITS}g}")
