"""Charts as SVG, drawn without a window: lines over time below each other, and bars."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Okabe and Ito: told apart by people who see colours differently; dashes differ as well.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_DASHES = ("", "6 3", "2 2", "8 2 2 2")
_INK, _MUTED, _GRID = "#1b1f24", "#59636e", "#d8dee4"

_WIDTH, _LEFT, _RIGHT, _TOP = 800, 84, 24, 44
_CHART_HEIGHT, _CHART_GAP, _FOOT = 150, 36, 44
_BAR_HEIGHT, _NAME_WIDTH, _BAR_WIDTH = 34, 180, 300
_TICKS = 4


@dataclass(frozen=True)
class Line:
    """One series; NaN is a gap."""

    label: str
    xs: Sequence[float]
    ys: Sequence[float]


@dataclass(frozen=True)
class Chart:
    """Series that share an axis."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Bar:
    """A bar with its name, what is said of it, and its spread; no value: only the words."""

    label: str
    words: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


def line_charts(title: str, charts: Sequence[Chart], x_title: str) -> str:
    """Return the charts below each other over one axis."""
    xs = [x for chart in charts for line in chart.lines for x in line.xs]
    first, last = (min(xs), max(xs)) if xs else (0.0, 1.0)
    span = (min(first, 0.0), max(last, first + 1e-9))
    height = _TOP + len(charts) * (_CHART_HEIGHT + _CHART_GAP) + _FOOT
    parts: list[str] = []
    for number, chart in enumerate(charts):
        parts += _chart(chart, span, _TOP + number * (_CHART_HEIGHT + _CHART_GAP) + _CHART_GAP)
    foot = height - _FOOT + 16
    for x in _ticks(*span):
        parts.append(_text(_x(x, span), foot, f"{x:g}", "middle", _MUTED))
    parts.append(_text(_WIDTH / 2, foot + 20, x_title, "middle", _MUTED))
    return _picture(title, height, parts)


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Return a bar for each row, from the first down to the last."""
    most = max((row.high or row.value or 0.0 for row in rows), default=0.0) or 1.0
    height = _TOP + len(rows) * _BAR_HEIGHT + 16
    parts: list[str] = []
    for number, row in enumerate(rows):
        middle = _TOP + number * _BAR_HEIGHT + _BAR_HEIGHT / 2
        parts.append(_text(_NAME_WIDTH - 8, middle + 4, row.label, "end", _INK))
        words_at = float(_NAME_WIDTH)
        if row.value is not None:
            length = row.value / most * _BAR_WIDTH
            parts.append(
                f'<rect x="{_NAME_WIDTH}" y="{middle - 9:.1f}" width="{length:.1f}" height="18"'
                f' fill="{_COLOURS[0]}"/>'
            )
            words_at += max(length, (row.high or 0.0) / most * _BAR_WIDTH) + 8
        if row.low is not None and row.high is not None:
            ends = [_NAME_WIDTH + value / most * _BAR_WIDTH for value in (row.low, row.high)]
            parts.append(
                f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"'
                f' stroke="{_INK}" stroke-width="2"/>'
            )
        parts.append(_text(words_at, middle + 4, row.words, "start", _MUTED))
    return _picture(title, height, parts)


def _chart(chart: Chart, span: tuple[float, float], top: float) -> Iterator[str]:
    ys = [y for line in chart.lines for y in line.ys if math.isfinite(y)]
    low, high = (min(ys), max(ys)) if ys else (0.0, 1.0)
    if high - low < 1e-12:
        low, high = low - 0.5, high + 0.5
    scale = (low, high)
    yield _text(_LEFT, top - 8, chart.title, "start", _INK)
    for tick in _ticks(low, high):
        y = _y(tick, scale, top)
        yield (
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
            f' stroke="{_GRID}"/>'
        )
        yield _text(_LEFT - 8, y + 4, f"{tick:.6g}", "end", _MUTED)
    for number, line in enumerate(chart.lines):
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        for run in _runs(line):
            points = " ".join(f"{_x(x, span):.1f},{_y(y, scale, top):.1f}" for x, y in run)
            yield (
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"'
                f' stroke-dasharray="{dash}"/>'
            )
        right = _WIDTH - _RIGHT - 130 * (len(chart.lines) - 1 - number)
        yield _text(right, top - 8, line.label, "end", colour)


def _runs(line: Line) -> Iterator[list[tuple[float, float]]]:
    """Yield what is drawn without a break."""
    run: list[tuple[float, float]] = []
    for x, y in zip(line.xs, line.ys, strict=True):
        if math.isfinite(y):
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers between both, about _TICKS of them."""
    raw = (high - low) / _TICKS
    unit = 10 ** math.floor(math.log10(raw))
    step = next(factor * unit for factor in (1, 2, 5, 10) if factor * unit >= raw)
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _x(x: float, span: tuple[float, float]) -> float:
    return _LEFT + (x - span[0]) / (span[1] - span[0]) * (_WIDTH - _LEFT - _RIGHT)


def _y(y: float, scale: tuple[float, float], top: float) -> float:
    return top + (scale[1] - y) / (scale[1] - scale[0]) * _CHART_HEIGHT


def _text(x: float, y: float, words: str, anchor: str, colour: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{_escaped(words)}</text>"
    )


def _escaped(words: str) -> str:
    """Return words as XML may hold them: control characters it may not hold at all."""
    kept = (c if unicodedata.category(c)[0] != "C" else "\ufffd" for c in words)
    return escape("".join(kept))


def _picture(title: str, height: float, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:g}"'
        f' viewBox="0 0 {_WIDTH} {height:g}" font-family="sans-serif" font-size="12">\n'
        f"<title>{_escaped(title)}</title>\n"
        f'<rect width="{_WIDTH}" height="{height:g}" fill="#ffffff"/>\n'
        f'<text x="16" y="26" font-size="15" fill="{_INK}">{_escaped(title)}</text>\n'
        f"{body}\n</svg>\n"
    )
