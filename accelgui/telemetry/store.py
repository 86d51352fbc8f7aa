"""Everything that was sampled, as series on one axis of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.sample import HOST
from accelgui.telemetry.limits import limits_of
from accelgui.telemetry.series import DEFAULT_LIMIT, LongSeries, Series
from accelgui.telemetry.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accelgui.model.mark import Mark
    from accelgui.model.sample import Sample

CPU = "cpu"
CORES = "cores"
_MOST_MARKS = 1000
# Series that were thinned at the same moment would all be felt at that moment.
_LIMIT_STEP = 48
_LIMIT_STEPS = 64
# A silence this much longer than the pace, and than this, is a gap.
_SILENCE_PACES = 4.0
_SHORTEST_SILENCE_S = 2.5

# Of the host's: the CPU tells it as well, or it is no curve, or it is shown in another unit.
_UNSHOWN = frozenset({"cpu_percent", "impossible_values_count", "run_cpu_percent"})
_JOULES_PER_WATT_HOUR = 3600.0


class Store:
    """Series by device ("cpu", "gpu:0") and name; the host's values are with the CPU's.

    Names are those of samples, and of what follows from them: `memory_used_percent`,
    `energy_used_watt_hours` since the first sample, `run_cpu_cores` that the run keeps busy.

    `added` grows with every new series, `revision` with everything. A series is thinned where it
    has more than about `limit` points.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self.series: dict[tuple[str, str], Series] = {}
        self.limits: dict[str, Spans] = {}
        self.cores: tuple[float | None, ...] = ()
        self.marks: list[Mark] = []
        self.impossible_values = 0
        self.revision = 0
        self._last_s: dict[str, float] = {}
        self._pace_s: dict[str, float] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._energy: dict[str, _Energy] = {}

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices that anything was told of: the CPU first, then GPUs, then TPUs."""
        return tuple(sorted({device for device, _name in self.series}, key=_order))

    @property
    def added(self) -> int:
        """How many series there are."""
        return len(self.series)

    @property
    def end_s(self) -> float | None:
        """The newest moment, None where there is nothing."""
        return max(self._last_s.values(), default=None)

    def last(self, device: str, name: str) -> float | None:
        """Return the newest value, None where it is not reported."""
        series = self.series.get((device, name))
        return series.last if series else None

    def value_at(self, device: str, name: str, time_s: float) -> float | None:
        """Return the value at a moment, None where it is not reported."""
        series = self.series.get((device, name))
        return series.value_near(time_s) if series else None

    def take(self, sample: Sample, time_s: float) -> None:
        """Keep a sample's values at a place of the axis."""
        self.revision += 1
        if sample.device == CORES:
            self.cores = tuple(sample.values.values())
            return
        device = CPU if sample.device == HOST else sample.device
        shown = self._shown(sample)
        self._close_silence(sample.device, device, shown, time_s)
        if sample.device == HOST:
            self.impossible_values = int(sample.values.get("impossible_values_count") or 0)
        gone = self._names.get(sample.device, frozenset()) - shown.keys()
        self._names[sample.device] = frozenset(shown)
        for name, value in (*shown.items(), *dict.fromkeys(gone).items()):
            self._add(device, name, time_s, value)
        held = limits_of(sample.values)
        if held is not None:
            self.limits.setdefault(device, Spans()).add(time_s, held)

    def mark(self, mark: Mark) -> None:
        """Keep that something happened."""
        self.revision += 1
        self.marks.append(mark)
        del self.marks[:-_MOST_MARKS]

    def break_off(self) -> None:
        """Let a gap follow in every series: values before and after are not to be joined."""
        for spans in self.limits.values():
            spans.break_off()
        for series in self.series.values():
            if len(series):
                series.append(float(series.times[-1]), None)

    def _add(self, device: str, name: str, time_s: float, value: float | None) -> None:
        series = self.series.get((device, name))
        if series is None:
            # A device that never reports a value gets no curve.
            if value is None:
                return
            step = len(self.series) % _LIMIT_STEPS * _LIMIT_STEP
            series = self.series[device, name] = LongSeries(self._limit - step)
        series.append(time_s, value)

    def _shown(self, sample: Sample) -> dict[str, float | None]:
        """Return what is drawn of a sample, and what follows from it."""
        values = sample.values
        if sample.device == HOST:
            shown = {name: value for name, value in values.items() if name not in _UNSHOWN}
            if "run_cpu_percent" in values:
                load = values["run_cpu_percent"]
                shown["run_cpu_cores"] = None if load is None else load / 100
            return shown
        shown = dict(values)
        used, total = values.get("memory_used_bytes"), values.get("memory_total_bytes")
        shown["memory_used_percent"] = 100 * used / total if used is not None and total else None
        if "energy_joules" in values:
            energy = self._energy.setdefault(sample.device, _Energy())
            shown["energy_used_watt_hours"] = energy.used_watt_hours(values["energy_joules"])
        return shown

    def _close_silence(self, source: str, device: str, names: Iterable[str], time_s: float) -> None:
        """Put a gap into the curves of a device that has not been heard of for long."""
        last_s = self._last_s.get(source)
        self._last_s[source] = time_s
        if last_s is None:
            return
        step_s = time_s - last_s
        pace_s = self._pace_s.get(source, step_s)
        self._pace_s[source] = min(step_s, 2 * pace_s) if step_s > 0 else pace_s
        if step_s > max(_SILENCE_PACES * pace_s, _SHORTEST_SILENCE_S):
            for name in names:
                self._add(device, name, last_s, None)
            if device in self.limits:
                self.limits[device].break_off()


class _Energy:
    """What was used since the first look at a counter; one that falls has begun anew."""

    def __init__(self) -> None:
        self._last_joules: float | None = None
        self._used_joules = 0.0

    def used_watt_hours(self, joules: float | None) -> float | None:
        if joules is None:
            return None
        if self._last_joules is not None:
            self._used_joules += max(joules - self._last_joules, 0.0)
        self._last_joules = joules
        return self._used_joules / _JOULES_PER_WATT_HOUR


def _order(device: str) -> tuple[int, str, int]:
    kind, _colon, number = device.partition(":")
    return (0 if kind == CPU else 1, kind, int(number) if number.isdecimal() else 0)
