"""Event files, read back by TensorBoard's own reader."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.backend.event_processing import event_accumulator

from accelgui.model.events import EpochDone, TrainingProgress, TrainingStarted
from accelgui.telemetry.event_files import EventLog, default_folder
from accelgui.telemetry.event_files.event_file import EventFile, crc32c

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.model.events import Event

STARTED = TrainingStarted(
    "pytorch", "2.9", "gpu:0", "NVIDIA H200", "mlp", 101_770, 32, 2, 45, 1433, 364, 100.0
)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def reports(step: int, loss: float = 0.5) -> list[Event]:
    return [
        TrainingProgress(100.0 + step, step, 1, loss, 0.9, 12_345.0, 1e-3),
        EpochDone(100.5 + step, 1, step, loss, 0.9, 2 * loss, 0.8),
    ]


def written(folder: Path, *events: Event, is_tidied: bool = False) -> EventLog:
    log = EventLog(folder, is_tidied=is_tidied)
    for event in events:
        log.take(event)
    log.close()
    return log


def read(folder: Path) -> dict[str, list[tuple[int, float]]]:
    accumulator = event_accumulator.EventAccumulator(str(folder), {"scalars": 0})
    accumulator.Reload()
    tags = accumulator.Tags()["scalars"]
    return {tag: [(e.step, e.value) for e in accumulator.Scalars(tag)] for tag in tags}


def test_that_tensorboard_reads_what_a_run_told(runs: Path) -> None:
    written(runs, STARTED, *reports(45), *reports(90, 0.25))
    (run,) = runs.iterdir()
    assert run.name.endswith("-mlp-gpu_0")
    assert read(run / "training") == {
        "loss": [(45, 0.5), (90, 0.25)],
        "accuracy": [(45, pytest.approx(0.9)), (90, pytest.approx(0.9))],
        "samples_per_second": [(45, 12_345.0), (90, 12_345.0)],
        "learning_rate": [(45, pytest.approx(1e-3)), (90, pytest.approx(1e-3))],
    }
    assert read(run / "validation")["loss"] == [(45, 1.0), (90, 0.5)]


def test_that_two_runs_of_one_second_have_folders_of_their_own(runs: Path) -> None:
    for _ in range(2):
        written(runs, STARTED, *reports(1))
    assert len(list(runs.iterdir())) == 2


def test_that_a_file_name_of_a_model_leads_nowhere_else(runs: Path) -> None:
    hostile = "../../etc/<b> \n" + "x" * 300
    started = TrainingStarted("jax", "1", "cpu", "CPU", hostile, 1, 1, 1, 1, 1, 1)
    written(runs, started, *reports(1))
    (run,) = runs.iterdir()
    assert read(run / "training")["loss"] == [(1, 0.5)]


def test_that_a_loss_that_is_no_number_stays_one(runs: Path) -> None:
    written(runs, STARTED, *reports(1, math.nan), *reports(2, 1e300))
    (run,) = runs.iterdir()
    values = [value for _, value in read(run / "training")["loss"]]
    assert math.isnan(values[0])
    assert math.isinf(values[1])


def test_that_a_place_that_cannot_be_written_is_told_and_costs_nothing_else(runs: Path) -> None:
    (runs / "file").write_text("")
    log = written(runs / "file", STARTED, *reports(1))
    assert log.problem is not None


def test_that_only_the_newest_of_the_windows_runs_are_kept(runs: Path) -> None:
    for number in range(120):
        (runs / f"20260101-000{number:03}-mlp-cpu").mkdir()
    (runs / "a person's folder").mkdir()
    written(runs, STARTED, is_tidied=True)
    names = sorted(folder.name for folder in runs.iterdir())
    assert len(names) == 101
    assert "a person's folder" in names
    assert "20260101-000020-mlp-cpu" not in names


def test_that_the_window_writes_into_the_users_data() -> None:
    assert default_folder().parts[-2:] == ("accelgui", "tensorboard")


def test_that_the_checksum_is_that_of_the_standard() -> None:
    # RFC 3720, B.4.
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E


@settings(max_examples=25, deadline=None)
@given(
    step=st.integers(0, 2**63 - 1),
    value=st.floats(width=32, allow_nan=False),
    tag=st.text("abc/_é", min_size=1, max_size=300),
)
def test_that_any_scalar_comes_back(
    tmp_path_factory: pytest.TempPathFactory, step: int, value: float, tag: str
) -> None:
    folder = tmp_path_factory.mktemp("events")
    file = EventFile(folder, 1.5)
    file.add(step, 2.5, {tag: value})
    file.close()
    assert read(folder) == {tag: [(step, value)]}
