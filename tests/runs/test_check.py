"""A check costs nobody else's facts when one agent cannot answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accelgui.model.outcome import RunStatus
from accelgui.runs.check import Check

if TYPE_CHECKING:
    from accelgui.model.snapshot import Framework, Snapshot


def fake_module(folder: Path, name: str, code: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(code)


def framework(snapshot: Snapshot, name: str) -> Framework:
    return next(f for f in snapshot.frameworks if f.name == name)


@pytest.fixture
def shadowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules the examined Python finds first."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def run(check: Check) -> list[Snapshot]:
    return list(check.snapshots())


def test_that_a_framework_that_is_absent_is_told_and_the_machine_is_seen() -> None:
    check = Check(frameworks=("jax",))
    snapshots = run(check)
    assert snapshots[-1] == check.snapshot
    assert check.snapshot.machine is not None
    assert next(device.key for device in check.snapshot.machine.devices) == "cpu"
    assert check.snapshot.python is not None
    assert Path(check.snapshot.python.executable).samefile(sys.executable)
    assert framework(check.snapshot, "jax").installed is False
    assert {o.status for o in check.outcomes.values()} == {RunStatus.FINISHED}


def test_that_a_framework_that_crashes_on_import_costs_its_own_facts(shadowing: Path) -> None:
    fake_module(shadowing, "jax", "import os; os.abort()")
    check = Check(frameworks=("jax", "pytorch"))
    run(check)
    crashed = framework(check.snapshot, "jax")
    assert crashed.imported is False
    assert crashed.import_error == "killed by signal 6"
    assert any("Abort" in line for line in crashed.log)
    assert framework(check.snapshot, "pytorch").installed is False
    assert check.snapshot.machine is not None


def test_that_a_framework_that_hangs_on_import_is_given_up_on(shadowing: Path) -> None:
    fake_module(shadowing, "jax", "import threading; threading.Event().wait()")
    check = Check(frameworks=("jax",), timeout_s=2.0)
    run(check)
    hung = framework(check.snapshot, "jax")
    assert hung.timed_out
    assert hung.imported is False
    assert hung.import_error == "not done within 2 s"
    assert check.outcomes["jax"].status is RunStatus.NO_ANSWER


def test_that_a_missing_interpreter_still_shows_the_machine() -> None:
    check = Check(python="/no/such/python", frameworks=("jax",))
    run(check)
    assert check.snapshot.machine is not None
    assert check.snapshot.python is None
    assert check.outcomes["jax"].status is RunStatus.NOT_STARTED


def test_that_a_python_that_never_speaks_is_started_once(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho started >> {starts}\nexec sleep 600\n")
    python.chmod(0o755)
    check = Check(str(python), ("tensorflow", "pytorch", "jax"), timeout_s=2.0)
    run(check)
    assert starts.read_text().split() == ["started"]
    frameworks = {f.name: f.timed_out for f in check.snapshot.frameworks}
    assert frameworks == {"tensorflow": True, "pytorch": True, "jax": True}


def test_that_a_stopped_check_ends_and_blames_nobody(shadowing: Path) -> None:
    fake_module(shadowing, "jax", "import threading; threading.Event().wait()")
    check = Check(frameworks=("jax",))
    for snapshot in check.snapshots():
        if snapshot.machine is not None:
            check.stop()
    assert [f.import_error for f in check.snapshot.frameworks] in ([], [None])


def test_that_a_folder_tree_is_examined_without_asking_anything_live(tmp_path: Path) -> None:
    check = Check(sysroot=str(tmp_path))
    run(check)
    assert check.snapshot.frameworks == ()
    assert check.snapshot.machine is not None
    assert check.snapshot.machine.nvidia.nvml is None
