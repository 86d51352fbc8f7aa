"""Columns of equal width; each part goes to the column that is shortest so far."""

from __future__ import annotations

from PySide6.QtCore import QRect

from accelgui.gui.widgets.tile_layout import TileLayout, height_of


class MasonryLayout(TileLayout):
    """For parts of very different heights, where rows would leave holes."""

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        columns = self._columns(rect.width())
        gap = self.spacing()
        width = (rect.width() - gap * (columns - 1)) // columns
        bottoms = [rect.y()] * columns
        for item in self._shown():
            column = bottoms.index(min(bottoms))
            height = height_of(item, width)
            if apply:
                x = rect.x() + column * (width + gap)
                item.setGeometry(QRect(x, bottoms[column], width, height))
            bottoms[column] += height + gap
        return max(0, max(bottoms) - gap - rect.y())
