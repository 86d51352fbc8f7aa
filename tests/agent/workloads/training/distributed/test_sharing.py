"""Replicas compute what one device computes: on two devices made of the CPU, and as two workers."""

from __future__ import annotations

import functools
import os
import signal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from agent.workloads.training.distributed.workers import (
    Follower,
    agent,
    follow,
    free_addresses,
    pair,
)

from accelgui.agent.workloads.training import data
from accelgui.model.events import (
    EpochDone,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
    WorkFailed,
)
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import FRAMEWORKS, TrainingRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Sums are made in another order: float32 has 7 digits, and Adam divides by small numbers.
BOUND = 1e-4


@pytest.fixture(scope="module", autouse=True)
def own_log_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module")
def even(tmp_path_factory: pytest.TempPathFactory) -> str:
    """So many digits that a batch can hold all of them: then their order plays no part."""
    images = data.load()
    path = tmp_path_factory.mktemp("data") / "even.npz"
    arrays = {"x_train": images.x_train[:1432], "y_train": images.y_train[:1432]}
    np.savez(path, x_test=images.x_validation, y_test=images.y_validation, **arrays)
    return str(path)


def wanted(framework: str, even: str, **changes: object) -> TrainingRequest:
    # Keras has an order of batches of its own; the others have batches that end in a smaller one.
    batch_size, epochs = (1432, 4) if framework == "tensorflow" else (300, 2)
    values = {
        "framework": framework,
        "device": "cpu",
        "data_path": even,
        "batch_size": batch_size,
        "epochs": epochs,
        **changes,
    }
    return TrainingRequest(**values)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def alone(even: str) -> Callable[[str], Follower]:
    """Trained on one device, once for each framework."""

    @functools.cache
    def trained(framework: str) -> Follower:
        one = agent(wanted(framework, even))
        follow([one])
        return one

    return trained


def run_all(framework: str, even: str, **changes: object) -> Follower:
    one = agent(
        wanted(framework, even, strategy="all", **changes), ACCELGUI_VIRTUAL_CPU_DEVICES="2"
    )
    follow([one])
    return one


def assert_alike(a: Follower, b: Follower) -> None:
    for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
        left, right = ([getattr(e, name) for e in each.all(EpochDone)] for each in (a, b))
        assert left
        assert right == pytest.approx(left, rel=BOUND)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_two_devices_compute_what_one_does(
    framework: str, alone: Callable[[str], Follower], even: str
) -> None:
    both = run_all(framework, even)
    (started,) = both.all(TrainingStarted)
    assert (started.strategy, started.replicas_count, started.workers_count) == ("all", 2, 1)
    assert_alike(alone(framework), both)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_two_workers_compute_what_one_does(
    framework: str, alone: Callable[[str], Follower], even: str
) -> None:
    plain = wanted(framework, even)
    common = {name: getattr(plain, name) for name in ("data_path", "batch_size", "epochs")}
    first, second = agents = pair(framework, **common)
    follow(agents)
    assert [one.outcome.status for one in agents] == [RunStatus.FINISHED] * 2, first.outcome
    assert_alike(alone(framework), first)
    # The first worker alone tells how it goes; both say what it came to.
    assert not second.all(EpochDone)
    assert not second.all(TrainingProgress)
    assert second.all(TrainingDone)[0].validation_loss == pytest.approx(
        first.all(TrainingDone)[0].validation_loss
    )
    told = [one.all(TrainingStarted)[0] for one in agents]
    assert [start.worker_index for start in told] == [0, 1]
    assert {(start.replicas_count, start.workers_count) for start in told} == {(2, 2)}


def test_that_shares_may_come_from_the_host(alone: Callable[[str], Follower], even: str) -> None:
    assert_alike(alone("jax"), run_all("jax", even, feeding="prefetch"))


def test_that_a_worker_that_dies_ends_the_run_by_its_name() -> None:
    first, second = agents = pair("pytorch", epochs=100_000)
    follow(agents, lambda: second.replica().kill())
    assert first.outcome.status is second.outcome.status is RunStatus.FAILED
    assert first.all(WorkFailed)[0].code == "worker_lost"
    assert first.all(WorkFailed)[0].parameters["worker"].startswith("worker 1 (127.0.0.1:")
    assert second.outcome.message == "ended by SIGKILL"


