"""Curves of the machine while something other than a training went on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.sample import HOST
from accelgui.telemetry.series import WholeSeries

if TYPE_CHECKING:
    from accelgui.model.sample import Sample
    from accelgui.telemetry.series import Series

CPU = "cpu"

# Panel and track by the name of the value, called as in a training's plots.
_OF_DEVICE = {
    "utilisation_percent": "utilisation",
    "memory_used_bytes": "memory",
    "temperature_celsius": "temperature",
    "power_watts": "power",
}
_OF_HOST = {"memory_used_bytes": ("memory", "host"), "run_memory_bytes": ("memory", "run_beside")}


class Curves:
    """Series by (panel, track), on the axis of the samples, from `zero_s` on."""

    def __init__(self, device: str, zero_s: float) -> None:
        self.zero_s = zero_s
        self.series: dict[tuple[str, str], Series] = {}
        self._device = device

    def take_sample(self, sample: Sample) -> None:
        """Keep the values that bear on the run's device and on the rest of the machine."""
        if sample.time_s < self.zero_s:
            return
        for name, place in self._places(sample.device).items():
            value = sample.values.get(name)
            # A device that never reports a value gets no curve; one that stops gets a gap.
            if value is not None or place in self.series:
                self.series.setdefault(place, WholeSeries()).append(sample.time_s, value)

    def _places(self, device: str) -> dict[str, tuple[str, str]]:
        if device == HOST:
            return _OF_HOST
        if device == self._device:
            track = CPU if device == CPU else "accelerator"
            return {name: (panel, track) for name, panel in _OF_DEVICE.items()}
        if device == CPU:
            names = ("utilisation_percent", "temperature_celsius", "power_watts")
            return {name: (_OF_DEVICE[name], "cpu_beside") for name in names}
        return {}
