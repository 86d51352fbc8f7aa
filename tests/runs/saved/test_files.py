"""Snapshots in files: there and back, and what is said of files that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from diagnosis.snapshots import host, machine, snapshot, tensorflow

from accelgui.model import SCHEMA
from accelgui.runs.saved import SnapshotFileError, load_snapshot, masked, save_snapshot

if TYPE_CHECKING:
    from pathlib import Path

SEEN = snapshot(machine(host=host(hostname="zephyr17")), tensorflow())
Reason = SnapshotFileError.Reason


def test_that_a_snapshot_is_saved_masked_unless_all_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "saved" / "seen.json"
    path.parent.mkdir()
    save_snapshot(SEEN, path)
    assert load_snapshot(path) == masked(SEEN) != SEEN
    save_snapshot(SEEN, path, full=True)
    assert load_snapshot(path) == SEEN
    assert list(path.parent.iterdir()) == [path]


def test_that_a_folder_that_cannot_be_written_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        save_snapshot(SEEN, tmp_path / "nowhere" / "seen.json")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.NOT_A_SNAPSHOT),
        ("\0\1\2", Reason.NOT_A_SNAPSHOT),
        ("[]", Reason.NOT_A_SNAPSHOT),
        ("{}", Reason.NOT_A_SNAPSHOT),
        ('{"schema": "1", "snapshot": {}}', Reason.NOT_A_SNAPSHOT),
        ('{"schema": 1, "snapshot": {}}', Reason.NOT_A_SNAPSHOT),
        ('{"schema": 1, "snapshot": {"taken_at": 7}}', Reason.NOT_A_SNAPSHOT),
        ("[" * 100_000, Reason.NOT_A_SNAPSHOT),
        (f'{{"schema": {SCHEMA + 1}, "snapshot": {{"strange": 1}}}}', Reason.NEWER),
        (f'{{"schema": 1, "snapshot": {{"schema": {SCHEMA + 1}}}}}', Reason.NEWER),
    ],
)
def test_that_a_broken_or_newer_file_is_told_in_one_line(
    tmp_path: Path, text: str, reason: Any
) -> None:
    path = tmp_path / "seen.json"
    path.write_text(text)
    with pytest.raises(SnapshotFileError) as caught:
        load_snapshot(path)
    assert caught.value.reason is reason
    assert "\n" not in caught.value.detail


def test_that_a_file_which_is_not_text_is_no_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    path.write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(SnapshotFileError) as caught:
        load_snapshot(path)
    assert caught.value.reason is Reason.NOT_A_SNAPSHOT


def test_that_the_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    save_snapshot(SEEN, path)
    document = json.loads(path.read_text())
    assert document["format"] == "accelgui snapshot"
    assert document["schema"] == SCHEMA
    assert document["masked"] is True
