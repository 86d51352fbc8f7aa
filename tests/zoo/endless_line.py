"""Sends one line of 50 MB, then goes on properly."""

from __future__ import annotations

import sys

import speak

speak.hello()
sys.stdout.write("{" * 50_000_000 + "\n")
speak.line(event="Progress", done=1, total=2, what="after")
speak.done()
