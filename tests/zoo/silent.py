"""Says nothing at all, and listens."""

from __future__ import annotations

import sys

sys.stdin.read()
