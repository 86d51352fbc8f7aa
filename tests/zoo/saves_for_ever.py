"""Tells without end that it saves, and is deaf to all else."""

from __future__ import annotations

import signal
import time

import speak

signal.signal(signal.SIGTERM, signal.SIG_IGN)
speak.hello()
speak.line(event="Progress", done=1, total=2, what="train")
while True:
    speak.line(event="Progress", done=0, total=1, what="save")
    time.sleep(0.1)
