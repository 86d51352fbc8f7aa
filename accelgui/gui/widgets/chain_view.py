"""The acceleration chain as a chain: nodes joined by lines, in as many rows as the width needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui.theme import SPACE, Role, theme
from accelgui.gui.widgets.chain_node import RING, ChainNode, NodeLook

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

_SMALLEST_NODE = 94
_WIDEST_NODE = 150
_ROW_GAP = SPACE // 2
_LINE_GAP = RING / 2 + 5
_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


class ChainView(QWidget):
    """Draws nodes in order; `picked(int)` when a person picks one."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nodes: list[ChainNode] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    @property
    def current(self) -> int | None:
        """The number of the picked node."""
        return next((i for i, node in enumerate(self.nodes) if node.isChecked()), None)

    def show_chain(self, looks: list[NodeLook]) -> None:
        """Show these nodes; those that stay keep the focus."""
        while len(self.nodes) > len(looks):
            node = self.nodes.pop()
            node.hide()
            node.deleteLater()
        for number, look in enumerate(looks):
            if number < len(self.nodes):
                self.nodes[number].show_look(look)
            else:
                self._add_node(look)
        self._place()
        self.updateGeometry()
        self.update()

    def pick(self, number: int) -> None:
        """Mark a node without telling so."""
        self.nodes[number].setChecked(True)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        heights = self._row_heights(width)
        return sum(heights) + max(0, len(heights) - 1) * _ROW_GAP

    def sizeHint(self) -> QSize:
        return QSize(6 * _SMALLEST_NODE, self.heightForWidth(6 * _SMALLEST_NODE))

    def minimumSizeHint(self) -> QSize:
        return QSize(_SMALLEST_NODE, max(self._row_heights(_SMALLEST_NODE), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        current = self.current
        if step is None or current is None or not 0 <= current + step < len(self.nodes):
            super().keyPressEvent(event)
            return
        node = self.nodes[current + step]
        node.setFocus(Qt.FocusReason.TabFocusReason)
        node.click()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for before, after in zip(self.nodes, self.nodes[1:], strict=False):
            painter.setPen(_pen(before.look, after.look))
            for start, end in self._segments(before.ring_center, after.ring_center):
                painter.drawLine(start, end)
        painter.end()

    def _segments(self, start: QPointF, end: QPointF) -> list[tuple[QPointF, QPointF]]:
        gap = QPointF(_LINE_GAP, 0)
        if start.y() == end.y():
            return [(start + gap, end - gap)]
        return [
            (start + gap, QPointF(self.width(), start.y())),
            (QPointF(0, end.y()), end - gap),
        ]

    def _add_node(self, look: NodeLook) -> None:
        node = ChainNode(look, self)
        number = len(self.nodes)
        node.clicked.connect(lambda: self.picked.emit(number))
        node.show()
        self.nodes.append(node)

    def _place(self) -> None:
        if not self.nodes:
            return
        per_row = self._per_row(self.width())
        width = self._node_width(self.width())
        top = 0
        for row, height in enumerate(self._row_heights(self.width())):
            for column, node in enumerate(self.nodes[row * per_row : (row + 1) * per_row]):
                node.setGeometry(column * width, top, width, height)
            top += height + _ROW_GAP

    def _per_row(self, width: int) -> int:
        """Return how many nodes stand in a row, so that the rows are about equally long."""
        count = max(1, len(self.nodes))
        fitting = max(1, min(count, width // _SMALLEST_NODE))
        rows = -(-count // fitting)
        return -(-count // rows)

    def _node_width(self, width: int) -> int:
        return min(width // self._per_row(width), _WIDEST_NODE)

    def _row_heights(self, width: int) -> list[int]:
        """Return how high each row has to be: a name may take two lines, or one."""
        per_row, each = self._per_row(width), self._node_width(width)
        heights = [node.heightForWidth(each) for node in self.nodes]
        return [max(heights[at : at + per_row]) for at in range(0, len(heights), per_row)]


def _pen(before: NodeLook, after: NodeLook) -> QPen:
    holds = before.role is Role.GOOD and after.role is Role.GOOD
    pen = QPen(theme.color(Role.GOOD if holds else Role.BORDER_STRONG), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if not holds:
        pen.setDashPattern([1.0, 3.0])
    return pen
