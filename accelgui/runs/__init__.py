"""The controlling side: start an agent, follow it, stop it in steps, say how it ended."""

from __future__ import annotations
