"""How runs and tracks look: colour and mark say which run, dashes say which track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QIcon, QPainter, QPen, QPixmap, QPolygonF

from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from accelgui.gui.plots.specs import Track

# pyqtgraph's codes, the easiest told apart first. One more than there are colours, so that the
# first to share a colour does not share its mark.
MARKS = ("o", "s", "t1", "d", "t", "star", "h", "p")

_SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "s": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "t": ((-1.1, -0.9), (1.1, -0.9), (0, 1.1)),
    "t1": ((-1.1, 0.9), (1.1, 0.9), (0, -1.1)),
    "d": ((0, -1.3), (1.1, 0), (0, 1.3), (-1.1, 0)),
    "h": ((-0.6, -1.1), (0.6, -1.1), (1.2, 0), (0.6, 1.1), (-0.6, 1.1), (-1.2, 0)),
    "p": ((0, -1.2), (1.15, -0.37), (0.71, 0.97), (-0.71, 0.97), (-1.15, -0.37)),
    "star": (
        (0, -1.3), (0.35, -0.4), (1.2, -0.4), (0.5, 0.2), (0.8, 1.1),
        (0, 0.55), (-0.8, 1.1), (-0.5, 0.2), (-1.2, -0.4), (-0.35, -0.4),
    ),
}  # fmt: skip

_FADED_ALPHA = 150


def mark_of(number: int) -> str:
    """Return the mark of the run with this number."""
    return MARKS[number % len(MARKS)]


def track_color(number: int, track: Track) -> QColor:
    """Return the colour of a track of the run with this number."""
    return theme.color(Role.FAINT) if track.is_aside else theme.series_color(number)


def curve_pen(number: int, track: Track, is_chosen: bool, is_dense: bool = False) -> QPen:
    """Return the pen of a curve: strong for the chosen run, faint for the others."""
    color = track_color(number, track)
    if not is_chosen:
        color.setAlpha(_FADED_ALPHA)
    strong = is_chosen and not track.is_aside
    if is_dense:
        # Qt draws lines of one pixel a hundred times faster than thicker or translucent ones, and
        # between so many points nobody sees the difference.
        pen = QPen(color if is_chosen else _faded(track_color(number, track)), 1.0)
    else:
        pen = QPen(color, (2.0 if strong else 1.25) * _pixel_ratio())
    pen = _dashed(pen, track.dash)
    # The axes have scales of their own, which must not scale the pen; so it counts in pixels.
    pen.setCosmetic(True)
    return pen


def _faded(color: QColor) -> QColor:
    """Return what the colour with its faded alpha looks like on a plot."""
    share, ground = _FADED_ALPHA / 255, theme.color(Role.SURFACE)
    return QColor.fromRgbF(
        ground.redF() + (color.redF() - ground.redF()) * share,
        ground.greenF() + (color.greenF() - ground.greenF()) * share,
        ground.blueF() + (color.blueF() - ground.blueF()) * share,
    )


def paint_swatch(painter: QPainter, rect: QRectF, color: QColor, dash: int, mark: str = "") -> None:
    """Draw a short piece of a curve in the middle of `rect`, with its mark where it has one."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_dashed(QPen(color, 1.75), dash))
    y = rect.center().y()
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    if mark:
        paint_mark(painter, rect.center(), 4.0, mark, color)
    painter.restore()


def paint_mark(painter: QPainter, at: QPointF, radius: float, mark: str, color: QColor) -> None:
    """Draw the mark of a run or dtype."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(color))
    if mark in _SHAPES:
        points = [QPointF(at.x() + x * radius, at.y() + y * radius) for x, y in _SHAPES[mark]]
        painter.drawPolygon(QPolygonF(points))
    else:
        painter.drawEllipse(at, radius, radius)
    painter.restore()


def swatch_icon(number: int, size: QSize, ratio: float) -> QIcon:
    """Return the swatch of a run as an icon, sharp at a device pixel ratio."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    rect = QRectF(1, 0, size.width() - 2, size.height())
    paint_swatch(painter, rect, theme.series_color(number), 0, mark_of(number))
    painter.end()
    return QIcon(pixmap)


def _dashed(pen: QPen, dash: int) -> QPen:
    pattern = theme.series_dash(dash)
    if pattern:
        pen.setDashPattern(pattern)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _pixel_ratio() -> float:
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
