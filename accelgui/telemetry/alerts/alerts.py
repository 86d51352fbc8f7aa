"""Watches samples, the disk and a run, and says when something begins or ends to need a person.

Knows neither a clock nor a window: every moment is given in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.sample import HOST
from accelgui.telemetry.alerts import alert as codes
from accelgui.telemetry.alerts.alert import Alert, rank
from accelgui.telemetry.alerts.level import Change, Level
from accelgui.telemetry.alerts.stall import Stall
from accelgui.telemetry.alerts.thresholds import LOST_CODES, Thresholds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from accelgui.model.sample import Sample
    from accelgui.telemetry.alerts.disk import Room
    from accelgui.telemetry.alerts.level import Band

# Processors are built to run at their limit, and tell none; their heat alarms nobody.
_ACCELERATORS = ("gpu:", "tpu:")

# A device that nobody has told of for this long is silent.
_SILENT_S = 10.0


class Alerts:
    """All alerts of one machine.

    What takes something returns the alerts that it has raised (`end_s` None) or cleared.
    """

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.stall = Stall()
        self._thresholds = thresholds or Thresholds()
        self._levels: dict[tuple[str, str], Level] = {}
        self._details: dict[tuple[str, str], str] = {}
        self._lost_codes: dict[str, float] = {}
        self._disk_scale = 1.0

    @property
    def active(self) -> tuple[Alert, ...]:
        """What is raised now, the worst first."""
        raised = (self._alert(*key) for key, level in self._levels.items() if level.is_raised)
        return tuple(sorted(raised, key=rank))

    def change(self, thresholds: Thresholds) -> list[Alert]:
        """Watch with other thresholds from now on; what nobody wants to know any more ends."""
        if thresholds == self._thresholds:
            return []
        self._thresholds = thresholds
        ended = []
        for (code, device), level in tuple(self._levels.items()):
            band = self._band(code, device)
            if band is None or band.raise_at != level.band.raise_at:
                ended += self._told(code, device, level.end())
                del self._levels[code, device]
            else:
                level.band = band
        return ended

    def take(self, sample: Sample, time_s: float) -> list[Alert]:
        """Take the values of a device or of the host."""
        device, values = sample.device, sample.values
        changed: list[Alert] = []
        if device == HOST:
            changed += self._watch(codes.HOST_MEMORY, HOST, time_s, _share(values))
        elif device.startswith(_ACCELERATORS):
            for code, value in self._of_accelerator(device, values):
                changed += self._watch(code, device, time_s, value)
        if self.stall.is_of(device):
            self._details[codes.STALL, self.stall.device] = self.stall.detail(time_s)
            value = self.stall.load(values)
            changed += self._watch(codes.STALL, self.stall.device, time_s, value)
        return changed

    def take_disks(self, rooms: Iterable[Room], time_s: float) -> list[Alert]:
        """Take how much room the disks of note have: the fullest counts."""
        scaled = [
            (scale * room.free_bytes, scale)
            for room in rooms
            for scale in (self._thresholds.disk_scale(room.total_bytes),)
        ]
        value, scale = min(scaled, default=(None, self._disk_scale))
        self._disk_scale = scale
        return self._watch(codes.DISK, HOST, time_s, value)

    def look(self, time_s: float) -> list[Alert]:
        """Let time pass for what is raised of devices that nobody tells of any more."""
        changed = []
        for key, level in tuple(self._levels.items()):
            if level.is_raised and time_s - level.last_s > _SILENT_S:
                changed += self._told(*key, level.take(time_s, None))
        return changed

    def pause_run(self, *, is_paused: bool) -> list[Alert]:
        """A person lets the run wait, or go on: one that waits is not stalled."""
        self.stall.pause(is_paused)
        level = self._levels.get((codes.STALL, self.stall.device))
        return self._told(codes.STALL, self.stall.device, level.end()) if level else []

    def end_run(self) -> list[Alert]:
        """No run goes on any more: it cannot be stalled."""
        device = self.stall.device
        self.stall.end()
        level = self._levels.pop((codes.STALL, device), None)
        return [] if level is None else self._told(codes.STALL, device, level.end(), level)

    def end(self) -> list[Alert]:
        """Nobody watches any more: let everything end where it was last seen."""
        ended = []
        for key, level in tuple(self._levels.items()):
            ended += self._told(*key, level.end())
        self._levels.clear()
        return ended

    def _of_accelerator(
        self, device: str, values: Mapping[str, float | None]
    ) -> Iterator[tuple[str, float | None]]:
        yield codes.DEVICE_HOT, values.get("temperature_celsius")
        yield codes.MEMORY_HOT, values.get("memory_temperature_celsius")
        yield codes.DEVICE_MEMORY, _share(values)
        if "nvml_error_code" in values:
            yield codes.GPU_LOST, self._lost(device, values)

    def _lost(self, device: str, values: Mapping[str, float | None]) -> float | None:
        """Return 1 for a lost GPU, 0 for one that tells something, None where neither is known."""
        values = dict(values)
        error = values.pop("nvml_error_code")
        if error is not None and error in LOST_CODES:
            self._lost_codes[device] = error
            return 1.0
        known = any(
            value is not None for name, value in values.items() if name != "nvml_error_code"
        )
        return 0.0 if known else None

    def _watch(self, code: str, device: str, time_s: float, value: float | None) -> list[Alert]:
        level = self._levels.get((code, device))
        if level is None:
            band = self._band(code, device)
            if band is None or value is None:
                return []
            level = self._levels[code, device] = Level(band)
        return self._told(code, device, level.take(time_s, value))

    def _band(self, code: str, device: str) -> Band | None:
        thresholds = self._thresholds
        bands: dict[str, Callable[[], Band | None]] = {
            codes.DEVICE_HOT: lambda: thresholds.device_hot(device),
            codes.MEMORY_HOT: lambda: thresholds.memory_hot(device),
            codes.DEVICE_MEMORY: thresholds.device_memory,
            codes.HOST_MEMORY: thresholds.host_memory,
            codes.DISK: thresholds.disk,
            codes.STALL: thresholds.stall,
            codes.GPU_LOST: thresholds.gpu_lost,
        }
        return bands[code]()

    def _told(
        self, code: str, device: str, change: Change | None, level: Level | None = None
    ) -> list[Alert]:
        if change is None:
            return []
        return [self._alert(code, device, level, is_over=change is Change.CLEARED)]

    def _alert(
        self, code: str, device: str, level: Level | None = None, *, is_over: bool = False
    ) -> Alert:
        level = level or self._levels[code, device]
        threshold, value, peak = level.band.raise_at, level.value, level.peak
        if code == codes.GPU_LOST:
            value = peak = self._lost_codes.get(device, level.peak)
        elif code == codes.DISK:
            scale = self._disk_scale
            value = None if value is None else value / scale
            threshold, peak = threshold / scale, peak / scale
        return Alert(
            code=code,
            device=device,
            start_s=level.start_s,
            threshold=threshold,
            value=value,
            peak=peak,
            end_s=level.end_s if is_over else None,
            detail=self._details.get((code, device), ""),
        )


def _share(values: Mapping[str, float | None]) -> float | None:
    """Return how much of the memory is in use, in percent."""
    used, total = values.get("memory_used_bytes"), values.get("memory_total_bytes")
    return 100 * used / total if used is not None and total else None
