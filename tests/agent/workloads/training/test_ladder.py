"""The acceleration ladder, climbed for real in each framework."""

from __future__ import annotations

import sys

import pytest
from agent.real import PYTHON_VARIABLES, python_of

from accelgui.model.events import LadderRung, LadderStarted
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import LadderRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

MEASURE_S = 0.3


def climb(
    request: LadderRequest, *, stop_after: int = 99, virtual: int = 1
) -> tuple[list[LadderRung], AgentRun]:
    framework = request.framework
    python = python_of(framework) if framework in PYTHON_VARIABLES else sys.executable
    variables = {"ACCELGUI_VIRTUAL_CPU_DEVICES": str(virtual)}
    run = AgentRun(AgentCommand("ladder", request, python, variables))
    rungs: list[LadderRung] = []
    for event in run.events():
        if isinstance(event, LadderStarted):
            assert event.rungs[0] == "cpu_eager"
        if isinstance(event, LadderRung):
            rungs.append(event)
            if len(rungs) == stop_after:
                run.stop()
    return rungs, run


@pytest.mark.parametrize(
    ("framework", "missing"),
    [
        ("tensorflow", {"tf32": "no_tf32", "all_devices": "one_device_only"}),
        ("jax", {"graph": "jax_compiles_with_xla_only", "tf32": "no_tf32"}),
    ],
)
def test_that_each_rung_is_measured_or_says_why_not(
    framework: str, missing: dict[str, str]
) -> None:
    request = LadderRequest(framework=framework, device="cpu", measure_s=MEASURE_S)
    devices_count = 2 if framework == "jax" else 1
    rungs, run = climb(request, virtual=devices_count)
    assert run.outcome is not None
    assert run.outcome.status is RunStatus.FINISHED
    assert {rung.rung: rung.reason for rung in rungs if rung.reason} == missing
    measured = [rung for rung in rungs if not rung.reason]
    assert len(measured) + len(missing) == 7
    assert {rung.replicas_count for rung in measured} == {1, devices_count}
    for rung in measured:
        assert rung.low is not None
        assert rung.samples_per_second is not None
        assert rung.high is not None
        assert 0 < rung.low <= rung.samples_per_second <= rung.high
        assert rung.measurements >= 5
        is_comparable = rung.batch_size == request.batch_size
        assert rung.loss_unchanged is (True if is_comparable else None)


def test_that_a_ladder_of_pytorch_can_be_left_half_way() -> None:
    request = LadderRequest(framework="pytorch", device="cpu", measure_s=MEASURE_S)
    rungs, run = climb(request, stop_after=1)
    assert run.outcome is not None
    assert run.outcome.status is RunStatus.STOPPED
    assert rungs[0].samples_per_second is not None


def test_that_a_request_that_cannot_be_is_told() -> None:
    _, run = climb(LadderRequest(measure_s=0))
    assert run.outcome is not None
    assert run.outcome.failure is FailureKind.INPUT
