"""What is known now, written by the one who watches, read by those who ask over HTTP."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.model.device import Device

# Older values are no values of now; Prometheus must not see a dead sampler's last ones for ever.
_STALE_S = 15.0


@dataclass(frozen=True)
class DeviceNames:
    """What a device is called; "" for what is not known or not to be told."""

    model: str = ""
    uuid: str = ""
    pci_bus_id: str = ""


@dataclass(frozen=True)
class RunState:
    """The run under way: what it is, where it runs, and how far it is.

    `step`, `epoch`, `loss`, `accuracy` and `samples_per_second` are a training's, None elsewhere.
    """

    kind: str
    framework: str = ""
    device: str = ""
    progress_share: float | None = None
    step: float | None = None
    epoch: float | None = None
    loss: float | None = None
    accuracy: float | None = None
    samples_per_second: float | None = None


@dataclass(frozen=True)
class State:
    """Everything at one moment. `alerts` are pairs of code and device, `xids` each GPU's last."""

    samples: dict[str, Sample] = field(default_factory=dict)
    names: dict[str, DeviceNames] = field(default_factory=dict)
    hostname: str = ""
    driver: str = ""
    run: RunState | None = None
    alerts: tuple[tuple[str, str], ...] = ()
    xids: dict[str, int] = field(default_factory=dict)


class Board:
    """For any number of threads. Samples count until they are `stale_s` old by `clock_s`.

    With `shows_names` false, neither the host nor single GPUs are named.
    """

    def __init__(
        self,
        hostname: str = "",
        *,
        shows_names: bool = True,
        stale_s: float = _STALE_S,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shows_names = shows_names
        self._stale_s = stale_s
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._state = State(hostname=hostname if shows_names else "")

    def take(self, sample: Sample) -> None:
        """Keep the newest values of a device or of the host."""
        with self._lock:
            samples = {**self._state.samples, sample.device: sample}
            self._state = replace(self._state, samples=samples)

    def take_xid(self, device: str, xid: int) -> None:
        """Keep the last fault of a GPU."""
        with self._lock:
            self._state = replace(self._state, xids={**self._state.xids, device: xid})

    def name(self, devices: tuple[Device, ...], driver: str | None) -> None:
        """Keep what devices are called."""
        names = {device.key: self._names(device) for device in devices}
        with self._lock:
            self._state = replace(self._state, names=names, driver=driver or "")

    def show_run(self, run: RunState | None) -> None:
        """Keep how far a run is, None when there is none."""
        with self._lock:
            self._state = replace(self._state, run=run)

    def show_alerts(self, alerts: tuple[tuple[str, str], ...]) -> None:
        """Keep what is raised: pairs of code and device."""
        with self._lock:
            self._state = replace(self._state, alerts=alerts)

    def state(self) -> State:
        """Return everything that holds now."""
        with self._lock:
            state = self._state
        oldest_s = self._clock_s() - self._stale_s
        fresh = {key: sample for key, sample in state.samples.items() if sample.time_s >= oldest_s}
        return replace(state, samples=fresh)

    def _names(self, device: Device) -> DeviceNames:
        if not self._shows_names:
            return DeviceNames(device.name)
        facts = {fact.name: fact.value for fact in device.facts}
        uuid, address = facts.get("uuid"), facts.get("pci_address")
        return DeviceNames(device.name, str(uuid or ""), str(address or ""))
