"""The dialogs that ask for a file; each returns "" where nothing was chosen."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtWidgets import QApplication, QFileDialog

from accelgui.model.checkpoint import SUFFIXES
from accelgui.words import _


def for_script(path: str) -> str:
    """Ask for a file with build_model()."""
    title, kind = _("Choose the model's file"), _("Python (*.py)")
    return QFileDialog.getOpenFileName(QApplication.activeWindow(), title, path, kind)[0]


def for_data(path: str) -> str:
    """Ask for a data set."""
    title, kind = _("Choose a data file"), _("NumPy archives (*.npz)")
    return QFileDialog.getOpenFileName(QApplication.activeWindow(), title, path, kind)[0]


def for_checkpoint(path: str, framework: str) -> str:
    """Ask where a framework is to write its weights."""
    suffix = SUFFIXES[framework]
    kind = _("Weights (*{suffix})").format(suffix=suffix)
    title, path = _("Keep the weights"), path or f"weights{suffix}"
    chosen = QFileDialog.getSaveFileName(QApplication.activeWindow(), title, path, kind)[0]
    return chosen + suffix if chosen and not PurePath(chosen).suffix else chosen