def test_that_the_worker_that_leads_is_named_where_the_engine_ends_the_others() -> None:
    first, second = agents = pair("jax", epochs=100_000)
    follow(agents, lambda: first.replica().kill())
    assert second.all(WorkFailed)[0].code == "worker_lost"
    assert (second.outcome.message or "").startswith("worker 0 (127.0.0.1:")


def test_that_tensorflow_names_a_worker_that_is_gone() -> None:
    first, second = agents = pair("tensorflow", epochs=100_000)
    follow(agents, lambda: first.replica().kill())
    assert second.all(WorkFailed)[0].code == "worker_lost"
    assert (second.outcome.message or "").startswith("worker 0 (127.0.0.1:")


def test_that_a_replica_that_dies_ends_the_run_and_leaves_nothing() -> None:
    one = agent(
        TrainingRequest("pytorch", device="cpu", strategy="all", epochs=100_000),
        ACCELGUI_VIRTUAL_CPU_DEVICES="2",
    )
    follow([one], lambda: one.replica(1).kill())
    assert one.outcome.status is RunStatus.FAILED
    assert one.outcome.message == "replica 1: ended by SIGKILL"


def test_that_one_stop_stops_all_and_all_say_so() -> None:
    agents = pair("jax", epochs=100_000)
    follow(agents, agents[1].run.stop)
    assert [one.outcome.status for one in agents] == [RunStatus.STOPPED] * 2
    steps = {one.all(TrainingDone)[0].steps for one in agents}
    assert len(steps) == 1
    assert all(one.all(TrainingDone)[0].stopped for one in agents)


def test_that_replicas_go_with_the_agent_that_started_them() -> None:
    one = agent(
        TrainingRequest("pytorch", device="cpu", strategy="all", epochs=100_000),
        ACCELGUI_VIRTUAL_CPU_DEVICES="2",
    )

    def kill() -> None:
        assert one.run.pid is not None
        os.kill(one.run.pid, signal.SIGKILL)

    follow([one], kill)
    assert one.outcome.status is RunStatus.KILLED


def test_that_workers_with_different_settings_do_not_begin() -> None:
    agents = pair("jax", ({"seed": 0}, {"seed": 1}))
    follow(agents)
    assert {one.all(WorkFailed)[0].code for one in agents} == {"workers_differ"}
    assert not agents[0].all(TrainingStarted)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"strategy": "all", "framework": "jax"}, "one_device_only"),
        ({"strategy": "all", "device": "gpu:0"}, "all_takes_every_device"),
        ({"strategy": "multi-worker"}, "workers_unknown"),
        ({"workers": ("a:1", "b:1")}, "workers_without_strategy"),
    ],
    ids=str,
)
def test_that_what_cannot_be_shared_is_told(changes: dict[str, object], code: str) -> None:
    one = agent(TrainingRequest(**{"device": "cpu", **changes}))  # type: ignore[arg-type]
    follow([one])
    assert one.all(WorkFailed)[0].code == code
    assert one.outcome.failure is FailureKind.INPUT


def test_that_a_batch_without_even_shares_is_refused(tmp_path: Path) -> None:
    one = agent(
        TrainingRequest("jax", device="cpu", strategy="all", batch_size=33),
        ACCELGUI_VIRTUAL_CPU_DEVICES="2",
    )
    follow([one])
    assert one.all(WorkFailed)[0].code == "batch_not_divisible"
    assert one.outcome.message == "batch size 33: 2 devices cannot take even shares of it"


def test_that_a_worker_that_does_not_come_is_named(even: str) -> None:
    _, second = pair("pytorch", data_path=even)
    waiting = agent(second.run.command.request, ACCELGUI_JOIN_TIMEOUT_S="1")
    follow([waiting])
    assert waiting.all(WorkFailed)[0].code == "worker_missing"
    assert (waiting.outcome.message or "").startswith("worker 0 (127.0.0.1:")


def test_that_what_torchrun_sets_makes_workers_of_both() -> None:
    (address,) = free_addresses(1)
    host, _, port = address.rpartition(":")
    variables = {"MASTER_ADDR": host, "MASTER_PORT": port, "WORLD_SIZE": "2"}
    plain = TrainingRequest("pytorch", device="cpu", epochs=1, strategy="auto")
    agents = [agent(plain, **variables, RANK=str(rank)) for rank in range(2)]
    follow(agents)
    told = [one.all(TrainingStarted)[0] for one in agents]
    assert [start.worker_index for start in told] == [0, 1]
    assert {(start.strategy, start.replicas_count) for start in told} == {("multi-worker", 2)}
