"""Live values: NVML, TPU, host."""

from __future__ import annotations
