"""Real agent processes, followed to their end or for a while."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accelgui.model.events import MachineSeen, SampleTaken
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import MachineRequest, SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accelgui.model.sample import Sample
    from accelgui.model.snapshot import Machine


def machines_seen(
    environment: Mapping[str, str] | None = None, *, call_timeout_s: float = 10.0
) -> list[Machine]:
    """Let an agent look at this machine; return what it saw, stage by stage."""
    request = MachineRequest(call_timeout_s=call_timeout_s)
    run = AgentRun(AgentCommand("machine", request, environment=dict(environment or {})))
    seen = [event.machine for event in run.events() if isinstance(event, MachineSeen)]
    assert run.outcome is not None
    assert run.outcome.status is RunStatus.FINISHED, run.outcome
    return seen


@contextmanager
def sampler(
    environment: Mapping[str, str] | None = None, *, interval_s: float = 0.1
) -> Iterator[tuple[AgentRun, Iterator[Sample]]]:
    """Run a sampler; it is stopped at the end of the block and has to end by itself."""
    with sampler_in(sys.executable, environment, interval_s=interval_s) as running:
        yield running


@contextmanager
def sampler_in(
    python: str, environment: Mapping[str, str] | None = None, *, interval_s: float = 0.1
) -> Iterator[tuple[AgentRun, Iterator[Sample]]]:
    """Run a sampler in another Python."""
    request = SampleRequest(interval_s=interval_s)
    run = AgentRun(AgentCommand("sample", request, python, environment=dict(environment or {})))
    events = run.events()
    try:
        yield run, (event.sample for event in events if isinstance(event, SampleTaken))
    finally:
        run.stop()
        for _event in events:
            pass
    assert run.outcome is not None
    assert run.outcome.status is RunStatus.STOPPED, run.outcome
    assert run.outcome.exit_code == 0
