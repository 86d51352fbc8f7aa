"""What an alert says."""

from __future__ import annotations

from dataclasses import dataclass

DEVICE_HOT = "device_hot"
MEMORY_HOT = "memory_hot"
DEVICE_MEMORY = "device_memory"
HOST_MEMORY = "host_memory"
DISK = "disk"
STALL = "stall"
GPU_LOST = "gpu_lost"

# The one at which most has to be done comes first.
ORDER = (GPU_LOST, STALL, DEVICE_HOT, MEMORY_HOT, DISK, HOST_MEMORY, DEVICE_MEMORY)

# The unit of an alert's values. A lost GPU has no value, but NVML's reason.
UNITS = {
    DEVICE_HOT: "celsius",
    MEMORY_HOT: "celsius",
    DISK: "bytes",
    HOST_MEMORY: "percent",
    DEVICE_MEMORY: "percent",
    STALL: "percent",
}

# How a stalled run goes on, in `detail`.
STEPS_GO_ON, STEPS_STOPPED = "steps_go_on", "steps_stopped"


@dataclass(frozen=True)
class Alert:
    """Something crossed its threshold at `start_s`, and is back since `end_s`, None while not.

    `device` is that of the samples, or "host". `value` is the newest, `peak` the worst; both and
    the threshold are in the unit of the code: °C, % of the memory in use, bytes free on the disk,
    % of utilisation, NVML's return code. `detail` is a code that says more, "" for nothing.
    """

    code: str
    device: str
    start_s: float
    threshold: float
    value: float | None
    peak: float
    end_s: float | None = None
    detail: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What can be raised once at a time."""
        return self.code, self.device


def rank(alert: Alert) -> tuple[int, str]:
    """Return where an alert stands among others."""
    place = ORDER.index(alert.code) if alert.code in ORDER else len(ORDER)
    return place, alert.device
