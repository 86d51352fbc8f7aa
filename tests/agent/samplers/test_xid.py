"""Faults of GPUs, told by real agents that watch the stand-in for NVML."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accelgui.model.events import XidSeen
from accelgui.model.requests import SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from standins.drivers import NvmlDriver

_LIMIT_S = 30.0


@contextmanager
def watching(nvml: NvmlDriver, do_again: Callable[[], None]) -> Iterator[Iterator[XidSeen]]:
    """Yield the Xids that a sampler tells of; what is to be reported is, until it is told of."""
    run = AgentRun(AgentCommand("sample", SampleRequest(0.1), environment=dict(nvml.environment)))
    events = run.events()
    too_late = threading.Timer(_LIMIT_S, run.stop)
    too_late.start()

    def told() -> Iterator[XidSeen]:
        for count, event in enumerate(events):
            if isinstance(event, XidSeen):
                yield event
            elif count % 20 == 19:  # A watch that begins later hears the next one.
                do_again()

    try:
        yield told()
    finally:
        too_late.cancel()
        run.stop()
        for _event in events:
            pass


def test_that_a_fault_is_told_with_its_gpu_and_number(nvml: NvmlDriver) -> None:
    nvml.install_gpus(3)
    with watching(nvml, lambda: nvml.report_xid(79, gpu=1)) as told:
        seen = next(told)
    assert (seen.device, seen.xid) == ("gpu:1", 79)
    assert seen.time_s > 0


def test_that_each_fault_is_told_once(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    numbers = iter(range(1, 1000))
    with watching(nvml, lambda: nvml.report_xid(next(numbers))) as told:
        first, second, third = (next(told).xid for _ in range(3))
    assert first < second < third


def test_that_the_others_are_watched_on_where_one_gpu_is_lost(nvml: NvmlDriver) -> None:
    nvml.install_gpus(2)

    def report() -> None:
        nvml.report_xid(31, gpu=1)

    with watching(nvml, report) as told:
        next(told)
        # The wait fails for all, as with NVML; a GPU that is lost cannot be registered again.
        for function in ("nvmlEventSetWait_v2", "nvmlDeviceRegisterEvents"):
            nvml.fail(function, 15, gpu=0)
        next(told)  # It may have happened before.
        again = next(told)
    assert (again.device, again.xid) == ("gpu:1", 31)


def test_that_a_driver_without_events_is_sampled_all_the_same(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, utilization_gpu=50)
    nvml.fail("nvmlEventSetCreate", 3)
    run = AgentRun(AgentCommand("sample", SampleRequest(0.1), environment=dict(nvml.environment)))
    utilisations = []
    for event in run.events():
        sample = getattr(event, "sample", None)
        if sample is not None and sample.device == "gpu:0":
            utilisations.append(sample.values["utilisation_percent"])
            if len(utilisations) == 5:
                run.stop()
    assert utilisations[-1] == 50
