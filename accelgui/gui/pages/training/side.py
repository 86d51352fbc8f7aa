"""The left side of the page: the form, the runs to compare, what can be done always in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from accelgui.gui.pages.page import MARGIN
from accelgui.gui.theme import SPACE

if TYPE_CHECKING:
    from accelgui.gui.pages.training.form import TrainingForm
    from accelgui.gui.pages.training.runs_list import RunsList

# Width of the form: room for the longest choice where the window has it.
_FORM_PX = 320
_NARROW_FORM_PX = 264
_NARROW_PAGE_PX = 860


class Side(QWidget):
    """Form and runs scroll; the buttons of the form stay below them."""

    def __init__(self, form: TrainingForm, runs: RunsList) -> None:
        super().__init__()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        # What has the focus in it is scrolled to.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        runs.tab_after = form.code
        holder = QWidget()
        holder.setObjectName("body")
        column = QVBoxLayout(holder)
        column.setContentsMargins(MARGIN, 2 * SPACE, SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(form)
        column.addWidget(runs)
        column.addStretch(1)
        self._scroll.setWidget(holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(form.actions_bar)

    def fit(self, page_px: int) -> None:
        """Take the width that a page of `page_px` can spare."""
        form_px = _NARROW_FORM_PX if page_px < _NARROW_PAGE_PX else _FORM_PX
        self.setFixedWidth(form_px + MARGIN + SPACE)
