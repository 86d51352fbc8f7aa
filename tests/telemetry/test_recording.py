from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from accelgui.model.mark import Mark
from accelgui.model.sample import Sample
from accelgui.telemetry.recording import Header, NotARecordingError, Recorder, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADER = Header(1_750_000_000.0, "node7", {"gpu:0": "NVIDIA H200"})
VALUES = {"power_watts": 76.25, "fan_percent": None, "memory_used_bytes": 3.0}


def recorded(path: Path, *samples: Sample) -> None:
    recorder = Recorder(path, HEADER)
    for sample in samples:
        recorder.take(sample, sample.time_s)
    recorder.close()


def test_that_what_is_read_is_what_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    recorder = Recorder(path, HEADER)
    samples = [Sample("gpu:0", n / 10, {**VALUES, "power_watts": 70.0 + n}) for n in range(20)]
    for sample in samples:
        recorder.take(sample, sample.time_s)
    recorder.mark(Mark(2.0, "epoch", (("epoch", "3"),)), 2.0)
    recorder.close()

    header, *entries = read(path)
    assert header == HEADER
    assert [entry for _time_s, entry in entries[:-1]] == samples
    assert entries[-1] == (2.0, Mark(2.0, "epoch", (("epoch", "3"),)))


def test_that_values_which_do_not_change_cost_little(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    recorded(path, *(Sample("gpu:0", float(n), VALUES) for n in range(50)))

    lines = path.read_text().splitlines()
    assert json.loads(lines[1])["all"] == {**VALUES, "memory_used_bytes": 3}
    assert json.loads(lines[2]) == {"t": 1.0, "d": "gpu:0", "v": {}}


def test_that_a_line_that_was_cut_off_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    recorded(path, *(Sample("gpu:0", float(n), {"power_watts": float(n)}) for n in range(5)))
    path.write_bytes(path.read_bytes()[:-9])

    times_s = [entry[0] for entry in read(path) if not isinstance(entry, Header)]
    assert times_s == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "other_format"),
        (b"\x89PNG\r\n", "other_format"),
        (b"[]\n", "other_format"),
        (b'{"format":"accelgui-recording"}\n', "other_format"),
        (b'{"format":"accelgui-recording","version":2,"zero_wall_s":1}\n', "newer"),
    ],
)
def test_that_another_file_is_refused_with_a_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)

    with pytest.raises(NotARecordingError) as refused:
        list(read(path))
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "line", [b"null", b"[1]", b'{"t":"x"}', b'{"t":1,"d":"cpu","v":{"a":"b"}}', b"\xff", b'{"t":1}']
)
def test_that_nonsense_between_lines_is_left_out(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "a"
    recorded(path, Sample("cpu", 1.0, {"a": 1.0}))
    with path.open("ab") as file:
        file.write(line + b'\n{"t":2,"d":"cpu","v":{"a":2}}\n')

    *_others, last = read(path)
    assert last == (2.0, Sample("cpu", 2.0, {"a": 2}))
    assert len(_others) == 2


def test_that_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("mine")

    with pytest.raises(FileExistsError):
        Recorder(path, HEADER)
    assert path.read_text() == "mine"


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow beyond 300 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_that_a_full_disk_is_told_and_what_waits_is_written_when_there_is_room(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a"
    with full_disk():
        recorder = Recorder(path, HEADER)
        for number in range(40):
            recorder.take(Sample("gpu:0", float(number), {"power_watts": float(number)}), number)
        until(lambda: recorder.problem is not None)
        assert recorder.problem == os.strerror(27)  # File too large.
        assert path.read_bytes().endswith(b"\n")
    recorder.close()

    assert recorder.problem is None
    assert recorder.lost_lines == 0
    assert [entry[0] for entry in read(path) if not isinstance(entry, Header)] == list(range(40))


def test_that_a_disk_that_stays_full_costs_values_but_neither_memory_nor_what_comes_after(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a"
    with full_disk():
        recorder = Recorder(path, HEADER, most_waiting=10)
        recorder.take(Sample("gpu:0", 0.0, {"power_watts": 0.0, "fan_percent": 30.0}), 0.0)
        until(lambda: recorder.bytes_written > 0)
        for number in range(1, 100):
            changed = {"power_watts": float(number), "fan_percent": 30.0 + number}
            recorder.take(Sample("gpu:0", float(number), changed), number)
        until(lambda: recorder.problem is not None)
    until(lambda: recorder.problem is None)
    recorder.take(Sample("gpu:0", 200.0, {"power_watts": 7.0, "fan_percent": 129.0}), 200.0)
    recorder.close()

    assert recorder.lost_lines > 50
    entries = [entry for entry in read(path) if not isinstance(entry, Header)]
    # The last fan speed had been lost: told as unchanged it would be read as an older one.
    assert entries[-1][1] == Sample("gpu:0", 200.0, {"power_watts": 7, "fan_percent": 129})
    assert [time_s for time_s, _entry in entries[:5]] == [0, 1, 2, 3, 4]


def test_that_a_killed_program_keeps_what_it_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a"
    code = f"""
import time
from pathlib import Path
from accelgui.model.sample import Sample
from accelgui.telemetry.recording import Header, Recorder
recorder = Recorder(Path({str(path)!r}), Header(0.0))
for number in range(100):
    recorder.take(Sample("cpu", float(number), {{"a": float(number)}}), number)
while recorder._lines.qsize() or not recorder.bytes_written:
    time.sleep(0.01)
print(flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

    assert len([entry for entry in read(path) if not isinstance(entry, Header)]) > 90
