"""Plots and values to files."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from accelgui.exports.curves import Curve, json_text
from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from accelgui.gui.plots.panel import Panel

_PICTURE_SCALE = 2.0


def save_png(widgets: Sequence[QWidget], path: Path) -> None:
    """Draw widgets below each other into a PNG file at twice their size.

    Raises OSError where it cannot be written.
    """
    image = QImage(_size(widgets) * _PICTURE_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_PICTURE_SCALE)
    _draw(widgets, image)
    writer = QImageWriter(str(path), QByteArray(b"png"))
    if not writer.write(image):
        raise OSError(writer.errorString())


def save_svg(widgets: Sequence[QWidget], path: Path) -> None:
    """Draw widgets below each other into an SVG file; raises OSError where it cannot be written."""
    # The generator only prints a warning where it cannot write.
    path.touch()
    size = _size(widgets)
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(), size))
    _draw(widgets, generator)


def _size(widgets: Sequence[QWidget]) -> QSize:
    height = sum(widget.height() for widget in widgets)
    return QSize(max(widget.width() for widget in widgets), height)


def _draw(widgets: Sequence[QWidget], device: QPaintDevice) -> None:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(QPoint(), _size(widgets)), theme.color(Role.SURFACE))
    y = 0
    for widget in widgets:
        # An offset given to render() is lost on the way to an SVG file.
        painter.translate(0, y)
        widget.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
        painter.resetTransform()
        y += widget.height()
    painter.end()


def save_csv(
    panels: Mapping[str, Panel],
    run_label: Callable[[str], str],
    path: Path,
    span_s: tuple[float, float] | None = None,
) -> None:
    """Write every value of every run, or those of a span, one a line; a gap is an empty field.

    Raises OSError where the file cannot be written.
    """
    path.write_text(csv_text(panels, run_label, span_s), encoding="utf-8", newline="")


def save_json(panels: Mapping[str, Panel], run_label: Callable[[str], str], path: Path) -> None:
    """Write every value of every run; raises OSError where the file cannot be written."""
    curves = [
        Curve(run_label(run), code, track, *(part.tolist() for part in curve.points()))
        for code, panel in panels.items()
        for (run, track), curve in panel.curves.items()
    ]
    path.write_text(json_text(curves), encoding="utf-8", newline="")


def csv_text(
    panels: Mapping[str, Panel],
    run_label: Callable[[str], str],
    span_s: tuple[float, float] | None = None,
) -> str:
    """Return the values as CSV: run, quantity, series, seconds since the start, value."""
    start_s, end_s = span_s or (-math.inf, math.inf)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("run", "quantity", "series", "time_s", "value"))
    for code, panel in panels.items():
        for (run, track), curve in panel.curves.items():
            for time_s, value in zip(*curve.points(), strict=True):
                if not start_s <= time_s <= end_s:
                    continue
                text = "" if math.isnan(value) else f"{value:.9g}"
                writer.writerow((run_label(run), code, track, f"{time_s:.6f}", text))
    return out.getvalue()
