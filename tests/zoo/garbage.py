"""Sends bytes that are no text, text that is no JSON, JSON that is no event, and half a line."""

from __future__ import annotations

import sys

import speak

speak.hello()
out = sys.stdout.buffer
for bad in (
    b"\xff\xfe\x00\x80",
    b"hello, world",
    b"[1, 2",
    b"[]",
    b"null",
    b'{"event": "NoSuchEvent"}',
    b'{"event": "Progress", "done": "many"}',
    b'{"event": ["Progress"]}',
    b"[" * 100_000,
):
    out.write(bad + b"\n")
out.flush()
speak.line(event="Progress", done=1, total=2, what="after")
speak.done()
out.write(b'{"event": "Progr')
out.flush()
