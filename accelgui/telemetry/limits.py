"""Why a GPU holds its clocks back, from NVML's bits (nvml.h, nvmlClocksEventReason…)."""

from __future__ import annotations

# Idling, clocks that a person set and the sync of boards are no limits.
_LIMITS = {
    0x4: "power_cap",
    0x8: "hardware_slowdown",
    0x20: "software_thermal",
    0x40: "hardware_thermal",
    0x80: "power_brake",
}


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
