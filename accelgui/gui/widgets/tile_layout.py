"""A layout of tiles of equal width, as many beside each other as fit."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class TileLayout(QLayout):
    """Columns at least `tile_width` wide share the width; each row is as high as it needs.

    `most_columns` keeps few tiles from growing absurdly wide.
    """

    def __init__(
        self,
        tile_width: int,
        spacing: int,
        most_columns: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tile_width = tile_width
        self._most_columns = most_columns
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(QMargins())
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), apply=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, apply=True)

    def sizeHint(self) -> QSize:
        columns = self._columns(10 * self._tile_width)
        width = columns * self._tile_width + (columns - 1) * self.spacing()
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        return QSize(min(self._tile_width, 160), 0)

    def _columns(self, width: int) -> int:
        fitting = (width + self.spacing()) // (self._tile_width + self.spacing())
        shown = len(self._shown())
        columns = max(1, min(fitting, self._most_columns, shown))
        rows = -(-shown // columns)
        # The last row should not be the only short one: eight on three columns are 3 + 3 + 2.
        return max(1, -(-shown // rows)) if rows else 1

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        columns = self._columns(rect.width())
        gap = self.spacing()
        width = (rect.width() - gap * (columns - 1)) // columns
        y = rect.y()
        shown = self._shown()
        for start in range(0, len(shown), columns):
            row = shown[start : start + columns]
            height = max(height_of(item, width) for item in row)
            if apply:
                for column, item in enumerate(row):
                    item.setGeometry(QRect(rect.x() + column * (width + gap), y, width, height))
            y += height + gap
        return max(0, y - gap - rect.y())


def height_of(item: QLayoutItem, width: int) -> int:
    """Return how high an item wants to be at a width."""
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
