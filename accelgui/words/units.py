"""Numbers for people: with a unit, and with no more digits than mean something."""

from __future__ import annotations

import math

from accelgui.words.translation import N_, _

# Shown, translated, wherever a device keeps a value to itself. It is never 0.
NOT_REPORTED = N_("not reported by this device")

_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL_HERTZ = ("Hz", "kHz", "MHz", "GHz", "THz")


def number_text(value: float, digits: int = 3) -> str:
    """Return a number with `digits` significant digits, powers of ten only where they help."""
    if math.isnan(value):
        return _("not a number")
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if magnitude < -3 or magnitude >= 15:
        return f"{value:.{digits - 1}e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    if float(value).is_integer() or magnitude >= digits - 1:
        rounded = round(value, digits - 1 - magnitude) if magnitude < 15 else value
        exact = float(value).is_integer() and magnitude < 6
        return f"{value if exact else rounded:,.0f}"
    return f"{value:.{digits - 1 - magnitude}f}"


def count_text(value: float) -> str:
    """Return a whole number with groups of three digits."""
    return f"{value:,.0f}" if math.isfinite(value) else number_text(value)


def bytes_text(value: float) -> str:
    """Return bytes in binary units: 12_884_901_888 is "12.0 GiB"."""
    if not math.isfinite(value):
        return number_text(value)
    size, unit = _scaled(float(value), 1024.0, _BINARY)
    return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"


def byte_rate_text(value: float) -> str:
    """Return bytes a second in binary units."""
    return _("{amount}/s").format(amount=bytes_text(value))


def percent_text(value: float) -> str:
    """Return a percentage, 0 to 100, with one digit after the point below 10."""
    if not math.isfinite(value):
        return number_text(value)
    whole = float(value).is_integer() or abs(value) >= 10
    return _("{value} %").format(value=f"{value:.0f}" if whole else f"{value:.1f}")


def share_text(value: float) -> str:
    """Return a share of 0 to 1 as a percentage with one digit after the point."""
    if not math.isfinite(value):
        return number_text(value)
    return _("{value} %").format(value=f"{100 * value:.1f}")


def watts_text(value: float) -> str:
    """Return a power in watts."""
    if not math.isfinite(value):
        return number_text(value)
    return _("{value} W").format(value=f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}")


def watt_hours_text(value: float) -> str:
    """Return an energy: "0.12 Wh", "35 Wh", "1.2 kWh"."""
    if abs(value) >= 1000 and math.isfinite(value):
        return _("{value} kWh").format(value=number_text(value / 1000, 2))
    return _("{value} Wh").format(value=number_text(value, 2))


def celsius_text(value: float) -> str:
    """Return a temperature in degrees Celsius."""
    return _("{value} °C").format(value=f"{value:.0f}" if math.isfinite(value) else "?")


def hertz_text(value: float) -> str:
    """Return a frequency; clocks come as MHz up to 10 GHz, as the makers of devices write them."""
    if not math.isfinite(value):
        return number_text(value)
    if 1e6 <= abs(value) < 10e9:
        return _("{value} MHz").format(value=f"{value / 1e6:,.0f}")
    size, unit = _scaled(float(value), 1000.0, _DECIMAL_HERTZ)
    return f"{number_text(size)} {unit}"


def seconds_text(value: float) -> str:
    """Return a duration: "35 ms", "1.2 s", "2 min 05 s", "3 h 07 min"."""
    if not math.isfinite(value):
        return number_text(value)
    if abs(value) < 1:
        return _("{value} ms").format(value=number_text(value * 1000, 2))
    if value < 59.95:
        return _("{value} s").format(value=f"{value:.1f}")
    minutes, seconds = divmod(round(value), 60)
    if minutes < 60:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=f"{seconds:02}")
    hours, minutes = divmod(minutes, 60)
    return _("{hours} h {minutes} min").format(hours=f"{hours:,}", minutes=f"{minutes:02}")


def rough_seconds_text(value: float) -> str:
    """Return an estimated duration, without the digits that it cannot have: "2 s"."""
    if value < 59.5:
        return _("{value} s").format(value=max(1, round(value)))
    return seconds_text(round(value))


def rate_text(value: float) -> str:
    """Return training throughput: "24,100 samples/s"."""
    return _("{value} samples/s").format(value=number_text(value))


def _scaled(value: float, step: float, units: tuple[str, ...]) -> tuple[float, str]:
    for unit in units[:-1]:
        # Rounded up to the next unit at 99.95 % of it, so that no "1024.0 MiB" is shown.
        if abs(value) < step * 0.99995:
            return value, unit
        value /= step
    return value, units[-1]
