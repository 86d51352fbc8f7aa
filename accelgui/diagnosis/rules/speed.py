"""Rules of what works, but slower than it could: clocks held down, a narrow link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import info, warning
from accelgui.diagnosis.seen import fact_of, facts
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.device import Device
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import PciDevice

_THERMAL = {"sw_thermal_slowdown", "hw_thermal_slowdown"}
_HARDWARE = {"hw_slowdown", "hw_power_brake"}
# A limit this far below the board's own was set on purpose, or by a laptop's power profile.
_LOWERED_LIMIT = 0.95


def too_hot(case: Case) -> Finding | None:
    """Clocks are held down because the GPU is hot."""
    return _held_down(case, "thermal_throttling", _THERMAL)


def slowed_by_hardware(case: Case) -> Finding | None:
    """The board itself slows the GPU down: power brake, power supply, or heat it did not name."""
    if too_hot(case) is not None:
        return None
    return _held_down(case, "hardware_slowdown", _HARDWARE)


def short_of_power(case: Case) -> Finding | None:
    """The power limit holds the clocks down; under full load that alone is as it should be."""
    for device, reasons, source in _reasons(case):
        if "sw_power_cap" not in reasons:
            continue
        now = _watts(device, "power_limit_enforced_watts") or _watts(device, "power_limit_watts")
        usual = _watts(device, "power_limit_default_watts")
        evidence = [Evidence(source, f"{device.key}: sw_power_cap")]
        if now and usual and now < usual * _LOWERED_LIMIT:
            evidence.append(Evidence("power limit", f"{now:g} W of {usual:g} W"))
            return warning(
                "power_throttling",
                Link.SPEED,
                *evidence,
                device=device.key,
                limit=f"{now:g}",
                usual=f"{usual:g}",
            )
        return info("power_throttling", Link.SPEED, *evidence, device=device.key)
    return None


def link_narrow(case: Case) -> Finding | None:
    """Fewer PCIe lanes are in use than card and slot have.

    Lanes, unlike the speed, are not given up to save power, so that this counts at rest too.
    """
    if case.host.virtual_machine or case.host.wsl:
        return None  # The bus of a virtual machine is a made-up one.
    for gpu in case.nvidia_gpus:
        possible = _most_lanes(gpu)
        if gpu.link_width and possible and gpu.link_width < possible:
            return warning(
                "pcie_link_degraded",
                Link.SPEED,
                Evidence(
                    f"/sys/bus/pci/devices/{gpu.address}/current_link_width",
                    f"{gpu.link_width} of {possible} lanes",
                ),
                confidence=Confidence.LIKELY if gpu.port_width_max else Confidence.POSSIBLE,
                lanes=str(gpu.link_width),
                lanes_max=str(possible),
            )
    return None


def link_slow(case: Case) -> Finding | None:
    """The link is slower than it could be while the GPU works; at rest it always is."""
    if link_narrow(case) is not None or case.host.virtual_machine:
        return None
    for device, reasons, _source in _reasons(case):
        now, most = fact_of(device, "pcie_generation"), fact_of(device, "pcie_generation_max")
        if "gpu_idle" in reasons or now is None or most is None:
            continue
        if isinstance(now.value, int) and isinstance(most.value, int) and now.value < most.value:
            text = f"{device.key}: PCIe {now.value} of {most.value} while at work"
            return warning(
                "pcie_link_degraded",
                Link.SPEED,
                Evidence(now.source, text),
                confidence=Confidence.POSSIBLE,
                generation=str(now.value),
                generation_max=str(most.value),
            )
    return None


def _held_down(case: Case, code: str, wanted: set[str]) -> Finding | None:
    for device, reasons, source in _reasons(case):
        if found := sorted(reasons & wanted):
            told = Evidence(source, f"{device.key}: {', '.join(found)}")
            return warning(code, Link.SPEED, told, device=device.key, reasons=", ".join(found))
    return None


def _reasons(case: Case) -> list[tuple[Device, set[str], str]]:
    return [
        (device, set(str(fact.value).split(",")), fact.source)
        for device, fact in facts(case, "clocks_event_reasons")
    ]


def _watts(device: Device, name: str) -> float | None:
    fact = fact_of(device, name)
    return float(fact.value) if fact and isinstance(fact.value, (int, float)) else None


def _most_lanes(gpu: PciDevice) -> int | None:
    known = [width for width in (gpu.link_width_max, gpu.port_width_max) if width]
    return min(known, default=None)


RULES: tuple[Rule, ...] = (too_hot, slowed_by_hardware, short_of_power, link_narrow, link_slow)
