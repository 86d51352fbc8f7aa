"""Where ticks and bounds go: round numbers in the unit that people read."""

from __future__ import annotations

import math
import time

_TIME_STEPS_S = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
    60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
)  # fmt: skip

_DAY_S = 86_400

# Below it, a number divided by another is soon no number any more.
_SMALLEST = 1e-290


def round_step(span: float, count: float, base: float = 10.0) -> float:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that cuts `span` in `count`.

    With base 1024, the step is round in the largest power of 1024 below it, parts of a byte apart.
    """
    least = span / max(count, 1.0)
    if not least > _SMALLEST:
        return 1.0
    unit = 1.0
    if base != 10.0:
        unit = base ** max(math.floor(math.log(least, base)), 0)
        least /= unit
    magnitude = 10.0 ** math.floor(math.log10(least))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        # A hair of tolerance: 3 / 3 must not be above 1.
        if factor * magnitude >= least * (1 - 1e-9):
            # 1 GiB, not 1000 MiB.
            step = base if base != 10.0 and factor * magnitude >= 1000 else factor * magnitude
            return step * unit
    return 10.0 * magnitude * unit


def time_step(span_s: float, count: float) -> float:
    """Return the smallest usual step of time that cuts `span_s` in at most `count` parts."""
    least = span_s / max(count, 1.0)
    for step in _TIME_STEPS_S:
        if step >= least * (1 - 1e-9):
            return step
    return math.ceil(least / _DAY_S) * _DAY_S


def multiples(step: float, low: float, high: float) -> list[float]:
    """Return the multiples of `step` from `low` to `high`, both included."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def round_bounds(
    low: float,
    high: float,
    floor: float | None = None,
    ceiling: float | None = None,
    base: float = 10.0,
) -> tuple[float, float]:
    """Return round bounds around the data, so that an axis moves seldom and in steps.

    `floor` and `ceiling` are where the quantity itself begins and ends; the bounds reach them
    and pass them only where the data does.
    """
    low = low if floor is None else min(low, floor)
    high = high if ceiling is None else max(high, ceiling)
    largest = max(abs(low), abs(high))
    if not high - low > max(1e-9 * largest, 100 * _SMALLEST):
        margin = 0.1 * largest if largest > 1000 * _SMALLEST else 1.0
        high += margin
        low = low if floor is not None and low >= floor else low - margin
    step = round_step(high - low, 4, base)
    lower = low if low == floor else math.floor(low / step + 1e-9) * step
    upper = high if high == ceiling else math.ceil(high / step - 1e-9) * step
    return lower, upper


def clock_text(seconds: float, step_s: float, span_end_s: float) -> str:
    """Return a moment as a tick says it: "15 s", "2:30", "1:05:00", and tenths where they count."""
    sign, seconds = ("−" if seconds < -1e-9 else ""), abs(seconds)
    if span_end_s < 120:
        digits = max(0, -math.floor(math.log10(step_s) + 1e-9)) if step_s < 1 else 0
        return f"{sign}{seconds:.{digits}f} s"
    whole, part = divmod(round(seconds, 3), 1)
    minutes, second = divmod(int(whole), 60)
    tail = f"{part:.1f}"[1:] if step_s < 1 else ""
    if span_end_s < 3600:
        return f"{sign}{minutes}:{second:02}{tail}"
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{second:02}{tail}"


def time_of_day(wall_s: float, step_s: float) -> str:
    """Return a moment as the clock on the wall says it: "14:05", "14:05:30", "14:05:30.4"."""
    local = time.localtime(wall_s)
    if step_s >= 60:
        return time.strftime("%H:%M", local)
    text = time.strftime("%H:%M:%S", local)
    return text if step_s >= 1 else f"{text}{f'{wall_s % 1:.1f}'[1:] if wall_s % 1 < 0.95 else ''}"


def local_offset_s(wall_s: float) -> float:
    """Return what local time is ahead of UTC at a moment."""
    return float(time.localtime(wall_s).tm_gmtoff)
