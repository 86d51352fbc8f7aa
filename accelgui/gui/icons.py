"""Lucide's icons, drawn in the colour of a role."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"


def draw(painter: QPainter, name: str, rect: QRectF, role: Role) -> None:
    """Draw an icon into `rect`."""
    _renderer(name, theme.color(role).name()).render(painter, rect)


def icon(name: str, role: Role = Role.TEXT, size: int = 18, gap: int = 0) -> QIcon:
    """Return an icon in the colour that the role has now; ask again after `theme.changed`.

    `gap` is room on its right: style sheets cannot part an icon from the words of a button.
    """
    made = QIcon()
    ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    for scale in {1, math.ceil(ratio)}:
        made.addPixmap(_pixmap(name, role, size, gap, scale))
    return made


def application_icon() -> QIcon:
    """Return the icon of the application itself."""
    return QIcon(str(_FOLDER / "accelgui.svg"))


class IconMark(QWidget):
    """An icon that stands by itself. Words beside it say the same, so readers pass it over."""

    def __init__(
        self, name: str, role: Role = Role.TEXT, size: int = 18, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._role = role
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def show_icon(self, name: str, role: Role) -> None:
        """Show another icon."""
        if (name, role) != (self._name, self._role):
            self._name, self._role = name, role
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw(painter, self._name, QRectF(self.rect()), self._role)
        painter.end()


def _pixmap(name: str, role: Role, size: int, gap: int, scale: int) -> QPixmap:
    pixmap = QPixmap((size + gap) * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw(painter, name, QRectF(0, 0, size * scale, size * scale), role)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    text = (_FOLDER / "lucide" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))
