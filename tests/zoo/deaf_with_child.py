"""Is deaf, and has a child that is deaf too."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import speak

signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
speak.hello()
speak.line(event="Progress", done=child.pid, total=0, what="child")
threading.Event().wait()
