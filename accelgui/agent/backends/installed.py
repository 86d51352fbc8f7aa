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

    A distribution without its module (a withdrawn package, say) counts as absent; the version is
    the distribution's.
    """
    try:
        spec = importlib.util.find_spec(MODULES[framework])
    except (ImportError, ValueError):
        spec = None
    if spec is None or not (spec.origin or spec.submodule_search_locations):
        return None
    location = _folder(spec.origin, list(spec.submodule_search_locations or ()))
    found = [d for name in _DISTRIBUTIONS[framework] for d in _distribution(name)]
    # More than one may be installed; the one that put this module here is beside it.
    beside = [d for d in found if Path(str(d.locate_file(""))) == Path(location).parent]
    chosen = next(iter(beside + found), None)
    if chosen is None:
        return Installation(location)
    # Wheels spell their names with - or _ as their builders like.
    return Installation(location, chosen.metadata["Name"].replace("_", "-"), chosen.version)


def _distribution(name: str) -> list[metadata.Distribution]:
    try:
        return [metadata.distribution(name)]
    except metadata.PackageNotFoundError:
        return []


def _folder(origin: Optional[str], folders: list[str]) -> str:
    return folders[0] if folders else str(Path(origin or "").parent)
