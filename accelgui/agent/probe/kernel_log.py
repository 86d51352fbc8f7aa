"""The kernel's log, as far as this user may read it and it speaks of GPUs and their drivers."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Optional

from accelgui.model.snapshot import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.probe.files import Files

_RELEVANT = re.compile(
    r"(?i)\bNVRM\b|\bXid\b|nvidia|nouveau|\bGSP\b|fabric ?manager|module verification"
    r"|unsigned module|Key was rejected|Lockdown: modprobe|vfio-pci|\bAER: .{0,40}error"
)
_BOOT = re.compile(r"\bLinux version \d")
# Those of former starts (dmesg.0, kern.log.1, messages-20240303) tell of what is over.
_FILE = re.compile(r"(?:dmesg|kern(?:el)?|messages|syslog|journal\w*)(?:\.(?:log|txt))?")
# A tree may hold what the kernel's buffer held, as a file.
_BUFFERS = ("/dev/kmsg", "/proc/kmsg")
_RECORD = re.compile(r"^\d+,\d+,\d+,[^;]*;|^<\d{1,3}>")

# The end of a log is what happened last; a lost GPU repeats itself by the thousand.
_LAST_BYTES = 4 << 20
_LAST_LINES = 200
_JOURNAL_LIMIT_S = 2.0


def look_at_kernel_log(files: Files, *, ask_journal: bool) -> tuple[TextLine, ...]:
    """Return the relevant lines since the last start of the system; never waits for new ones."""
    if not files.live:
        return _in_files(files)
    lines = _in_kernel()
    if lines is None and ask_journal:
        lines = _in_journal()
    return _relevant("kernel log", lines) if lines is not None else _in_files(files)


def _in_kernel() -> Optional[list[str]]:
    """Return the kernel's own buffer, None where this user may not read it."""
    try:
        descriptor = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        records = list(_records(descriptor))
    finally:
        os.close(descriptor)
    return [record.partition(";")[2].partition("\n")[0] for record in records] or None


def _records(descriptor: int) -> Iterator[str]:
    while True:
        try:
            yield os.read(descriptor, 1 << 14).decode(errors="replace")
        except BrokenPipeError:  # noqa: PERF203 - Overwritten while being read; the next one is whole.
            continue
        except OSError:  # BlockingIOError: no more. Containers answer with other errors.
            return


def _in_journal() -> Optional[list[str]]:
    command = ["journalctl", "-k", "-b", "-q", "--no-pager", "-o", "cat", "-n", "20000"]
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_JOURNAL_LIMIT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout.decode(errors="replace").splitlines() or None


def _in_files(files: Files) -> tuple[TextLine, ...]:
    """Return the lines of every log: what is in one need not be in another.

    Debian's dmesg ends with the start of the system, its kern.log goes on.
    """
    logs = [name for name in files.names("/var/log") if _FILE.fullmatch(name)]
    found: dict[str, TextLine] = {}
    for path in (*_BUFFERS, *(f"/var/log/{name}" for name in logs)):
        data = files.end(path, _LAST_BYTES) or b""
        for line in _relevant(path, data.decode(errors="replace").splitlines()):
            # syslog repeats kern.log.
            found.setdefault(line.text, line)
    return tuple(found.values())[-_LAST_LINES:]


def _relevant(source: str, lines: list[str]) -> tuple[TextLine, ...]:
    starts = [number for number, line in enumerate(lines) if _BOOT.search(line)]
    since = starts[-1] if starts else 0
    found = [
        TextLine(source, _RECORD.sub("", line.strip())[:400], number)
        for number, line in enumerate(lines[since:], since + 1)
        if _RELEVANT.search(line[:400])
    ]
    return tuple(found[-_LAST_LINES:])
