"""How hot a device was and how fast its clocks ran while something went on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from accelgui.model.events import SampleTaken
from accelgui.model.precision import Spread
from accelgui.model.requests import SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from types import TracebackType

    from accelgui.model.sample import Sample

NAMES = (
    "temperature_celsius",
    "memory_temperature_celsius",
    "clock_sm_hz",
    "clock_memory_hz",
    "power_watts",
)

_INTERVAL_S = 0.5


class Conditions:
    """Adds up the samples of `device` ("cpu", "gpu:0") from the first one taken on."""

    def __init__(self, device: str) -> None:
        self.device = device
        self._spreads: dict[str, Spread] = {}

    def take(self, sample: Sample) -> None:
        """Add the values of a sample; those of other devices do not count."""
        if sample.device != self.device:
            return
        for name in NAMES:
            value = sample.values.get(name)
            if value is not None:
                self._spreads[name] = _with(self._spreads.get(name), value)

    def told(self) -> dict[str, Spread | None]:
        """Return what the values were by their names; None for what was never reported."""
        return {name: self._spreads.get(name) for name in NAMES}


def _with(spread: Spread | None, value: float) -> Spread:
    if spread is None:
        return Spread(value, value, value, 1)
    count = spread.count + 1
    return Spread(
        min(spread.minimum, value),
        spread.mean + (value - spread.mean) / count,
        max(spread.maximum, value),
        count,
    )


class ConditionsWatch:
    """Samples beside a run as long as the context lasts; counts from `begin` on.

    A machine where sampling fails is one that reports nothing: its log says why.
    """

    def __init__(self, interval_s: float = _INTERVAL_S) -> None:
        self._run = AgentRun(AgentCommand("sample", SampleRequest(interval_s)))
        self._thread = threading.Thread(target=self._follow, name="conditions")
        self._lock = threading.Lock()
        self._conditions: Conditions | None = None
        self._latest: dict[str, Sample] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run.stop()
        self._thread.join()

    def begin(self, device: str) -> None:
        """Count what `device` reports from now on, beginning with its latest values."""
        with self._lock:
            self._conditions = Conditions(device)
            if device in self._latest:
                self._conditions.take(self._latest[device])

    def told(self) -> dict[str, Spread | None]:
        """Return what was reported since `begin`; {} before it."""
        with self._lock:
            return self._conditions.told() if self._conditions is not None else {}

    def _follow(self) -> None:
        for event in self._run.events():
            if isinstance(event, SampleTaken):
                with self._lock:
                    self._latest[event.sample.device] = event.sample
                    if self._conditions is not None:
                        self._conditions.take(event.sample)
