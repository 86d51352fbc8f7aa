"""The quantities that plots show: how each is written, and where it begins and ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from accelgui.words import units


@dataclass(frozen=True)
class Quantity:
    """`text` writes a value, `tick` a round value on an axis, each with its unit.

    `widest` is a value whose text is as wide as any, so that room for it can be kept. `base` is
    1024 where units go in powers of it.
    """

    text: Callable[[float], str]
    tick: Callable[[float], str]
    widest: float
    floor: float | None = None
    ceiling: float | None = None
    base: float = 10.0


def _plain_tick(value: float) -> str:
    """Return a round number with the digits it needs, thousands as k and millions as M."""
    if value == 0:
        return "0"
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 10 * unit or (abs(value) >= unit and letter != "k"):
            return f"{value / unit:g}{letter}"
    return f"{value:.4g}" if abs(value) >= 1e-4 else f"{value:.0e}".replace("e-0", "e-")


def _bytes_tick(value: float) -> str:
    if value == 0:
        return "0"
    power = min(max(int(math.log(abs(value) * 1.0001, 1024)), 0), 5)
    return f"{value / 1024**power:.4g} {('B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB')[power]}"


def _percent_tick(value: float) -> str:
    return f"{value:.4g} %"


LOSS = Quantity(units.number_text, _plain_tick, widest=0.0888, floor=0.0)
SHARE = Quantity(
    units.share_text, lambda value: _percent_tick(100 * value), widest=0.888, ceiling=1.0
)
RATE = Quantity(units.number_text, _plain_tick, widest=888_888.0, floor=0.0)
PERCENT = Quantity(units.percent_text, _percent_tick, widest=100.0, floor=0.0, ceiling=100.0)
MEMORY = Quantity(units.bytes_text, _bytes_tick, widest=88.8 * 1024**3, floor=0.0, base=1024.0)
ENERGY = Quantity(
    units.watt_hours_text,
    lambda value: f"{value:.4g} Wh" if value < 1e4 else f"{value / 1e3:.4g} kWh",
    widest=888.0,
    floor=0.0,
)
TEMPERATURE = Quantity(units.celsius_text, lambda value: f"{value:.4g} °C", widest=88.0)
POWER = Quantity(units.watts_text, lambda value: f"{value:.4g} W", widest=888.0, floor=0.0)
CLOCK = Quantity(
    units.hertz_text, lambda value: f"{value / 1e6:,.0f} MHz", widest=8888e6, floor=0.0
)
BYTE_RATE = Quantity(
    units.byte_rate_text, _bytes_tick, widest=88.8 * 1024**3, floor=0.0, base=1024.0
)
COUNT = Quantity(units.count_text, _plain_tick, widest=8888.0, floor=0.0)
