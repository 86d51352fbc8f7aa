"""Environments are examined one after the other; a bad one costs its own row only."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from diagnosis.snapshots import bare_machine

from accelgui.diagnosis.environments import CellStatus, cells
from accelgui.model.outcome import RunStatus
from accelgui.runs.environment_check import EnvironmentRow, EnvironmentsCheck
from accelgui.runs.environments import Environment, EnvironmentKind

if TYPE_CHECKING:
    from pathlib import Path

BARE = Environment(sys._base_executable, EnvironmentKind.SYSTEM, "bare")  # type: ignore[attr-defined]

BAD = {
    "rubbish": "echo '{{{ not an event'; echo more; exit 0",
    "crashing": "kill -SEGV $$",
    "failing": "echo no such thing >&2; exit 3",
    "hanging": "exec sleep 600",
    "flooding": "exec yes rubbish",
}


def last_rows(check: EnvironmentsCheck) -> list[EnvironmentRow]:
    rows: dict[str, EnvironmentRow] = {}
    for row in check.rows():
        rows[row.environment.name] = row
    return list(rows.values())


def bad(folder: Path, name: str) -> Environment:
    python = folder / name
    python.write_text(f"#!/bin/sh\n{BAD[name]}\n")
    python.chmod(0o755)
    return Environment(str(python), EnvironmentKind.VENV, name)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EnvironmentRow]:
    """All bad ones, and a good one behind them."""
    folder = tmp_path_factory.mktemp("pythons")
    environments = [*(bad(folder, name) for name in BAD), BARE]
    check = EnvironmentsCheck(environments, bare_machine(), timeout_s=4)
    return {row.environment.name: row for row in last_rows(check)}


@pytest.mark.parametrize("name", BAD)
def test_that_a_bad_python_costs_its_own_row(rows: dict[str, EnvironmentRow], name: str) -> None:
    row = rows[name]
    assert row.is_done
    assert row.snapshot is None
    assert row.problem is not None
    assert row.problem.status not in {RunStatus.FINISHED, RunStatus.STOPPED}


def test_that_a_flood_is_told_from_a_python_that_is_silent(rows: dict[str, EnvironmentRow]) -> None:
    told = {name: rows[name].problem for name in ("flooding", "hanging")}
    assert {name: problem and problem.status for name, problem in told.items()} == {
        "flooding": RunStatus.NOT_STARTED,
        "hanging": RunStatus.NO_ANSWER,
    }


def test_that_the_good_one_behind_them_is_examined(rows: dict[str, EnvironmentRow]) -> None:
    row = rows["bare"]
    assert row.is_done
    assert row.snapshot is not None
    assert row.snapshot.machine == bare_machine()
    assert {cell.status for cell in cells(row.snapshot)} == {CellStatus.ABSENT}
    assert [module.name for module in row.modules if module.name != "cuda_toolkit"] == [
        "torch_xla",
        "onnxruntime",
        "tensorrt",
    ]
    assert not any(m.present for m in row.modules if m.name != "cuda_toolkit")


def test_that_a_stopped_check_ends_and_says_so(tmp_path: Path) -> None:
    check = EnvironmentsCheck([bad(tmp_path, "hanging"), BARE], bare_machine())
    seen = []
    for row in check.rows():
        seen.append(row.environment.name)
        check.stop()
    assert set(seen) == {"hanging"}


@pytest.mark.parametrize(
    ("variable", "framework"),
    [("ACCELGUI_TEST_TORCH_PYTHON", "pytorch"), ("ACCELGUI_TEST_JAX_PYTHON", "jax")],
)
def test_that_a_real_cpu_build_is_told_as_such(variable: str, framework: str) -> None:
    python = os.environ.get(variable)
    if python is None:
        pytest.skip(f"{variable} names no Python with {framework}")
    environment = Environment(python, EnvironmentKind.VENV, framework)
    (row,) = last_rows(EnvironmentsCheck([environment], bare_machine()))
    assert row.snapshot is not None
    statuses = {cell.framework: cell.status for cell in cells(row.snapshot)}
    assert statuses.pop(framework) is CellStatus.CPU_ONLY
    assert set(statuses.values()) == {CellStatus.ABSENT}
