"""What to check, and Start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from accelgui.gui.pages import offers
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Button, Card, Label
from accelgui.gui.widgets.fields import Choice, Field
from accelgui.model.requests import FRAMEWORKS, PrecisionRequest
from accelgui.words import _
from accelgui.words.units import percent_text

if TYPE_CHECKING:
    from accelgui.model.snapshot import Snapshot

QUICK, FULL, SOAK = "quick", "full", "soak"

_MINUTES = (1, 10, 60, 480)
_PERCENT = (0, 10, 50, 80)


class PrecisionControls(Card):
    """Framework, device, how thorough; `start_pressed` when Start is."""

    start_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._snapshot: Snapshot | None = None
        self._is_checking = False
        self._is_busy = False
        self.framework, self.device, self.level = Choice(), Choice(), Choice()
        self.duration, self.memory = Choice(), Choice()
        self.start = Button(kind="primary", icon="play")
        self._reason = Label(kind="small")
        self._fields = (Field(self.framework), Field(self.device), Field(self.level))
        self._soak_fields = (Field(self.duration), Field(self.memory))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        for field, stretch in zip(self._fields, (4, 4, 2), strict=True):
            row.addWidget(field, stretch)
        for field in self._soak_fields:
            row.addWidget(field, 2)
        row.addWidget(self.start, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(row)
        self.body.addWidget(self._reason)
        self.framework.chosen.connect(self._offer)
        self.level.chosen.connect(self._show_soak)
        self.start.clicked.connect(self.start_pressed)
        self.start.setShortcut("Ctrl+Return")
        self._offer()
        self.duration.choose("10")
        self.memory.choose("10")

    def request(self) -> PrecisionRequest:
        """Return what is chosen."""
        return PrecisionRequest(
            framework=self.framework.code,
            device=self.device.code,
            level=self.level.code,
            duration_s=60.0 * float(self.duration.code),
            memory_share=float(self.memory.code) / 100.0,
        )

    @property
    def obstacle(self) -> str | None:
        """Why nothing can be started; None where it can."""
        return offers.obstacle(self._snapshot, self.framework.code, is_checking=self._is_checking)

    @property
    def reason_text(self) -> str:
        """Why Start cannot be pressed, as shown."""
        return self._reason.text()

    def show_snapshot(self, snapshot: Snapshot | None, *, is_checking: bool) -> None:
        """Offer what is there."""
        self._snapshot, self._is_checking = snapshot, is_checking
        self._offer()

    def set_busy(self, is_busy: bool) -> None:
        """While a run is under way, Start waits."""
        self._is_busy = is_busy
        self._allow()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        words = (_("Framework"), _("Device"), _("How thorough"))
        for field, text in zip(self._fields, words, strict=True):
            field.set_label(text)
        soak_words = (_("For how long"), _("Memory to fill"))
        for field, text in zip(self._soak_fields, soak_words, strict=True):
            field.set_label(text)
        self.start.setText(_("Start"))
        self.start.explain(_("Check this device's numbers"), "Ctrl+Return")
        self._offer()

    def _offer(self) -> None:
        self.framework.offer(offers.frameworks(self._snapshot, FRAMEWORKS))
        self.device.offer(offers.devices(self._snapshot, self.framework.code))
        self.level.offer([(QUICK, _("Quick")), (FULL, _("Full")), (SOAK, _("Soak"))])
        self.duration.offer([(str(m), _minutes(m)) for m in _MINUTES])
        self.memory.offer([(str(p), percent_text(p)) for p in _PERCENT])
        self._show_soak()
        self._allow()

    def _show_soak(self) -> None:
        for field in self._soak_fields:
            field.setVisible(self.level.code == SOAK)

    def _allow(self) -> None:
        obstacle = self.obstacle
        self.start.setEnabled(obstacle is None and not self._is_busy)
        self._reason.say(obstacle or "")
        self._reason.setVisible(obstacle is not None)


def _minutes(minutes: int) -> str:
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    return _("{hours} h").format(hours=minutes // 60)
