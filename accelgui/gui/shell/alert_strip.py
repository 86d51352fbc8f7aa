"""What needs a person, in one quiet line above the status line; hidden while nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.gui.widgets.label import Label
from accelgui.words import _, joining, n_
from accelgui.words.alerts import advice, sentence

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.gui.watch import Watch
    from accelgui.telemetry.alerts import Alert


class AlertStrip(QFrame):
    """The worst alert in words, and how many more there are; `monitor_asked()` for the curves."""

    monitor_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alerts")
        self._watch: Watch | None = None
        self._shown: tuple[Alert, ...] = ()
        self.words = ElidedLabel(kind="body")
        self.more = Label(kind="small", wraps=False)
        self.look = Button(kind="quiet")
        self.look.clicked.connect(self.monitor_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, 0, 2 * SPACE, 0)
        row.setSpacing(SPACE)
        row.addWidget(IconMark("triangle-alert", Role.WARNING, 16))
        row.addWidget(self.words, 1)
        row.addWidget(self.more)
        row.addWidget(self.look)
        session.watch_begun.connect(self._on_watch_begun)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        """Show what is raised in the words of the current language."""
        self.look.setText(_("Monitor"))
        self.look.explain(_("Show the curves"))
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _on_watch_begun(self, watch: Watch) -> None:
        self._watch = watch
        watch.looked.connect(self._on_looked)

    def _on_looked(self) -> None:
        active = self._watch.active if self._watch is not None else ()
        if active != self._shown:
            self._shown = active
            self._say()

    def _say(self) -> None:
        lines = [
            sentence(alert.code, alert.device, alert.value, alert.threshold)
            for alert in self._shown
        ]
        self.words.say(lines[0] if lines else "")
        count = len(lines) - 1
        more = n_("and {count} more", "and {count} more", max(count, 1)).format(count=count)
        self.more.say(more if count > 0 else "")
        told = [
            joining.sentences((joining.full_stop(line), advice(alert.code, alert.detail)))
            for line, alert in zip(lines, self._shown, strict=True)
        ]
        # Markup makes the tooltip wrap; what devices call themselves is not in it.
        self.setToolTip("<p>" + "</p><p>".join(told) + "</p>" if told else "")
        self.setAccessibleName(joining.sentences(told))
        self.setVisible(bool(lines))
