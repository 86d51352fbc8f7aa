"""How the monitor shows: view, span, pace, pause."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accelgui.gui.pages.monitor.picture import DEVICES, QUANTITIES
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Button, Card, Label
from accelgui.gui.widgets.fields import Choice, Field
from accelgui.words import _, n_

_WINDOWS_S = {"60": 60.0, "300": 300.0, "1800": 1800.0, "7200": 7200.0, "all": None}
_DEFAULT_WINDOW = "300"
_INTERVALS_S = {"1": 1.0, "0.5": 0.5, "0.2": 0.2, "0.1": 0.1}
_DEFAULT_INTERVAL = "0.5"


class Controls(Card):
    """Signals: `view_changed(str)`, `window_changed(float | None)`, `interval_changed(float)`.

    `pause` stays down; `record` and `open` are buttons.
    """

    view_changed = Signal(str)
    window_changed = Signal(object)
    interval_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._view, self._window, self._interval = Choice(), Choice(), Choice()
        self._fields = tuple(Field(c) for c in (self._view, self._window, self._interval))
        self.pause = Button(icon="pause")
        self.pause.setCheckable(True)
        self.pause.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.record = Button(icon="circle-dot")
        self.record.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open = Button(kind="quiet", icon="folder-open")
        self.open.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._is_recording = False
        self._impossible = Label(kind="small")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(SPACE)
        self.buttons.addWidget(self.pause)
        self.body.addLayout(self.buttons)
        for field in self._fields:
            self.body.addWidget(field)
        self.body.addWidget(self.record)
        self.body.addWidget(self.open)
        self.body.addWidget(self._impossible)
        self._view.chosen.connect(self.view_changed)
        self._window.chosen.connect(lambda code: self.window_changed.emit(_WINDOWS_S[code]))
        self._interval.chosen.connect(lambda code: self.interval_changed.emit(_INTERVALS_S[code]))
        self.pause.setShortcut("Space")
        self._offer()
        self._window.choose(_DEFAULT_WINDOW)
        self._interval.choose(_DEFAULT_INTERVAL)
        self.say_impossible(0)

    @property
    def window_s(self) -> float | None:
        """How much of the newest is followed, None for everything."""
        return _WINDOWS_S[self._window.code]

    @property
    def interval_s(self) -> float:
        """How often values are taken."""
        return _INTERVALS_S[self._interval.code]

    def show_paused(self, is_paused: bool) -> None:
        """Say what the button does now."""
        self.pause.setChecked(is_paused)
        self.pause.show_icon("play" if is_paused else "pause")
        self.pause.setText(_("Go on") if is_paused else _("Pause"))
        self.pause.explain(_("Let the picture stand still; values are kept all the same"), "Space")

    def show_recording(self, is_recording: bool) -> None:
        """Say what the button does now."""
        self._is_recording = is_recording
        self.record.show_icon("square" if is_recording else "circle-dot")
        self.record.setText(_("Stop recording") if is_recording else _("Record…"))
        self.record.explain(_("Write all live values to a file, to be replayed later"))

    def say_impossible(self, count: int) -> None:
        """Say how many values were left out because they cannot be."""
        text = n_(
            "{count} impossible value was left out",
            "{count} impossible values were left out",
            count,
        )
        self._impossible.say(text.format(count=f"{count:,}") if count else "")
        self._impossible.setVisible(count > 0)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        for field, words in zip(self._fields, (_("Plots"), _("Time"), _("Pace")), strict=True):
            field.set_label(words)
        self._offer()
        self.open.setText(_("Open recording…"))
        self.show_recording(self._is_recording)
        self.show_paused(self.pause.isChecked())

    def _offer(self) -> None:
        self._view.offer((
            (QUANTITIES, _("By quantity")),
            (DEVICES, _("By device")),
        ))
        self._window.offer([
            (code, _("Everything") if s is None else _("Last {time}").format(time=_short(s)))
            for code, s in _WINDOWS_S.items()
        ])
        self._interval.offer([
            (code, _("{count} a second").format(count=f"{1 / s:.0f}"))
            for code, s in _INTERVALS_S.items()
        ])


def _short(seconds: float) -> str:
    if seconds < 3600:
        return _("{count} min").format(count=f"{seconds / 60:.0f}")
    return _("{count} h").format(count=f"{seconds / 3600:.0f}")
