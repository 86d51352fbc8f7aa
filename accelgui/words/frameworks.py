"""Frameworks in words."""

from __future__ import annotations

_NAMES = {"tensorflow": "TensorFlow", "pytorch": "PyTorch", "jax": "JAX"}


def framework_name(code: str | None, version: str | None = None) -> str:
    """Return how a framework writes itself, with its version where one is given."""
    name = _NAMES.get(code or "tensorflow", code or "")
    return f"{name} {version}" if version else name
