"""Two ways of doing the same, timed in turn, so that a noisy machine is noisy for both."""

from __future__ import annotations

import pathlib
import platform
import statistics
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable


def machine() -> str:
    """Return one line on the machine that measured."""
    memory_gib = psutil.virtual_memory().total / 2**30
    name = platform.processor() or platform.machine()
    try:
        with pathlib.Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            name = next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        pass
    return f"{name}, {psutil.cpu_count()} cores, {memory_gib:.0f} GiB, {platform.platform()}"


def alternate(
    ours: Callable[[], float], other: Callable[[], float], pairs: int
) -> list[tuple[float, float]]:
    """Measure A B A B …, after one uncounted pair; returns the counted pairs."""
    ours(), other()
    return [(ours(), other()) for _ in range(pairs)]


def report(name: str, unit: str, measured: list[tuple[float, float]], target: str) -> float:
    """Print both figures and their ratio (median of pairs, spread); returns the ratio."""
    ratios = [a / b for a, b in measured]
    ratio = statistics.median(ratios)
    ours = statistics.median(a for a, _ in measured)
    other = statistics.median(b for _, b in measured)
    print(
        f"{name}: accelgui {ours:.3g} {unit}, plain {other:.3g} {unit}, ratio {ratio:.2f}"
        f" ({min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} pairs); target {target}"
    )
    return ratio
