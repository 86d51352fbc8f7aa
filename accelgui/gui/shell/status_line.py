"""The quiet line at the foot: what is running, and how busy the machine is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from accelgui.gui import fonts
from accelgui.gui.shell import live_values
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.gui.widgets.label import Label
from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.model.sample import Sample

_BAR_WIDTH = 140
_STEPS = 1000


class StatusLine(QFrame):
    """What runs and how far it is; on the right, live values once a second."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._session = session
        self._share: float | None = None
        self._words = ""
        self._what = ElidedLabel(kind="small")
        self._live = Label(kind="small", wraps=False)
        self._live.setFont(fonts.with_tabular_figures(self._live.font()))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._build()
        session.progress_changed.connect(self._on_progress)
        session.checking_changed.connect(self.retranslate)
        session.samples_arrived.connect(self._on_samples)
        self.retranslate()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, SPACE // 2, 3 * SPACE, SPACE // 2)
        row.setSpacing(2 * SPACE)
        row.addWidget(self._what, 1)
        row.addWidget(self._bar)
        row.addWidget(self._live)

    def retranslate(self) -> None:
        """Show what runs in the words of the current language."""
        if self._words:
            self._what.say(self._words)
        elif self._session.is_checking:
            self._what.say(_("Looking at this machine and its Python…"))
        else:
            self._what.say(_("Ready"))
        is_busy = bool(self._words)
        self._bar.setVisible(is_busy)
        if is_busy:
            self._bar.setRange(0, 0 if self._share is None else _STEPS)
            if self._share is not None:
                self._bar.setValue(round(_STEPS * min(max(self._share, 0.0), 1.0)))
        self._bar.setAccessibleName(self._words)
        self._show_live()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _on_progress(self, share: float | None, words: str) -> None:
        self._share, self._words = share, words
        self.retranslate()

    def _on_samples(self, samples: list[Sample]) -> None:  # noqa: ARG002 - The session keeps them.
        # A window that nobody sees need not be painted.
        if self.isVisible() and not self.window().isMinimized():
            self._show_live()

    def _show_live(self) -> None:
        self._live.say(live_values.summary(self._session.latest))
