"""Frameworks in words."""

from __future__ import annotations

from accelgui.words.translation import _

_NAMES = {"tensorflow": "TensorFlow", "pytorch": "PyTorch", "jax": "JAX"}


def framework_name(code: str | None, version: str | None = None) -> str:
    """Return how a framework writes itself, with its version where one is given."""
    if code == "unknown":
        return _("the framework")
    name = _NAMES.get(code or "tensorflow", code or "")
    return f"{name} {version}" if version else name
