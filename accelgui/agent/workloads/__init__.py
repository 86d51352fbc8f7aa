"""The work that a device is given: precision checks, training."""

from __future__ import annotations
