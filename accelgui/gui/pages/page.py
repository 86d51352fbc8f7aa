"""What all pages have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from accelgui.gui.pages import register
from accelgui.gui.theme import SPACE

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from accelgui.gui.session import Session

# Lines longer than this tire the eye; wider windows get margins instead.
_WIDEST_BODY = 1240

MARGIN = 3 * SPACE

# So much more than the stretches beside it that they get no pixel before the body is at its widest.
_ALL_BUT_NOTHING = 100_000


class Page(QWidget):
    """One page of the window.

    A subclass has a `code` that gui/pages/register.py lists, builds itself in its constructor and
    sets every word in `retranslate`, which is called after construction and whenever the language
    changes. `page_asked(str)` asks the window to show another page; `start_asked(str)` to show it
    and begin its work (the window calls that page's `start()`), `reopen_asked(str, Kept)` to show
    there what was kept of earlier work (the window calls that page's `reopen(kept)`).
    """

    code: ClassVar[str]

    page_asked = Signal(str)
    start_asked = Signal(str)
    reopen_asked = Signal(str, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session

    @property
    def icon(self) -> str:
        """The name of the icon in the rail."""
        return register.entry(self.code).icon

    def title(self) -> str:
        """Return the page's name in the current language."""
        return register.entry(self.code).title()

    def retranslate(self) -> None:
        """Set every word of the page in the current language."""

    def on_shown(self) -> None:
        """Begin what is only worth doing while somebody looks."""

    def on_hidden(self) -> None:
        """End what `on_shown` began."""

    def tell_window(self, share: float | None, words: str) -> None:
        """Have the line at the foot tell how far this page's work is, "" when it has ended."""
        # A run has the line to itself, and clears it when it has ended.
        if self.session.run_owner is None:
            self.session.progress_changed.emit(share, words)

    def add_scrolling_body(self) -> QVBoxLayout:
        """Fill the page with a column that scrolls, and return it."""
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        # It scrolls by keys when the page is asked for; Tab goes from one control to the next.
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(area)
        holder = QWidget()
        holder.setObjectName("body")
        row = QHBoxLayout(holder)
        row.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column = QWidget()
        column.setMaximumWidth(_WIDEST_BODY)
        row.addStretch(1)
        row.addWidget(column, _ALL_BUT_NOTHING)
        row.addStretch(1)
        body = QVBoxLayout(column)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(2 * SPACE)
        area.setWidget(holder)
        bar = area.verticalScrollBar()

        def make_room(_smallest: int, largest: int) -> None:
            # The bar takes of the margin, so that nothing moves to the left when it comes.
            taken = bar.sizeHint().width() if largest > 0 else 0
            row.setContentsMargins(MARGIN, MARGIN, MARGIN - taken, MARGIN)

        bar.rangeChanged.connect(make_room)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        return body

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.on_shown()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.on_hidden()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
