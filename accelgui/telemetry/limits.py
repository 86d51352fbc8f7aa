"""Why a device holds its clocks back: NVML's bits (nvml.h, nvmlClocksEventReason…), a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Idling, clocks that a person set and the sync of boards are no limits.
_LIMITS = {
    0x4: "power_cap",
    0x8: "hardware_slowdown",
    0x20: "software_thermal",
    0x40: "hardware_thermal",
    0x80: "power_brake",
}


def limits_of(values: Mapping[str, float | None]) -> tuple[str, ...] | None:
    """Return what holds a device's clocks back by its values, None where they do not speak of it.

    A TPU tells a score: 0 is not slowed.
    """
    if "clocks_event_reasons" in values:
        return limits(values["clocks_event_reasons"])
    if "throttle_score" in values:
        return ("throttled",) if values["throttle_score"] else ()
    return None


def limits(reasons: float | None) -> tuple[str, ...]:
    """Return the codes of what holds the clocks back, () where nothing does or is told."""
    if reasons is None:
        return ()
    bits = int(reasons)
    found = [code for bit, code in _LIMITS.items() if bits & bit]
    if len(found) > 1 and "hardware_slowdown" in found:
        # It is set together with the one that says why.
        found.remove("hardware_slowdown")
    return tuple(found)
