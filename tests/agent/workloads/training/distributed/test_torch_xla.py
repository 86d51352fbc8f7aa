"""PyTorch/XLA's calls, on a stand-in that has the CPU instead of a TPU."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from agent.workloads.training.distributed.workers import Follower, agent, follow

from accelgui.model.events import EpochDone, TrainingStarted
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import TrainingRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

STAND_IN = Path(__file__).parent / "xla"


@pytest.fixture(scope="module", autouse=True)
def own_log_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def trained(request: TrainingRequest, **variables: str) -> Follower:
    one = agent(request, **variables)
    follow([one])
    assert one.outcome.status is RunStatus.FINISHED, one.outcome
    return one


@pytest.mark.parametrize(("strategy", "devices_count"), [("one", 1), ("all", 4)])
def test_that_a_tpu_is_trained_with_the_calls_of_pytorch_xla(
    strategy: str, devices_count: int
) -> None:
    on_cpu = trained(TrainingRequest("pytorch", device="cpu", epochs=1))
    on_tpu = trained(
        TrainingRequest("pytorch", strategy=strategy, epochs=1), PYTHONPATH=str(STAND_IN)
    )
    (started,) = on_tpu.all(TrainingStarted)
    assert (started.device, started.replicas_count) == ("tpu:0", devices_count)
    losses = [one.all(EpochDone)[0].validation_loss for one in (on_cpu, on_tpu)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
