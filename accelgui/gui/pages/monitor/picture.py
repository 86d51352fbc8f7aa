"""The plots of the monitor: one for each quantity or one for each device, over the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from accelgui.gui.pages.monitor.happened import Happened
from accelgui.gui.pages.monitor.panels import (
    BY_QUANTITY,
    NAMES_OF_A_DEVICE,
    PANEL_OF,
    by_device,
)
from accelgui.gui.plots.time_plots import TimePlots
from accelgui.words import _
from accelgui.words.devices import key_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accelgui.gui.plots.stack import PlotStack
    from accelgui.telemetry import Store

QUANTITIES, DEVICES = "quantities", "devices"

# Names and bands change seldom; twice a second is soon enough.
_SLOW_MS = 500
_FIRST = BY_QUANTITY[0].code


def number_of(device: str) -> int:
    """Return the number that gives a device its colour and mark, whenever it was found."""
    _kind, colon, number = device.partition(":")
    return int(number) + 1 if colon and number.isdecimal() else 0


def first_choice(devices: Iterable[str]) -> str:
    """Return the device that is in front before a person chooses: the first accelerator."""
    return min(devices, key=lambda device: (number_of(device) == 0, number_of(device)))


class Source(Protocol):
    """What is drawn: live values, or a recording."""

    store: Store
    zero_s: float

    @property
    def zero_wall_s(self) -> float:
        """The time of day at the beginning of the axis."""


class Picture(QWidget):
    """Draws a source; give it `data_arrived()` when that has grown.

    Signals: `trouble(str)` from saving, `devices_changed()`, `following_changed(bool)`.
    """

    trouble = Signal(str)
    devices_changed = Signal()
    following_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers: dict[str, int] = {}
        self._source: Source | None = None
        self._curves = 0
        self._hidden: set[str] = set()
        self._unwanted: set[str] = set()
        self._window_s: float | None = None
        self._chosen: str | None = None
        self._layout = QStackedLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._views = {QUANTITIES: self._new_plots(BY_QUANTITY)}
        self._layout.addWidget(self._views[QUANTITIES])
        self._view = QUANTITIES
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._slow.timeout.connect(self.show_happenings)

    @property
    def plots(self) -> TimePlots:
        """The plots that are shown."""
        return self._views[self._view]

    @property
    def view(self) -> str:
        """Whether there is a plot for each quantity or for each device."""
        return self._view

    @property
    def in_front(self) -> str | None:
        """The device whose curves are in front, None while there is none."""
        if self._chosen in self.numbers:
            return self._chosen
        return first_choice(self.numbers) if self.numbers else None

    def show_source(self, source: Source) -> None:
        """Draw another source from its beginning."""
        self._source = source
        self._forget()
        self.data_arrived()

    def show_view(self, view: str) -> None:
        """Show one plot for each quantity, or for each device."""
        if view == self._view:
            return
        span = self.plots.stack.span
        self._view = view
        if view == DEVICES:
            self._build_devices()
        self._layout.setCurrentWidget(self.plots)
        if span.is_following:
            self.plots.stack.show_window(self._window_s)
        else:
            self.plots.stack.show_span(span)
        self.data_arrived()
        self.show_happenings()

    def show_window(self, window_s: float | None) -> None:
        """Follow no more than the newest `window_s`; None follows everything."""
        self._window_s = window_s
        self.plots.stack.show_window(window_s)

    def show_device(self, device: str, is_shown: bool) -> None:
        """Show or hide the curves of a device."""
        (self._hidden.discard if is_shown else self._hidden.add)(device)
        for view, plots in self._views.items():
            if view == DEVICES:
                plots.stack.set_panel_wanted(device, is_shown)
            elif device in plots.stack.runs:
                plots.stack.set_shown(device, is_shown)
        self.show_happenings()

    def show_quantity(self, code: str, is_shown: bool) -> None:
        """Show or hide a plot."""
        (self._unwanted.discard if is_shown else self._unwanted.add)(code)
        self._views[QUANTITIES].stack.set_panel_wanted(code, is_shown)
        self.show_happenings()

    def choose(self, device: str) -> None:
        """Bring the curves of a device to the front."""
        self._chosen = device
        for plots in self._views.values():
            if device in plots.stack.runs:
                plots.stack.choose(device)

    def data_arrived(self) -> None:
        """Draw what is new, soon."""
        source = self._source
        if source is None:
            return
        if source.store.added != self._curves:
            self._curves = source.store.added
            self._add_curves(source)
        self.plots.stack.data_arrived()
        self._look_soon()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        for plots in self._views.values():
            plots.retranslate()
        self.show_happenings()

    def panels_with_values(self) -> tuple[str, ...]:
        """Return the codes of the quantities that anything reports."""
        if self._source is None:
            return ()
        names = {name for _device, name in self._source.store.series}
        return tuple(dict.fromkeys(PANEL_OF[name] for name in names if name in PANEL_OF))

    def show_happenings(self) -> None:
        """Draw bands and marks anew, and the time of day as it is now."""
        source = self._source
        if source is None:
            return
        stack = self.plots.stack
        stack.show_time_of_day(source.zero_wall_s)
        happened = Happened(source.store, source.zero_s, stack.span)
        moments = happened.moments()
        # A TPU has no clocks to be seen.
        held_in = "clock" if stack.panels.get("clock") and stack.panels["clock"].curves else _FIRST
        for code, panel in stack.panels.items():
            if self._view == DEVICES:
                bands = happened.bands([code], named=False)
            else:
                of_several = len(source.store.limits) > 1
                shown = self._shown(source) if code == held_in else []
                bands = happened.bands(shown, named=of_several)
            panel.happenings.show(bands, moments)

    def note_at(self, time_s: float) -> str:
        """Say what happened at a moment of the axis, and which clocks were held back, and why."""
        source = self._source
        if source is None:
            return ""
        happened = Happened(source.store, source.zero_s, self.plots.stack.span)
        return happened.note_at(time_s, self._shown(source))

    def _look_soon(self) -> None:
        if not self._slow.isActive():
            self._slow.start()

    def _shown(self, source: Source) -> list[str]:
        return [device for device in source.store.limits if device not in self._hidden]

    def _new_plots(self, specs: tuple[object, ...]) -> TimePlots:
        plots = TimePlots(specs, key_name)  # type: ignore[arg-type] # Specs, as declared.
        plots.idle_words = lambda: _("Time of day")
        plots.note_at = self.note_at
        plots.retranslate()
        plots.trouble.connect(self.trouble)
        plots.stack.following_changed.connect(self.following_changed)
        plots.stack.span_changed.connect(self._look_soon)
        return plots

    def _add_curves(self, source: Source) -> None:
        known = set(self.numbers)
        self.numbers = {device: number_of(device) for device in source.store.devices}
        stack = self._views[QUANTITIES].stack
        for device, name in tuple(source.store.series):
            if name in PANEL_OF:
                self._add_curve(stack, source, device, PANEL_OF[name], name)
        if self._view == DEVICES:
            self._build_devices()
        if self._chosen in self.numbers:
            self.choose(self._chosen)
        if set(self.numbers) != known:
            self.devices_changed.emit()

    def _add_curve(
        self, stack: PlotStack, source: Source, device: str, panel: str, name: str
    ) -> None:
        if (device, name) in stack.panels[panel].curves:
            return
        if device not in stack.runs:
            stack.add_run(device, self.numbers[device])
            stack.set_shown(device, device not in self._hidden)
            stack.choose(self._chosen or first_choice(stack.runs))
        stack.add_curve(device, panel, name, source.store.series[device, name], source.zero_s)

    def _build_devices(self) -> None:
        """Make the plots of the devices anew where there are other devices."""
        assert self._source is not None
        old = self._views.get(DEVICES)
        devices = self._source.store.devices
        if old is None or tuple(old.stack.panels) != devices:
            plots = self._views[DEVICES] = self._new_plots(by_device(devices))
            self._layout.addWidget(plots)
            if self._view == DEVICES:
                self._layout.setCurrentWidget(plots)
            if old is not None:
                self._drop(old)
        stack = self._views[DEVICES].stack
        for device in devices:
            stack.set_panel_wanted(device, device not in self._hidden)
            for name in NAMES_OF_A_DEVICE:
                if (device, name) in self._source.store.series:
                    self._add_curve(stack, self._source, device, device, name)

    def _drop(self, plots: TimePlots) -> None:
        self._layout.removeWidget(plots)
        plots.hide()
        plots.deleteLater()

    def _forget(self) -> None:
        self._curves, self._chosen = 0, None
        self.numbers = {}
        self._hidden.clear()
        if old := self._views.pop(DEVICES, None):
            self._drop(old)
        stack = self._views[QUANTITIES].stack
        for run in stack.runs:
            stack.remove_run(run)
        if self._view == DEVICES:
            self._view = QUANTITIES
            self._layout.setCurrentWidget(self._views[QUANTITIES])
        stack.show_window(self._window_s)
