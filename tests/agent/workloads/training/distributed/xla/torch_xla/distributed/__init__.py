"""As torch_xla.distributed."""

from __future__ import annotations
