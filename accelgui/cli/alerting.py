"""Alerts beside a recording: told on stderr, and kept in the file as marks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from accelgui.model.mark import Mark
from accelgui.settings import Settings
from accelgui.words import _, joining
from accelgui.words.alerts import advice, sentence, short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.sample import Sample
    from accelgui.telemetry.alerts import Alert, Limits


class Alerting:
    """Watches samples and the disks, with the thresholds of the window's settings.

    `limits` are what the devices say of themselves. `mark` is called with each mark for the file
    and its place there. No run is known here, so none can be stalled.
    """

    def __init__(
        self,
        folder: Path,
        limits: Mapping[str, Limits],
        mark: Callable[[Mark, float], None],
        console: Console,
        meter: Meter,
    ) -> None:
        # It brings NumPy, for which the other commands must not wait.
        from accelgui.telemetry.alerts import Alerts, Thresholds  # noqa: PLC0415
        from accelgui.telemetry.alerts.disk import DiskWatch, usual_folders  # noqa: PLC0415

        self._alerts = Alerts(Thresholds.of(Settings.load().alert_choices(), limits))
        self._disk = DiskWatch(usual_folders(folder))
        self._mark = mark
        self._console = console
        self._meter = meter

    def take(self, sample: Sample, place_s: float) -> None:
        """Take a sample at its place in the recording."""
        changed = [
            *self._alerts.take(sample, place_s),
            *self._alerts.take_disks(self._disk.rooms, place_s),
            *self._alerts.look(place_s),
        ]
        for alert in changed:
            code = "alert" if alert.end_s is None else "alert_over"
            parameters = (("alert", alert.code), ("device", alert.device))
            self._mark(Mark(place_s, code, parameters), max(place_s, 0.0))
            self._say(alert)

    def close(self) -> None:
        """End the watching."""
        self._disk.close()

    def _say(self, alert: Alert) -> None:
        self._meter.clear()
        if alert.end_s is None:
            text = sentence(alert.code, alert.device, alert.value, alert.threshold)
            text = joining.sentences((joining.full_stop(text), advice(alert.code, alert.detail)))
        else:
            text = _("{what}, over").format(what=short(alert.code, alert.device))
            text = joining.full_stop(text)
        self._console.note(f"{time.strftime('%H:%M:%S')}  {text}")
