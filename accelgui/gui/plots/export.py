"""Plots and values to files."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from accelgui.gui.plots.panel import Panel

_PICTURE_SCALE = 2.0


def save_png(widget: QWidget, path: Path) -> None:
    """Draw the widget into a PNG file at twice its size; raises OSError where it cannot be."""
    image = QImage(widget.size() * _PICTURE_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_PICTURE_SCALE)
    image.fill(theme.color(Role.SURFACE))
    painter = QPainter(image)
    widget.render(painter, QPoint())
    painter.end()
    writer = QImageWriter(str(path), QByteArray(b"png"))
    if not writer.write(image):
        raise OSError(writer.errorString())


def save_svg(widget: QWidget, path: Path) -> None:
    """Draw the widget into an SVG file; raises OSError where it cannot be written."""
    # The generator only prints a warning where it cannot write.
    path.touch()
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(widget.width(), widget.height()))
    generator.setViewBox(widget.rect())
    painter = QPainter(generator)
    painter.fillRect(widget.rect(), theme.color(Role.SURFACE))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    widget.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()


def save_csv(panels: Mapping[str, Panel], run_label: Callable[[str], str], path: Path) -> None:
    """Write every value of every run, one a line; a gap is an empty field.

    Raises OSError where the file cannot be written.
    """
    path.write_text(csv_text(panels, run_label), encoding="utf-8", newline="")


def csv_text(panels: Mapping[str, Panel], run_label: Callable[[str], str]) -> str:
    """Return the values as CSV: run, quantity, series, seconds since the start, value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("run", "quantity", "series", "time_s", "value"))
    for code, panel in panels.items():
        for (run, track), curve in panel.curves.items():
            for time_s, value in zip(*curve.points(), strict=True):
                text = "" if math.isnan(value) else f"{value:.9g}"
                writer.writerow((run_label(run), code, track, f"{time_s:.6f}", text))
    return out.getvalue()
