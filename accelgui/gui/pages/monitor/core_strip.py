"""The load of each CPU core as a strip of cells, the darker the busier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from accelgui.gui import fonts
from accelgui.gui.theme import Role, theme
from accelgui.words import _, n_
from accelgui.words.units import percent_text

if TYPE_CHECKING:
    from PySide6.QtGui import QHelpEvent, QPaintEvent

_TITLE_PX = 20
_CELL_PX = 15.0
_GAP_PX = 2.0
_SMALLEST_PX = 7.0
_WIDEST_PX = 46.0


class CoreStrip(QWidget):
    """Cells in rows; a tooltip names the core under the pointer and its load."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loads: tuple[float | None, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)
        self.hide()

    @property
    def loads(self) -> tuple[float | None, ...]:
        """The loads that are shown, in percent."""
        return self._loads

    def show_loads(self, loads: tuple[float | None, ...]) -> None:
        """Show these, None for a core that tells nothing; () hides the strip."""
        if loads == self._loads:
            return
        if len(loads) != len(self._loads):
            self.updateGeometry()
            self.setVisible(bool(loads))
        self._loads = loads
        self.setAccessibleName(self._title())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        rows = math.ceil(max(len(self._loads), 1) / self._columns(width))
        return round(_TITLE_PX + rows * (_CELL_PX + _GAP_PX))

    def cell(self, core: int) -> QRectF:
        """Return where the cell of a core is."""
        columns = self._columns(self.width())
        width = min(self.width() / columns, _WIDEST_PX)
        row, column = divmod(core, columns)
        top = _TITLE_PX + row * (_CELL_PX + _GAP_PX)
        return QRectF(column * width, top, width - _GAP_PX, _CELL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Drawn whole.
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.scaled(0.9))
        painter.setPen(theme.color(Role.MUTED))
        room = QRectF(0, 0, self.width(), _TITLE_PX - 4)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._title()
        )
        painter.setPen(Qt.PenStyle.NoPen)
        for core, load in enumerate(self._loads):
            painter.setBrush(_color(load))
            painter.drawRoundedRect(self.cell(core), 2.5, 2.5)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._explain(event)  # type: ignore[arg-type] # Its type says so.
            return True
        return super().event(event)

    def _explain(self, event: QHelpEvent) -> None:
        for core, load in enumerate(self._loads):
            if self.cell(core).contains(event.pos()):
                text = "–" if load is None else percent_text(round(load))
                tip = _("Core {number}: {load}").format(number=core, load=text)
                QToolTip.showText(event.globalPos(), tip, self)
                return
        QToolTip.hideText()

    def _title(self) -> str:
        busy = sum(1 for load in self._loads if load is not None and load >= 50)
        count = len(self._loads)
        text = n_("{count} core, {busy} busy", "{count} cores, {busy} busy", count)
        return text.format(count=count, busy=busy)

    def _columns(self, width: int) -> int:
        fitting = max(int(width / (_SMALLEST_PX + _GAP_PX)), 1)
        count = max(len(self._loads), 1)
        # As many rows as needed, filled evenly.
        return math.ceil(count / math.ceil(count / fitting))


def _color(load: float | None) -> QColor:
    """Return the colour of a load: from the sunken ground to the accent."""
    ground, full = theme.color(Role.PRESSED), theme.color(Role.ACCENT)
    if load is None:
        return theme.color(Role.SUNKEN)
    share = min(max(load / 100, 0.0), 1.0) ** 0.8
    return QColor.fromRgbF(
        ground.redF() + (full.redF() - ground.redF()) * share,
        ground.greenF() + (full.greenF() - ground.greenF()) * share,
        ground.blueF() + (full.blueF() - ground.blueF()) * share,
    )
