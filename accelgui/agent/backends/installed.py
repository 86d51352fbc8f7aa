"""Where a framework is installed in this Python, found without importing it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Optional

# The distributions that provide each module, the most usual first.
_DISTRIBUTIONS = {
    "tensorflow": (
        "tensorflow",
        "tensorflow-cpu",
        "tensorflow-gpu",
        "tensorflow-tpu",
        "tensorflow-rocm",
        "tensorflow-macos",
        "tensorflow-intel",
        "intel-tensorflow",
        "tf-nightly",
        "tf-nightly-cpu",
        "tf-nightly-tpu",
    ),
    "pytorch": ("torch", "torch-nightly"),
    "jax": ("jax", "jax-nightly"),
}
MODULES = {"tensorflow": "tensorflow", "pytorch": "torch", "jax": "jax"}


@dataclass(frozen=True)
class Installation:
    """A framework's folder, and the distribution that says it put it there, if any does."""

    location: str
    distribution: Optional[str] = None
    version: Optional[str] = None


def find_installation(framework: str) -> Optional[Installation]:
    """Return where `framework` is installed, None where this Python does not have it.

    A distribution without its module (a withdrawn or half-removed package) counts as absent.
    """
    try:
        spec = importlib.util.find_spec(MODULES[framework])
    except (ImportError, ValueError):
        spec = None
    if spec is None or not (spec.origin or spec.submodule_search_locations):
        return None
    location = _folder(spec.origin, list(spec.submodule_search_locations or ()))
    for name in _DISTRIBUTIONS[framework]:
        version = _version(name)
        if version is not None:
            return Installation(location, name, version)
    return Installation(location)


def _version(distribution: str) -> Optional[str]:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _folder(origin: Optional[str], folders: list[str]) -> str:
    return folders[0] if folders else str(Path(origin or "").parent)
