"""Ignores a closed stdin and SIGTERM."""

from __future__ import annotations

import signal
import threading

import speak

signal.signal(signal.SIGTERM, signal.SIG_IGN)
speak.hello()
threading.Event().wait()
