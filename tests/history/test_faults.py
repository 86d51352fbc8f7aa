"""What a disk, another window and an older accelgui can do to the history."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accelgui.history import History, HistoryError, Writer
from accelgui.history.entries import CUT_OFF
from accelgui.history.opening import prepare
from accelgui.history.packing import packed, unpacked
from accelgui.history.schema import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "history.sqlite"
    assert prepare(file) == ""
    return file


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    made = Writer(path, lambda: None)
    yield made
    made.close()


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    made = History(path)
    yield made
    made.close()


def fill(writer: Writer, count: int, kind: str = "training") -> list[int]:
    """Write entries of 320 kB each."""
    points = np.random.default_rng(0).normal(size=20_000)
    numbers = []
    for _ in range(count):
        number = writer.begin(kind, {})
        writer.add(number, "loss", "training", np.arange(20_000.0), points)
        writer.finish(number, "finished", {})
        numbers.append(number)
    writer.flush()
    return numbers


def test_that_a_full_disk_loses_nothing_and_what_waits_is_written_later(tmp_path: Path) -> None:
    code = f"""
import resource, signal, time
from pathlib import Path
import numpy as np
from accelgui.history import History, Writer
from accelgui.history.opening import prepare
path = Path({str(tmp_path / "h.sqlite")!r})
prepare(path)
writer = Writer(path, lambda: None)
before = writer.begin("check", {{}})
writer.flush()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
number = writer.begin("training", {{}})
for _ in range(5):
    writer.add(number, "loss", "training", np.arange(5000.0), np.arange(5000.0))
deadline_s = time.monotonic() + 60
while writer.problem is None and time.monotonic() < deadline_s:
    time.sleep(0.01)
print(writer.problem)
history = History(path)
print(before in [entry.id for entry in history.entries()])
resource.setrlimit(resource.RLIMIT_FSIZE, limit)
writer.flush()
writer.flush()
print(writer.problem, len(history.series(number)["loss", "training"]) > 1000)
history.close()
writer.close()
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    problem, kept, after = ran.stdout.splitlines()
    assert "full" in problem or "I/O" in problem
    assert (kept, after) == ("True", "None True")


@pytest.fixture
def foreign_folder() -> Iterator[Path]:
    """A folder that somebody without rights can read."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_that_a_history_that_cannot_be_written_is_shown_all_the_same(
    foreign_folder: Path,
) -> None:
    path = foreign_folder / "history.sqlite"
    prepare(path)
    writer = Writer(path, lambda: None)
    number = writer.begin("check", {"verdict": "accelerated"})
    writer.finish(number, "finished", {"verdict": "accelerated"})
    writer.close()
    path.chmod(0o444)
    foreign_folder.chmod(0o555)
    code = f"""
import os
from pathlib import Path
from accelgui.history import History, HistoryError
from accelgui.history.opening import prepare
if os.geteuid() == 0:
    os.seteuid(65534)
path = Path({str(path)!r})
try:
    prepare(path)
except HistoryError as error:
    print(error.is_readable, error)
history = History(path, is_read_only=True)
print([entry.facts for entry in history.entries()])
history.close()
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, entries = ran.stdout.splitlines()
    assert said.startswith("True Nothing new is kept, because")
    assert entries == "[{'verdict': 'accelerated'}]"
    assert sorted(file.name for file in foreign_folder.iterdir()) == ["history.sqlite"]


def test_that_a_file_that_is_damaged_within_is_set_aside(path: Path, writer: Writer) -> None:
    fill(writer, 3)
    writer.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 3)

    assert "was damaged" in prepare(path)
    assert list(path.parent.glob("history.sqlite.broken-*"))
    assert prepare(path) == ""


def test_that_what_another_window_wrote_last_is_set_aside_with_a_damaged_file(
    path: Path, writer: Writer
) -> None:
    number = writer.begin("check", {})
    writer.flush()
    other = sqlite3.connect(path)
    with other:
        other.execute("UPDATE entry SET note = 'last words' WHERE id = ?", (number,))
    with path.open("r+b") as file:
        file.write(b"no header of SQLite's")

    notice = prepare(path)

    aside = [file for file in path.parent.iterdir() if ".broken-" in file.name]
    assert any(str(file) in notice for file in aside)
    assert any(b"last words" in file.read_bytes() for file in aside)
    other.close()


def test_that_another_program_under_a_windows_old_number_does_not_keep_its_run_going(
    path: Path, writer: Writer, history: History
) -> None:
    long_ago, now = (writer.begin("training", {}) for _ in range(2))
    writer.flush()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entry SET begun_s = 1e9 WHERE id = ?", (long_ago,))
    connection.close()

    writer.tidy(None, None)
    writer.flush()

    status = {entry.id: entry.status for entry in history.entries()}
    assert status == {long_ago: CUT_OFF, now: ""}


