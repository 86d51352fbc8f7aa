"""Recording to a file and opening one, as a person does it on the monitor page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from accelgui.gui.bridge.recording_loader import RecordingLoader
from accelgui.gui.replay import Replay
from accelgui.gui.theme import Role
from accelgui.words import _
from accelgui.words.units import bytes_text, seconds_text

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.telemetry import Store
    from accelgui.telemetry.recording import Header

_TELL_MS = 1000
_FILTER = "JSON lines (*.jsonl)"


class Recordings(QObject):
    """Signals: `said(Role, str)` what goes on, "" for nothing; `opened(Replay, Path)`."""

    said = Signal(object, str)
    opened = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._loader: RecordingLoader | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TELL_MS)
        self._timer.timeout.connect(self._tell)
        session.live.recording_changed.connect(self._on_recording_changed)

    @property
    def is_recording(self) -> bool:
        """Whether a file is being written."""
        return self._session.live.recorder is not None

    def ask_and_record(self) -> None:
        """Ask for a file and begin, or end what is recorded."""
        if self.is_recording:
            self._stop()
            return
        name = time.strftime("accelgui-%Y%m%d-%H%M%S.jsonl")
        path, _filter = QFileDialog.getSaveFileName(
            self._window, _("Record to"), str(Path.home() / name), _FILTER
        )
        if path:
            self.record(Path(path))

    def record(self, path: Path) -> None:
        """Begin to write a file; says where that cannot be."""
        try:
            self._session.live.record(path)
        except FileExistsError:
            text = _("{path} is there already; nothing is overwritten.")
            self.said.emit(Role.WARNING, text.format(path=path))
        except OSError as error:
            text = _("{path} cannot be written: {reason}")
            self.said.emit(Role.WARNING, text.format(path=path, reason=error.strerror))

    def ask_and_open(self) -> None:
        """Ask for a recording and show it."""
        path, _filter = QFileDialog.getOpenFileName(
            self._window, _("Open recording"), str(Path.home()), _FILTER
        )
        if path:
            self.open(Path(path))

    def open(self, path: Path) -> None:
        """Read a recording; `opened` follows, or words for why not."""
        if self._loader is not None:
            return
        self.said.emit(Role.NEUTRAL, _("Reading {path}…").format(path=path))
        self._loader = RecordingLoader(path, self._session)
        # By this name the session finds it when it ends.
        self._loader.setObjectName("reader")
        self._loader.loaded.connect(self._on_loaded)
        self._loader.failed.connect(lambda text: self.said.emit(Role.BAD, text))
        self._loader.finished.connect(self._on_read)
        self._loader.start()

    def _on_loaded(self, header: Header, store: Store) -> None:
        assert self._loader is not None
        self.said.emit(Role.NEUTRAL, "")
        self.opened.emit(Replay(header, store, self), self._loader.path)

    def _on_read(self) -> None:
        if self._loader is not None:
            self._loader.deleteLater()
            self._loader = None

    def _stop(self) -> None:
        recorder = self._session.live.recorder
        assert recorder is not None
        lasted_s = self._session.live.recorded_s
        self._session.live.stop_recording()
        text = _("Recorded {time} to {path} ({size}).").format(
            time=seconds_text(lasted_s), path=recorder.path, size=bytes_text(recorder.bytes_written)
        )
        if recorder.problem is not None:
            text = _("{path} ended early: {reason}. What was recorded before is kept.").format(
                path=recorder.path, reason=recorder.problem
            )
        self.said.emit(Role.GOOD if recorder.problem is None else Role.WARNING, text)

    def _on_recording_changed(self) -> None:
        if self.is_recording:
            self._timer.start()
            self._tell()
        else:
            self._timer.stop()

    def _tell(self) -> None:
        live = self._session.live
        if live.recorder is None:
            return
        if live.recorder.problem is not None:
            text = _("{path} cannot be written: {reason}. It is tried again; nothing is lost yet.")
            if live.recorder.lost_lines:
                text = _("{path} cannot be written: {reason}. It is tried again; values are lost.")
            words = {"path": live.recorder.path, "reason": live.recorder.problem}
            self.said.emit(Role.WARNING, text.format(**words))
            return
        text = _("Recording to {path}: {time}, {size}").format(
            path=live.recorder.path,
            time=seconds_text(round(live.recorded_s)),
            size=bytes_text(live.recorder.bytes_written),
        )
        self.said.emit(Role.ACCENT, text)
