"""Versions in logs, compared as numbers."""

from __future__ import annotations

import re

# How versions of the driver are written, as an expression: 535.104.05, 470.82.
DRIVER_VERSION = r"\d{3}\.\d{2,3}(?:\.\d{2})?(?:\.\d)?"

_NUMBER = re.compile(r"\d+")

# The oldest Linux driver of each CUDA major release: CUDA Toolkit release notes, table "CUDA
# Toolkit and minimum required driver version for CUDA minor version compatibility".
_FIRST_DRIVER_OF_CUDA = {9: 384, 10: 410, 11: 450, 12: 525, 13: 580}


def numbers(version: str | None) -> tuple[int, ...]:
    """Return a version as numbers: "535.104.05" is (535, 104, 5); nothing gives ()."""
    return tuple(int(part[:9]) for part in _NUMBER.findall(version or "")[:6])


def major(version: str | None) -> int | None:
    """Return the first number of a version."""
    found = numbers(version)
    return found[0] if found else None


def same(one: str, other: str) -> bool:
    """Say whether two versions are the same as far as both tell: NVML leaves the last part out."""
    first, second = numbers(one), numbers(other)
    length = min(len(first), len(second))
    return first[:length] == second[:length]


def newer(one: str, other: str) -> bool:
    """Say whether one version is newer than the other."""
    return numbers(one) > numbers(other)


def driver_serves(driver: str, cuda_major: int) -> bool | None:
    """Say whether a driver serves programs of a CUDA major version; None where nobody knows."""
    first = _FIRST_DRIVER_OF_CUDA.get(cuda_major)
    branch = major(driver)
    return None if first is None or branch is None else branch >= first