def test_that_a_file_of_the_first_schema_comes_forward_with_its_snapshots(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    prepare(path, {0: STEPS[0]}, 1)
    connection = sqlite3.connect(path)
    with connection:
        for number in (1, 2):
            row = (number, "check", 1.0, 2.0, "finished", 1)
            connection.execute(
                "INSERT INTO entry (id, kind, begun_s, ended_s, status, pid)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        document = json.dumps({"machine": None})
        connection.execute("INSERT INTO document VALUES (1, 'snapshot', ?)", (document,))
        connection.execute("INSERT INTO document VALUES (1, 'rows', '[1]')")
    connection.close()

    assert prepare(path) == ""

    history = History(path)
    assert history.snapshot(1) == {"machine": None}
    assert history.snapshot(2) is None
    assert history.document(1, "snapshot") is None
    assert history.document(1, "rows") == [1]
    history.close()
    backup = sqlite3.connect(tmp_path / "history.sqlite.schema-1")
    assert backup.execute("SELECT count(*) FROM document").fetchone() == (2,)
    backup.close()


def test_that_a_newer_file_is_refused_kindly_and_not_touched(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(HistoryError, match="newer version will show it") as told:
        prepare(path)
    assert not told.value.is_readable
    assert path.read_bytes() == before


def test_that_the_oldest_go_first_and_the_file_becomes_smaller(
    path: Path, writer: Writer, history: History
) -> None:
    numbers = fill(writer, 10)
    writer.tidy(None, MEGABYTE)
    writer.flush()

    left = [entry.id for entry in history.entries()]
    assert left == sorted(numbers[-len(left) :], reverse=True)
    assert writer.tidied is not None
    assert (writer.tidied.too_old, writer.tidied.too_much) == (0, 10 - len(left))
    assert not writer.tidied.is_too_large
    history.close()
    writer.close()
    assert path.stat().st_size < 1.2 * MEGABYTE


@pytest.mark.parametrize("described", [{"name": "mine"}, {"tags": ("keep",)}, {"note": "why"}])
def test_that_what_a_person_described_stays_and_is_said_to_be_too_much(
    writer: Writer, history: History, described: dict[str, str]
) -> None:
    for number in (numbers := fill(writer, 4)):
        writer.describe(number, **described)  # type: ignore[arg-type]
    writer.tidy(1, MEGABYTE)
    writer.flush()

    assert len(history.entries()) == len(numbers)
    assert writer.tidied is not None
    assert writer.tidied.is_too_large
    assert writer.tidied.too_much == 0


def test_that_what_was_deleted_can_come_back_while_the_limits_are_held(
    writer: Writer, history: History
) -> None:
    (number,) = fill(writer, 1)
    writer.delete([number])
    writer.tidy(365, 100 * MEGABYTE, purges=False)
    writer.delete([number], undo=True)
    writer.flush()

    assert [entry.id for entry in history.entries()] == [number]


def test_that_one_snapshot_is_kept_once_and_goes_with_its_last_entry(
    path: Path, writer: Writer, history: History
) -> None:
    snapshot = {"machine": {"log": "x" * 5000}}
    numbers = [writer.begin("check", {}) for _ in range(3)]
    for number in numbers:
        writer.keep_snapshot(number, snapshot)
        writer.finish(number, "finished", {})
    writer.flush()
    assert all(history.snapshot(number) == snapshot for number in numbers)

    def count() -> int:
        connection = sqlite3.connect(path)
        found: int = connection.execute("SELECT count(*) FROM snapshot").fetchone()[0]
        connection.close()
        return found

    assert count() == 1
    writer.delete(numbers[:2])
    writer.tidy(None, None)
    writer.flush()
    assert count() == 1
    writer.delete(numbers[2:])
    writer.tidy(None, None)
    writer.flush()
    assert count() == 0


@pytest.mark.parametrize("text", ["", "short", "中文 " * 2000])
def test_that_what_is_packed_comes_back(text: str) -> None:
    assert unpacked(packed(text)) == text


def test_that_long_texts_take_little_room() -> None:
    kept = packed(json.dumps([{"event": "PrecisionRowDone"}] * 500))
    assert isinstance(kept, bytes)
    assert len(kept) < 1000


def test_that_a_process_that_lives_is_not_cut_off(writer: Writer, history: History) -> None:
    number = writer.begin("training", {"pid": os.getpid()})
    writer.tidy(None, None)
    writer.flush()
    entry = history.entry(number)
    assert entry is not None
    assert entry.status == ""


def test_that_a_file_another_window_writes_to_is_opened_without_waiting(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun_s = time.monotonic()
    assert prepare(path) == ""
    assert time.monotonic() - begun_s < 3
    other.execute("COMMIT")
    other.close()
