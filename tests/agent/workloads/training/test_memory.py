"""Real frameworks that find no memory, and the batch that fits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import sabotage
from agent.real import ask, python_of

from accelgui.agent.workloads.training.trial import Answer, attempt
from accelgui.diagnosis import training as diagnosis
from accelgui.model.events import BatchSearchDone, BatchTried, WorkFailed
from accelgui.model.memory import HOST, LargestBatch
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import BatchSearchRequest, TrainingRequest

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20
SAMPLES = 4000

# Enough for the framework and small batches; a batch of all samples needs some 1,000 MiB more.
ROOM_BYTES = {"pytorch": 1000 * MIB, "jax": 1900 * MIB, "tensorflow": 2600 * MIB}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> str:
    generator = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}
    for split, count in (("train", SAMPLES), ("test", 64)):
        arrays[f"x_{split}"] = generator.integers(0, 256, (count, 28, 28), np.uint8)
        arrays[f"y_{split}"] = generator.integers(0, 10, count)
    path = tmp_path_factory.mktemp("images") / "images.npz"
    np.savez(path, **arrays)
    return str(path)


def large(framework: str, images: str) -> TrainingRequest:
    return TrainingRequest(
        framework=framework, model="cnn", device="cpu", batch_size=SAMPLES, data_path=images
    )


@pytest.mark.parametrize("framework", ["pytorch", "jax"])
def test_that_a_batch_too_large_for_the_host_is_told_with_asked_and_free(
    framework: str, images: str
) -> None:
    room = ROOM_BYTES[framework]
    environment = sabotage.environment("little_memory", bytes=room)
    told = ask("train", large(framework, images), python_of(framework), environment)
    (failed,) = told.all(WorkFailed)
    assert failed.kind is FailureKind.ENVIRONMENT
    assert failed.code == "host_out_of_memory"
    memory = failed.memory
    assert memory is not None
    assert (memory.device, memory.limited_by) == (HOST, "process_limit")
    assert memory.total_bytes == room
    assert memory.free_bytes is not None
    assert memory.free_bytes < room / 2


def test_that_a_framework_that_crashes_without_memory_is_explained_by_its_log(images: str) -> None:
    request = large("tensorflow", images)
    environment = sabotage.environment("little_memory", bytes=ROOM_BYTES["tensorflow"])
    told = ask("train", request, environment=environment)
    if told.outcome.status is RunStatus.KILLED:
        finding = diagnosis.of_log(told.outcome, told.log, request, "cpu")
    else:
        finding = diagnosis.of_failure(told.all(WorkFailed)[0])
    assert finding is not None
    assert finding.code == "host_out_of_memory"


def test_that_the_largest_batch_is_found_by_halving() -> None:
    training = TrainingRequest(framework="pytorch", device="gpu:0", batch_size=1024)
    environment = sabotage.environment("full_gpu", batch=700)
    python = python_of("pytorch")
    told = ask("largest_batch", BatchSearchRequest(training), python, environment)
    assert told.outcome.status is RunStatus.FINISHED
    tried = [(event.batch_size, event.fits) for event in told.all(BatchTried)]
    assert tried[::2] == [(512, None), (768, None), (640, None), (704, None)]
    assert tried[1::2] == [(512, True), (768, False), (640, True), (704, False)]
    assert told.all(BatchSearchDone)[0].found == LargestBatch(640, 704)


def test_that_a_search_can_be_stopped_and_says_what_it_knows(images: str) -> None:
    request = BatchSearchRequest(large("pytorch", images))
    began_s = time.monotonic()
    told = ask(
        "largest_batch",
        request,
        python_of("pytorch"),
        until=lambda event: isinstance(event, BatchTried),
    )
    assert time.monotonic() - began_s < 10
    assert (told.outcome.status, told.outcome.exit_code) == (RunStatus.STOPPED, 0)
    assert told.all(BatchSearchDone)[0].found == LargestBatch(None, SAMPLES, is_complete=False)


def test_that_a_search_ends_when_its_time_is_over(images: str) -> None:
    request = BatchSearchRequest(large("pytorch", images), limit_s=0.2)
    told = ask("largest_batch", request, python_of("pytorch"))
    assert told.outcome.status is RunStatus.FINISHED
    assert not told.all(BatchSearchDone)[0].found.is_complete


def test_that_an_attempt_that_cannot_be_asked_for_ends_the_search(tmp_path: Path) -> None:
    request = TrainingRequest(batch_size=64, data_path=str(tmp_path / "none.npz"))
    told = ask("largest_batch", BatchSearchRequest(request))
    assert told.outcome.failure is not None
    assert "none.npz" in (told.outcome.message or "")


def test_that_an_attempt_leaves_no_process_behind_when_it_is_stopped() -> None:
    stopping = threading.Event()
    stopping.set()
    until_s = time.monotonic() + 60
    assert attempt(TrainingRequest(), stopping, until_s) is Answer.INTERRUPTED
