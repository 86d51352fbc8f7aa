"""Fewer points with the same look: for each bucket of time its ends, its peaks and its gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a bucket keeps at most: first, lowest, highest, one gap, last.
POINTS_PER_BUCKET = 5


def peaks(
    times: NDArray[np.float64], values: NDArray[np.float64], buckets: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return at most ``5 * buckets`` of the given points, in their order.

    `times` and `values` have shape [n], times ascending, values NaN for a gap. Each of the
    `buckets` equal spans of time keeps its first and last point, its lowest and highest value and,
    where it has one, a gap. So a line through the points covers the same pixels as a line through
    all of them, as long as a bucket is no wider than a pixel.
    """
    count = len(times)
    if buckets < 1:
        raise ValueError("at least one bucket")
    if count <= POINTS_PER_BUCKET * buckets:
        return times.copy(), values.copy()
    starts = _bucket_starts(times, buckets)
    kept = np.zeros(count, dtype=bool)
    kept[starts] = True
    kept[np.append(starts[1:], count) - 1] = True
    gaps = np.isnan(values)
    kept[_first_where(gaps, starts)] = True
    low, high = np.where(gaps, np.inf, values), np.where(gaps, -np.inf, values)
    lowest, highest = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    sizes = np.diff(np.append(starts, count))
    kept[_first_where((low == np.repeat(lowest, sizes)) & ~gaps, starts)] = True
    kept[_first_where((high == np.repeat(highest, sizes)) & ~gaps, starts)] = True
    return times[kept], values[kept]


def outline(
    times: NDArray[np.float64],
    values: NDArray[np.float64],
    start_s: float,
    end_s: float,
    columns: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a line through the points looks like in so many columns of pixels.

    `times` and `values` have shape [n], times ascending, values NaN for a gap; the columns are
    equal parts of the span from `start_s` to `end_s`. Few points are returned as they are. Of
    many, each column that has any gives its lowest and its highest value, at its middle, and a gap
    where one lies at its end; so there are at most three points a column. Columns stay where they
    are while points are added, and so does the picture.
    """
    if columns < 1 or not end_s > start_s:
        raise ValueError("at least one column")
    if len(times) <= 2 * columns:
        return times.copy(), values.copy()
    width_s = (end_s - start_s) / columns
    edges = start_s + width_s * np.arange(columns + 1)
    starts = np.unique(np.append(np.searchsorted(times, edges, side="left"), 0))
    starts = starts[starts < len(times)]
    middles = start_s + width_s * (np.floor((times[starts] - start_s) / width_s) + 0.5)
    points = np.full((len(starts), 3), np.nan)
    # fmin and fmax leave gaps out, and give one where there is nothing else.
    points[:, 0], points[:, 1] = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    # Up in one column and down in the next: lines from one to the other stay short.
    points[1::2, :2] = points[1::2, 1::-1]
    is_kept = np.ones(points.shape, dtype=bool)
    is_kept[:, 2] = _is_parted(np.isnan(values), starts)
    return np.repeat(middles, 3)[is_kept.reshape(-1)], points[is_kept]


def within(
    times: NDArray[np.float64], values: NDArray[np.float64], start_s: float, end_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the points of a span, and one more on either side so that lines run to its edges."""
    first = max(int(np.searchsorted(times, start_s, side="left")) - 1, 0)
    last = int(np.searchsorted(times, end_s, side="right")) + 1
    return times[first:last], values[first:last]


def finite_range(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the lowest and highest value, None where there is none."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else None


def _bucket_starts(times: NDArray[np.float64], buckets: int) -> NDArray[np.intp]:
    """Return the index of the first point of each bucket that has any."""
    edges = np.linspace(times[0], times[-1], buckets + 1)[:-1]
    return np.unique(np.searchsorted(times, edges, side="left"))


def _is_parted(gaps: NDArray[np.bool_], starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return for each bucket whether a gap lies between it and the next one."""
    ends_in_gap = gaps[np.append(starts[1:], len(gaps)) - 1]
    begins_in_gap = np.append(gaps[starts[1:]], False)
    parted: NDArray[np.bool_] = ends_in_gap | begins_in_gap
    return parted


def _first_where(mask: NDArray[np.bool_], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each bucket the index of its first true entry, of those that have one."""
    where = np.flatnonzero(mask)
    bucket = np.searchsorted(starts, where, side="right")
    first = np.unique(bucket, return_index=True)[1]
    return where[first]
