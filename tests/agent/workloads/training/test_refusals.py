"""What cannot be trained is told at once, and in one line."""

from __future__ import annotations

import pytest
from agent.workloads.training.following import Followed

from accelgui.model.events import Progress
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import TrainingRequest


def test_that_tf32_is_refused_where_there_is_none() -> None:
    run = Followed(TrainingRequest(device="cpu", tf32=True))
    assert run.outcome.failure is FailureKind.INPUT
    assert run.outcome.message == "cpu does not multiply in TF32"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (TrainingRequest(batch_size=0), "batch size 0: expected 1 or more"),
        (TrainingRequest(batch_size=1434), "batch size 1434: the data have only 1433"),
        (TrainingRequest(epochs=0), "0 epochs: expected 1 or more"),
        (TrainingRequest(seed=-1), "seed -1: expected 0 to 4294967295"),
        (TrainingRequest(model="gpt"), "model 'gpt': training knows mlp, cnn"),
        (TrainingRequest(precision="int8"), "precision 'int8': training knows float32, mixed_"),
        (
            TrainingRequest(framework="mxnet"),
            "framework 'mxnet': training knows tensorflow, py",
        ),
        (
            TrainingRequest(framework="pytorch", execution="xla"),
            "execution 'xla': PyTorch compiles with XLA only",
        ),
        (
            TrainingRequest(framework="jax", execution="graph"),
            "execution 'graph': the only compiler of JAX is XLA",
        ),
        (TrainingRequest(feeding="device"), "feeding 'device': Model.fit takes its batches"),
        (
            TrainingRequest(data_path="none.npz"),
            "none.npz: cannot be read: No such file or directory",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_that_what_cannot_be_is_told_before_the_framework_starts(
    request_: TrainingRequest, message: str
) -> None:
    run = Followed(request_)
    assert run.outcome.status is RunStatus.FAILED
    assert run.outcome.failure is FailureKind.INPUT
    assert (run.outcome.message or "").startswith(message)
    assert "import" not in [event.what for event in run.told(Progress)]


def test_that_a_device_that_is_not_there_is_told() -> None:
    run = Followed(TrainingRequest(device="gpu:99"))
    assert run.outcome.failure is FailureKind.INPUT
    assert "gpu:99" in (run.outcome.message or "")
