"""Write a picture of the whole X display: ``python grab_screen.py FILE.png``."""

from __future__ import annotations

import os
import sys

# Inherited from tests that run without a display.
os.environ["QT_QPA_PLATFORM"] = "xcb"

from PySide6.QtGui import QGuiApplication

application = QGuiApplication(sys.argv)
picture = QGuiApplication.primaryScreen().grabWindow(0)
sys.exit(0 if picture.save(sys.argv[1]) else "nothing to grab")
