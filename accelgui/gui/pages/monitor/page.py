"""The monitor page."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from accelgui.gui.pages.monitor import notes
from accelgui.gui.pages.monitor.choosers import DeviceList, QuantityList
from accelgui.gui.pages.monitor.controls import Controls
from accelgui.gui.pages.monitor.core_strip import CoreStrip
from accelgui.gui.pages.monitor.panels import (
    BY_QUANTITY,
    NOTES,
    PCIE,
    SHOWN_AT_FIRST,
    SHOWN_ON_CPU,
)
from accelgui.gui.pages.monitor.picture import DEVICES, Picture
from accelgui.gui.pages.monitor.processes import ProcessCard
from accelgui.gui.pages.monitor.recordings import Recordings
from accelgui.gui.pages.monitor.replay_bar import ReplayBar
from accelgui.gui.pages.page import MARGIN, Page
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets import Banner, Card, EmptyState
from accelgui.words import _
from accelgui.words.devices import device_title, key_name
from accelgui.words.outcomes import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from accelgui.gui.replay import Replay
    from accelgui.gui.session import Session
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.sample import DeviceProcess
    from accelgui.telemetry import Store

_SIDE_PX = 244
_NARROW_SIDE_PX = 232
_NARROW_PAGE_PX = 860
# Values that a person reads need not change more often.
_READING_MS = 500
CPU = "cpu"


class MonitorPage(Page):
    """What to show on the left; plots, cores and processes on the right."""

    code: ClassVar[str] = "monitor"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.controls = Controls()
        self.devices = DeviceList()
        self.quantities = QuantityList(BY_QUANTITY, NOTES)
        self.picture = Picture()
        self.cores = CoreStrip()
        self.processes = ProcessCard()
        self.banner = Banner()
        self.recordings = Recordings(session, self)
        self.recording_banner = Banner()
        self.replay_bar = ReplayBar()
        self._replay: Replay | None = None
        self.empty = EmptyState("activity")
        self._is_paused = False
        self._has_chosen = self._has_accelerator = False
        self._reading = QTimer(self)
        self._reading.setInterval(_READING_MS)
        self._build()
        self._connect()
        self.picture.show_window(self.controls.window_s)
        self.picture.show_source(session.live)
        self._on_devices()
        self._show_state()

    def _build(self) -> None:
        self._side = QScrollArea()
        # What has the focus in it is scrolled to.
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._side.setWidgetResizable(True)
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        holder = QWidget()
        holder.setObjectName("body")
        side = QVBoxLayout(holder)
        side.setContentsMargins(MARGIN, 2 * SPACE, SPACE, 2 * SPACE)
        side.setSpacing(3 * SPACE // 2)
        for part in (self.devices, self.quantities, self.controls):
            side.addWidget(part)
        side.addStretch(1)
        self._side.setWidget(holder)
        card = Card(is_compact=True)
        stage = QWidget()
        self._stage = QStackedLayout(stage)
        self._stage.addWidget(self.empty)
        self._stage.addWidget(self.picture)
        card.body.addWidget(stage, 1)
        card.body.addWidget(self.cores)
        right = QVBoxLayout()
        right.setContentsMargins(SPACE, 2 * SPACE, MARGIN, 2 * SPACE)
        right.setSpacing(SPACE)
        right.addWidget(self.banner)
        right.addWidget(self.recording_banner)
        right.addWidget(self.replay_bar)
        right.addWidget(card, 1)
        right.addWidget(self.processes)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        self.session.live.grown.connect(self._on_grown)
        self.session.processes_arrived.connect(self._on_processes)
        self.session.sampling_changed.connect(self._on_sampling)
        self.session.snapshot_changed.connect(self._name_devices)
        self.picture.devices_changed.connect(self._on_devices)
        self.picture.trouble.connect(lambda text: self.banner.say(Role.WARNING, text))
        self.devices.shown_changed.connect(self.picture.show_device)
        self.devices.chosen.connect(self.picture.choose)
        self.quantities.shown_changed.connect(self.picture.show_quantity)
        self.quantities.shown_changed.connect(self._measure_pcie)
        self.controls.view_changed.connect(self._on_view)
        self.controls.window_changed.connect(self.picture.show_window)
        self.controls.interval_changed.connect(self._look_closely)
        self.controls.pause.toggled.connect(self.set_paused)
        self.banner.action_pressed.connect(self.session.sample_again)
        self._reading.timeout.connect(self._show_readings)
        self.controls.record.clicked.connect(self.recordings.ask_and_record)
        self.controls.open.clicked.connect(self.recordings.ask_and_open)
        self.recordings.said.connect(self.recording_banner.say)
        self.recordings.opened.connect(self._show_replay)
        self.session.live.recording_changed.connect(
            lambda: self.controls.show_recording(self.recordings.is_recording)
        )
        self.replay_bar.left.connect(self.show_live)

    @property
    def is_paused(self) -> bool:
        """Whether the picture stands still while sampling goes on."""
        return self._is_paused

    def set_paused(self, is_paused: bool) -> None:
        """Let the picture stand still, or catch up; sampling goes on either way."""
        self._is_paused = is_paused
        self.controls.show_paused(is_paused)
        if not is_paused:
            self._on_grown()
            self._show_readings()

    def replay(self, path: Path) -> None:
        """Show a recording instead of live values."""
        self.recordings.open(path)

    def show_live(self) -> None:
        """Show live values again."""
        if self._replay is not None:
            self._replay.play(False)
            self._replay.deleteLater()
            self._replay = None
            self.replay_bar.show_replay(None)
            self._show_source()

    def _show_replay(self, replay: Replay, path: Path) -> None:
        self.show_live()
        self._replay = replay
        replay.moved.connect(self._on_moved)
        self.replay_bar.show_replay(replay, path)
        self._show_source()
        self.picture.plots.stack.show_window(None)
        self.picture.plots.stack.settle()
        replay.seek(0.0)

    def _show_source(self) -> None:
        is_live = self._replay is None
        for part in (self.controls.pause, self.controls.record):
            part.setEnabled(is_live)
        self.set_paused(False)
        self.devices.clear()
        self.picture.show_window(self.controls.window_s if is_live else None)
        self.picture.show_source(self.session.live if self._replay is None else self._replay)
        self.processes.show_processes(())
        self._choose_quantities()
        self._measure_pcie()
        self._on_devices()

    @property
    def _store(self) -> Store:
        return self.session.live.store if self._replay is None else self._replay.store

    def _on_moved(self, position_s: float) -> None:
        stack = self.picture.plots.stack
        stack.bring_into_view(position_s)
        stack.point_at(position_s)
        self.devices.show_values(self._store, position_s)

    def on_shown(self) -> None:
        self._look_closely(self.controls.interval_s)
        self._measure_pcie()
        self._reading.start()
        self._on_grown()
        self._show_readings()

    def on_hidden(self) -> None:
        self.session.look_closely(None)
        self.session.measure_pcie(False)
        self._reading.stop()

    def retranslate(self) -> None:
        self.devices.retranslate()
        self.quantities.retranslate()
        self.controls.retranslate()
        self.picture.retranslate()
        self.processes.retranslate()
        self.replay_bar.retranslate()
        self.empty.say(
            _("Listening"),
            _("The first values of this machine come within a second. Nothing has to be started."),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW_PAGE_PX
        self._side.setFixedWidth(_NARROW_SIDE_PX if is_narrow else _SIDE_PX)

    def _look_closely(self, interval_s: float) -> None:
        if self.isVisible():
            self.session.look_closely(interval_s)

    def _measure_pcie(self) -> None:
        is_live = self.isVisible() and self._replay is None
        is_chosen = self.quantities.boxes[PCIE].isChecked() and self.picture.view != DEVICES
        self.session.measure_pcie(is_live and is_chosen)

    def _on_grown(self) -> None:
        if not self.isVisible() or self._is_paused or self._replay is not None:
            return
        self.picture.data_arrived()
        self._show_state()

    def _on_devices(self) -> None:
        store = self._store
        self.devices.offer(store.devices, self.picture.numbers)
        if self.picture.in_front is not None:
            self.devices.mark_chosen(self.picture.in_front)
        self._name_devices()
        self._show_state()

    def _on_view(self, view: str) -> None:
        self.picture.show_view(view)
        self.quantities.setVisible(view != DEVICES)
        self._measure_pcie()

    def _on_processes(self, processes: tuple[DeviceProcess, ...]) -> None:
        if not self._is_paused and self._replay is None:
            self.processes.show_processes(processes)

    def _on_sampling(self, outcome: RunOutcome | None) -> None:
        text = "" if outcome is None else sentence(outcome, _("Watching the devices"))
        self.banner.say(Role.BAD, text, _("Watch again"))

    def _name_devices(self) -> None:
        if self._replay is not None:
            names = self._replay.header.devices
            self.devices.names({k: f"{key_name(k)} · {name}" for k, name in names.items()})
            return
        machine = self.session.snapshot.machine if self.session.snapshot else None
        found = machine.devices if machine else ()
        self.devices.names({device.key: device_title(device) for device in found})

    def _show_readings(self) -> None:
        if self._is_paused:
            return
        if self._replay is not None:
            self.cores.show_loads(())
            self.devices.say("")
            return
        store = self.session.live.store
        self.devices.show_values(store)
        self.devices.say(notes.of_silence(self.session, self.controls.interval_s))
        self.cores.show_loads(store.cores)
        self.controls.say_impossible(store.impossible_values)

    def _show_state(self) -> None:
        codes = self.picture.panels_with_values()
        self._stage.setCurrentWidget(self.picture if codes else self.empty)
        has_gpu = any(device.startswith("gpu:") for device in self._store.devices)
        # It has no values until somebody wants to see them.
        self.quantities.offer((*codes, PCIE) if has_gpu and self._replay is None else codes)
        if codes and not self._has_chosen:
            self._has_chosen = True
            self.quantities.check(self.quantities.boxes)
            self._choose_quantities()
        elif self._has_chosen and len(self.devices.rows) > 1 and not self._has_accelerator:
            self._choose_quantities()

    def _choose_quantities(self) -> None:
        devices = self._store.devices
        self._has_accelerator = any(device != CPU for device in devices)
        self.quantities.check(SHOWN_AT_FIRST if self._has_accelerator else SHOWN_ON_CPU)
