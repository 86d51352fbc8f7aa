"""Works until it is asked to stop, then ends at once."""

from __future__ import annotations

import sys

import speak

speak.hello()
speak.line(event="Progress", done=0, total=1, what="train")
sys.stdin.read()
speak.line(event="WorkDone", stopped=True)
