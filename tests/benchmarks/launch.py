"""Launch to first painted window ÷ a bare pyqtgraph window.

python tests/benchmarks/launch.py [PAIRS]

Run it on a display: xvfb-run -a python tests/benchmarks/launch.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import pairs

# Says so, and leaves, when the first window has begun to paint itself.
WATCH = """
import os, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            QTimer.singleShot(0, self.leave)
        return False
    def leave(self):
        sys.stdout.write("painted"); sys.stdout.flush(); os._exit(0)

def watched_exec(*_):
    application = QApplication.instance()
    watch = Watch(application)
    application.installEventFilter(watch)
    return plain_exec()

plain_exec = QApplication.exec
QApplication.exec = watched_exec
"""

BARE = f"""{WATCH}
import pyqtgraph
application = pyqtgraph.mkQApp()
window = pyqtgraph.PlotWidget()
window.plot([1, 3, 2])
window.show()
QApplication.exec()
"""

ACCELGUI = f"""{WATCH}
from accelgui.app import main
main([])
"""


def seconds(code: str) -> float:
    """Return the time from the start of the process to its first painted window."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder}
        began_s = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdout is not None
            assert process.stdout.read(7) == b"painted"
            return time.perf_counter() - began_s


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    measured = pairs.alternate(lambda: seconds(ACCELGUI), lambda: seconds(BARE), count)
    print(pairs.machine())
    pairs.report("launch", "s", measured, "≤ 1.5")


if __name__ == "__main__":
    main()
