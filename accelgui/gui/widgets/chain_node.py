"""One link of the chain: a ring with a mark, its name and how it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QTextLayout
from PySide6.QtWidgets import QAbstractButton, QWidget

from accelgui.gui import fonts, icons
from accelgui.gui.theme import SPACE, Role, theme
from accelgui.words import joining

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

RING = 32
_MARK = 18
_NAME_LINES = 2
_INSET = 3
_ENDLESS = 1 << 20
_ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}


@dataclass(frozen=True)
class NodeLook:
    """What a node shows; `icon` is drawn in the ring, `is_pending` makes the ring dashed."""

    name: str
    status: str
    role: Role
    icon: str
    is_pending: bool = False


class ChainNode(QAbstractButton):
    """A link that can be picked by mouse and keyboard; the words stand below the ring."""

    def __init__(self, look: NodeLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)
        self.show_look(look)

    def show_look(self, look: NodeLook) -> None:
        """Show how the link stands now."""
        self.look = look
        self.setAccessibleName(joining.labelled(look.name, look.status))
        self.update()

    @property
    def ring_center(self) -> QPointF:
        """The middle of the ring in the coordinates of the chain."""
        return QPointF(self.x() + self.width() / 2, self.y() + SPACE + RING / 2)

    def sizeHint(self) -> QSize:
        return QSize(96, self.heightForWidth(96))

    def heightForWidth(self, width: int) -> int:
        words = sum(_line_heights(self.look.name, width - 2 * _INSET)[:_NAME_LINES])
        words += _line_height(self.look.status)
        return SPACE + RING + SPACE // 2 + words + SPACE

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A button would move by where its neighbours stand; the chain moves by its order.
        if event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_ring(painter)
        self._paint_words(painter)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        ground = QRectF(self.rect()).adjusted(2, 1, -2, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(theme.color(Role.SUNKEN if not self.isChecked() else Role.HOVER))
            painter.drawRoundedRect(ground, SPACE, SPACE)
        if self.hasFocus():
            painter.setPen(QPen(theme.color(Role.ACCENT), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground, SPACE, SPACE)

    def _paint_ring(self, painter: QPainter) -> None:
        look = self.look
        ring = QRectF((self.width() - RING) / 2, SPACE, RING, RING)
        pen = QPen(theme.color(look.role), 1.6)
        if look.is_pending or look.role is Role.NEUTRAL:
            pen.setColor(theme.color(Role.BORDER_STRONG))
        if look.is_pending:
            pen.setDashPattern([2.5, 2.5])
        painter.setPen(pen)
        painter.setBrush(theme.surface(look.role))
        painter.drawEllipse(ring)
        inset = (RING - _MARK) / 2
        icons.draw(painter, look.icon, ring.adjusted(inset, inset, -inset, -inset), look.role)

    def _paint_words(self, painter: QPainter) -> None:
        top = SPACE + RING + SPACE // 2
        width = self.width() - 2 * _INSET
        centered = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        muted = self.look.role is Role.NEUTRAL
        painter.setFont(_font())
        painter.setPen(theme.color(Role.MUTED if muted else Role.TEXT))
        name = QRect(_INSET, top, width, _line_height(self.look.name) * _NAME_LINES)
        used = painter.drawText(name, centered | Qt.TextFlag.TextWordWrap, self.look.name)
        painter.setPen(theme.color(Role.FAINT if muted else self.look.role))
        below = top + min(used.height(), name.height())
        status = QRect(_INSET, below, width, _line_height(self.look.status))
        painter.drawText(status, centered, self.look.status)


def _font() -> QFont:
    return fonts.scaled(0.9)


def _line_height(text: str) -> int:
    """Return the height of one line; a script that another font draws may need more of it."""
    return next(iter(_line_heights(text)), 0)


def _line_heights(text: str, width: int = _ENDLESS) -> list[int]:
    """Return the height of each line that a text takes."""
    layout = QTextLayout(text, _font())
    heights = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        heights.append(math.ceil(line.height()))
    layout.endLayout()
    return heights
