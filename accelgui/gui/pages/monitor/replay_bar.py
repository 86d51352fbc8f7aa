"""Play, seek and speed of a recording, and the way back to live values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.ticks import clock_text
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Button, Card, Label
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.gui.widgets.fields import Choice
from accelgui.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.gui.replay import Replay

_SPEEDS = {"1": 1.0, "4": 4.0, "16": 16.0, "60": 60.0, "600": 600.0}
_SPEED_PX = 84
# Finer than the pixels of any slider.
_STEPS = 10_000


class ReplayBar(Card):
    """Shown above the plots while a recording is; `left` when a person goes back to live values."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._replay: Replay | None = None
        self.play = Button(kind="primary", icon="play")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.speed = Choice()
        self.speed.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.speed.setFixedWidth(_SPEED_PX)
        self._name = ElidedLabel(kind="small")
        self._place = Label(kind="small", wraps=False)
        self._place.setFont(fonts.with_tabular_figures(self._place.font()))
        self._back = Button(kind="quiet")
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for widget in (self.play, self.slider, self._place, self.speed, self._back):
            row.addWidget(widget, 1 if widget is self.slider else 0)
        self.body.addWidget(self._name)
        self.body.addLayout(row)
        self.play.clicked.connect(self._on_play)
        self.slider.valueChanged.connect(self._on_slid)
        self.speed.chosen.connect(self._on_speed)
        self._back.clicked.connect(self.left)
        self.hide()

    def show_replay(self, replay: Replay | None, path: Path | None = None) -> None:
        """Steer this recording; None hides the bar."""
        self._replay = replay
        self.setVisible(replay is not None)
        if replay is not None:
            self._name.say(f"{path.name} · {replay.header.host}" if path else replay.header.host)
            replay.moved.connect(self._show_place)
            replay.playing_changed.connect(self._show_playing)
            self._show_place(replay.position_s)
            self._show_playing(replay.is_playing)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._back.setText(_("Back to live"))
        self._back.explain(_("Leave the recording and show this machine again"))
        self.slider.setAccessibleName(_("Place in the recording"))
        self.speed.setAccessibleName(_("Speed"))
        self.speed.offer([(code, f"× {code}") for code in _SPEEDS])
        self._show_playing(self._replay is not None and self._replay.is_playing)

    def _on_play(self) -> None:
        if self._replay is not None:
            self._replay.play(not self._replay.is_playing)

    def _on_slid(self, value: int) -> None:
        if self._replay is not None:
            self._replay.seek(value / _STEPS * self._replay.end_s)

    def _on_speed(self, code: str) -> None:
        if self._replay is not None:
            self._replay.speed = _SPEEDS[code]

    def _show_place(self, position_s: float) -> None:
        replay = self._replay
        if replay is None:
            return
        end_s = max(replay.end_s, 1e-9)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(position_s / end_s * _STEPS))
        # Minutes and seconds for anything that has minutes.
        texts = [clock_text(s, 1.0, max(end_s, 120.0)) for s in (position_s, end_s)]
        self._place.say(" / ".join(texts))

    def _show_playing(self, is_playing: bool) -> None:
        self.play.show_icon("pause" if is_playing else "play")
        self.play.explain(_("Pause") if is_playing else _("Play"))
