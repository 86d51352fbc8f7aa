"""Who the workers are: by the request, or by what the frameworks' launchers set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training.distributed import cluster
from accelgui.agent.workloads.training.distributed.cluster import Cluster, from_environment
from accelgui.model.requests import FRAMEWORKS, TrainingRequest

TORCHRUN = {"RANK": "3", "WORLD_SIZE": "8", "MASTER_ADDR": "host1", "MASTER_PORT": "29500"}
JAX = {
    "JAX_COORDINATOR_ADDRESS": "host1:1234",
    "JAX_NUM_PROCESSES": "2",
    "JAX_PROCESS_ID": "1",
}


def tf_config(kind: str = "worker", index: Any = 1, **jobs: list[str]) -> dict[str, str]:
    jobs = jobs or {"worker": ["host1:2222", "host2:2222"]}
    return {"TF_CONFIG": json.dumps({"cluster": jobs, "task": {"type": kind, "index": index}})}


def test_that_the_request_names_the_workers() -> None:
    request = TrainingRequest(workers=("a:1", "b:2"), worker_index=1)
    assert cluster.cluster_of(request) == Cluster(2, 1, ("a:1", "b:2"))
    assert cluster.cluster_of(request).name(0) == "0 (a:1)"


def test_that_tf_config_is_read() -> None:
    found = from_environment("tensorflow", tf_config())
    assert found == Cluster(2, 1, ("host1:2222", "host2:2222"))


def test_that_a_chief_comes_before_the_workers() -> None:
    jobs = {"chief": ["host0:1"], "worker": ["host1:1", "host2:1"]}
    assert from_environment("tensorflow", tf_config("chief", 0, **jobs)) == Cluster(
        3, 0, ("host0:1", "host1:1", "host2:1")
    )
    of_worker = from_environment("tensorflow", tf_config("worker", 1, **jobs))
    assert of_worker is not None
    assert of_worker.index == 2


@pytest.mark.parametrize(
    "variables",
    [
        {"TF_CONFIG": "not json"},
        {"TF_CONFIG": "[]"},
        {"TF_CONFIG": "{}"},
        tf_config("ps", 0),
        tf_config("worker", 2),
        tf_config("worker", "x"),
    ],
    ids=str,
)
def test_that_a_tf_config_without_sense_is_told_in_one_line(variables: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"^TF_CONFIG[^\n]+$"):
        from_environment("tensorflow", variables)


def test_that_torchrun_and_jax_are_read() -> None:
    assert from_environment("pytorch", TORCHRUN) == Cluster(8, 3, is_launched=True)
    assert from_environment("jax", JAX) == Cluster(2, 1)


@pytest.mark.parametrize(
    ("framework", "variables"),
    [
        ("pytorch", {**TORCHRUN, "RANK": "8"}),
        ("pytorch", {**TORCHRUN, "WORLD_SIZE": "many"}),
        ("jax", {**JAX, "JAX_PROCESS_ID": "-1"}),
    ],
)
def test_that_a_rank_that_cannot_be_is_told(framework: str, variables: dict[str, str]) -> None:
    with pytest.raises(InputError):
        from_environment(framework, variables)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_nothing_is_found_where_no_launcher_was(framework: str) -> None:
    assert from_environment(framework, {}) is None


def test_that_auto_is_several_only_where_a_launcher_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = TrainingRequest(strategy="auto")
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert cluster.strategy_of(request) == "one"
    monkeypatch.setenv("TF_CONFIG", tf_config(index=0, worker=["host1:1"])["TF_CONFIG"])
    assert cluster.strategy_of(request) == "one"
    monkeypatch.setenv("TF_CONFIG", tf_config()["TF_CONFIG"])
    assert cluster.strategy_of(request) == "multi-worker"
    assert cluster.strategy_of(TrainingRequest(strategy="one")) == "one"
