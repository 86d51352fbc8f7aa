"""Questions to driver libraries, each asked in a process of its own.

A library that hangs or crashes costs its own answers and nothing else. Such a process prints one
JSON object a line: first what it is about to call, then what it learned.
"""

from __future__ import annotations
