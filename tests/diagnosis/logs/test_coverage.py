"""What of a log was read, and that it is told."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from accelgui.diagnosis.logs import Coverage, explain, read_blocks, whole
from accelgui.diagnosis.logs.blocks import BLOCK_BYTES, Gap, Limits
from accelgui.words.explained import omission

_FEW = Limits(BLOCK_BYTES, BLOCK_BYTES, 4 * BLOCK_BYTES)
_LOST = b"NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.\n"
_LINE = b"epoch 3 step 77 loss 0.25\n"


def log_of(path: Path, blocks: int, encoding: str = "utf-8") -> tuple[Path, int]:
    """Write a log of so many blocks that ends with a failure; return the number of its line."""
    line = _LINE.decode().encode(encoding)
    lines = blocks * BLOCK_BYTES // len(line)
    with path.open("wb") as file:
        if encoding == "utf-16-le":
            file.write(b"\xff\xfe")
        for _ in range(16):
            file.write(line * (lines // 16))
        file.write(_LOST.decode().encode(encoding))
    return path, lines // 16 * 16 + 1


def test_that_a_short_log_is_read_to_its_end() -> None:
    coverage = explain(_LINE * 3).coverage
    assert coverage == Coverage(line_count=3, read_bytes=78, total_bytes=78)
    assert coverage.is_complete
    assert omission(coverage) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_that_of_a_very_long_file_beginning_and_end_are_read(tmp_path: Path, encoding: str) -> None:
    path, number = log_of(tmp_path / "long.log", 6, encoding)
    with path.open("rb") as stream:
        explained = explain(read_blocks(stream, _FEW))
    assert explained.findings[0].code == "gpu_fell_off_bus"
    assert explained.findings[0].evidence[0].line == number
    coverage = explained.coverage
    assert coverage.total_bytes == path.stat().st_size
    assert coverage.read_bytes < 0.4 * path.stat().st_size
    assert omission(coverage).startswith("Read ")
    assert omission(coverage).endswith(" of 6.0 MiB: the beginning and the end.")


def test_that_a_file_as_long_as_both_has_no_gap(tmp_path: Path) -> None:
    path, _ = log_of(tmp_path / "long.log", 1)
    with path.open("rb") as stream:
        parts = list(read_blocks(stream, _FEW))
    assert not any(isinstance(part, Gap) for part in parts)
    assert sum(map(len, parts)) == path.stat().st_size


def test_that_what_has_no_end_is_not_waited_for() -> None:
    with Path("/dev/zero").open("rb") as stream:
        explained = explain(read_blocks(stream, _FEW))
    assert explained.coverage.total_bytes is None
    assert "It goes on and on" in omission(explained.coverage)


def test_that_the_end_of_a_pipe_is_read() -> None:
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.writelines(_LINE for _ in range(3 * BLOCK_BYTES // len(_LINE)))
            pipe.write(_LOST)

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, "rb") as stream:
        explained = explain(read_blocks(stream, _FEW))
    writer.join()
    assert explained.findings[0].code == "gpu_fell_off_bus"
    assert explained.coverage.read_bytes < (explained.coverage.total_bytes or 0)


def test_that_no_answer_depends_on_how_the_bytes_came() -> None:
    log = _LINE * 200_000 + _LOST + _LINE * 100_000
    at_once = explain(log)
    bit_by_bit = explain(log[start : start + 70_001] for start in range(0, len(log), 70_001))
    assert bit_by_bit == at_once


def test_that_places_passed_over_are_counted_in_words() -> None:
    coverage = Coverage(1, 10, 10, 12_345)
    assert not coverage.is_complete
    assert "12,345 were passed over" in omission(coverage)


def test_that_what_is_shown_has_the_lines_that_evidence_names() -> None:
    data = "\x1b[31mone\x1b[0m\r\n42%\r100%\nthree\u202e\n".encode("utf-16")
    assert whole(data) == "one\n42%    100%\nthree\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", True, id="nothing"),
        pytest.param("нет ошибок 没有错误 erreur trouvée".encode(), True, id="languages"),
        pytest.param("GPU nicht verfügbar: Gerät gestört\n".encode("latin-1"), True, id="Latin-1"),
        pytest.param("plain words".encode("utf-16"), True, id="UTF-16"),
        pytest.param(b"\x1b[31mred\x1b[0m " * 50, True, id="colours"),
        pytest.param(bytes(range(256)) * 50, False, id="all bytes"),
        pytest.param(b"\x7fELF\x02\x01\x01" + b"\0" * 5000, False, id="program"),
    ],
)
def test_that_what_is_no_text_is_told_so(data: bytes, expected: bool) -> None:
    coverage = explain(data).coverage
    assert coverage.is_text is expected
    assert ("does not look like text" in omission(coverage)) is not expected
