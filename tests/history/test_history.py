from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accelgui.history import History, HistoryError, Writer
from accelgui.history.entries import CUT_OFF
from accelgui.history.opening import prepare
from accelgui.history.schema import SCHEMA, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "history.sqlite"
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


def age(path: Path, number: int, days: float) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "UPDATE entry SET begun_s = begun_s - ? WHERE id = ?", (days * 86_400, number)
        )
    connection.close()


def test_that_a_run_is_kept_with_its_facts_series_and_documents(
    writer: Writer, history: History
) -> None:
    number = writer.begin("training", {"device": "gpu:0"})
    writer.add(number, "loss", "training", np.array([1.0, 2.0]), np.array([0.5, np.nan]))
    writer.add(number, "loss", "training", np.array([3.0]), np.array([0.25]))
    writer.keep_snapshot(number, {"machine": None})
    writer.keep(number, "rows", [1, 2])
    writer.finish(number, "finished", {"device": "gpu:0", "validation_accuracy": 0.97})
    writer.flush()

    (entry,) = history.entries()
    assert (entry.kind, entry.status) == ("training", "finished")
    assert entry.facts == {"device": "gpu:0", "validation_accuracy": 0.97}
    series = history.series(number)["loss", "training"]
    assert series.times.tolist() == [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(series.values, [0.5, np.nan, 0.25])
    assert history.snapshot(number) == {"machine": None}
    assert history.document(number, "rows") == [1, 2]


def test_that_names_tags_and_notes_can_be_changed(writer: Writer, history: History) -> None:
    number = writer.begin("check", {})
    writer.describe(number, name="before the update", tags=("driver", "550"), note="slow")
    writer.describe(number, note="slower")
    writer.flush()

    entry = history.entry(number)
    assert entry is not None
    assert (entry.name, entry.tags, entry.note) == (
        "before the update", ("driver", "550"), "slower",
    )  # fmt: skip


def test_that_what_was_deleted_comes_back_until_the_next_start(
    writer: Writer, history: History
) -> None:
    number = writer.begin("check", {})
    writer.delete([number])
    writer.flush()
    assert history.entries() == []
    writer.delete([number], undo=True)
    writer.flush()
    assert [entry.id for entry in history.entries()] == [number]
    writer.delete([number])
    writer.tidy(None, None)
    writer.delete([number], undo=True)
    writer.flush()
    assert history.entries() == []


def test_that_the_old_goes_but_not_what_a_person_named(
    path: Path, writer: Writer, history: History
) -> None:
    numbers = [writer.begin("check", {}) for _ in range(3)]
    for number in numbers:
        writer.finish(number, "finished", {})
    writer.describe(numbers[0], name="the first")
    writer.flush()
    age(path, numbers[0], 100)
    age(path, numbers[1], 100)
    writer.tidy(90, None)
    writer.flush()

    assert {entry.id for entry in history.entries()} == {numbers[0], numbers[2]}


def test_that_the_file_is_kept_below_its_limit(writer: Writer, history: History) -> None:
    points = np.random.default_rng(0).normal(size=20_000)
    for _ in range(6):
        number = writer.begin("training", {})
        writer.add(number, "loss", "training", np.arange(20_000.0), points)
        writer.finish(number, "finished", {})
    writer.tidy(None, 1_000_000)
    writer.flush()

    left = history.entries()
    assert 1 <= len(left) <= 3
    assert left[0].id == number


def test_that_a_killed_window_keeps_what_it_wrote_and_is_marked(
    path: Path, writer: Writer, history: History
) -> None:
    code = f"""
import time
from pathlib import Path
import numpy as np
from accelgui.history import Writer
writer = Writer(Path({str(path)!r}), lambda: None)
number = writer.begin("training", {{}})
writer.add(number, "loss", "training", np.array([1.0]), np.array([0.5]))
writer.flush()
print(number, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as window:
        assert window.stdout is not None
        number = int(window.stdout.readline())
        writer.tidy(None, None)
        writer.flush()
        running = history.entry(number)
        window.kill()
        window.wait()
    writer.tidy(None, None)
    writer.flush()

    assert running is not None
    assert running.status == ""
    killed = history.entry(number)
    assert killed is not None
    assert killed.status == CUT_OFF
    assert history.series(number)["loss", "training"].last == 0.5


def test_that_a_file_held_by_another_window_is_waited_for(
    path: Path, writer: Writer, history: History
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    number = writer.begin("check", {})
    deadline_s = time.monotonic() + 30
    while writer.problem is None and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert "locked" in str(writer.problem)
    assert history.entries() == []
    other.execute("COMMIT")
    other.close()
    writer.flush()
    assert writer.problem is None
    assert [entry.id for entry in history.entries()] == [number]


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one", b"\0" * 5000]
)
def test_that_a_damaged_file_is_set_aside_and_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(content)

    notice = prepare(path)

    (aside,) = tmp_path.glob("history.sqlite.broken-*")
    assert aside.read_bytes() == content
    assert str(aside) in notice
    assert prepare(path) == ""


def test_that_an_older_file_is_brought_forward_and_backed_up(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    prepare(path)
    steps = {**STEPS, SCHEMA: ("ALTER TABLE entry ADD COLUMN colour TEXT",)}

    prepare(path, steps, SCHEMA + 1)

    assert (tmp_path / f"history.sqlite.schema-{SCHEMA}").exists()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT colour FROM entry").fetchall() == []
    connection.close()


def test_that_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    prepare(path)
    steps = {**STEPS, SCHEMA: ("ALTER TABLE entry ADD COLUMN colour TEXT", "NONSENSE")}

    with pytest.raises(HistoryError):
        prepare(path, steps, SCHEMA + 1)
    assert prepare(path) == ""


def test_that_a_newer_file_is_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(HistoryError, match="newer"):
        prepare(path)
    assert path.exists()


def test_that_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(HistoryError, match="cannot be used"):
        prepare(tmp_path / "file" / "history.sqlite")


def test_that_ids_of_two_windows_do_not_meet(path: Path) -> None:
    writers = [Writer(path, lambda: None) for _ in range(2)]
    numbers = [writer.begin("check", {"pid": os.getpid()}) for writer in writers for _ in range(3)]
    for writer in writers:
        writer.flush()
        writer.close()
    history = History(path)
    found = {entry.id for entry in history.entries()}
    history.close()

    assert found == set(numbers)
