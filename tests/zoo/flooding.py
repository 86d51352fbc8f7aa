"""Sends 100 MB of proper events as fast as it can."""

from __future__ import annotations

import json
import sys

import speak

speak.hello()
event = {"event": "Progress", "done": 1, "total": 2, "what": "x" * 900}
block = (json.dumps(event) + "\n").encode() * 100
for _ in range(100_000_000 // len(block)):
    sys.stdout.buffer.write(block)
sys.stdout.buffer.flush()
speak.done()
