"""Runs on the examined machine in a chosen Python, one request a process.

Started by file path (``python …/accelgui/agent COMMAND REQUEST``), so that nothing of our own
environment reaches the foreign interpreter. Needs the standard library; uses psutil, pynvml and
one framework where that Python has them. Talks in JSON lines (accelgui.model.events); stderr is
its log; it stops when stdin closes.
"""

from __future__ import annotations
