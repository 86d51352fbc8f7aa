"""Facts get names from their codes and units from the ends of their codes."""

from __future__ import annotations

import pytest

from accelgui.model.device import DeviceFact, FactGroup
from accelgui.words.facts import fact_name, fact_value, group_name
from accelgui.words.units import NOT_REPORTED


def value_of(name: str, value: bool | float | str | None) -> str:
    return fact_value(DeviceFact(FactGroup.IDENTITY, name, value, "test"))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("memory_total_bytes", 12_884_901_888, "12.0 GiB"),
        ("power_limit_watts", 700.0, "700 W"),
        ("clock_sm_max_hz", 1.98e9, "1,980 MHz"),
        ("temperature_celsius", 41, "41 °C"),
        ("fan_speed_percent", 30, "30 %"),
        ("cores_physical_count", 6144, "6,144"),
        ("link_speed_gts", 32.0, "32 GT/s"),
        ("memory_bus_width_bits", 5120, "5,120 bit"),
        ("ecc_enabled", True, "yes"),
        ("ecc_enabled", False, "no"),
        ("driver_version", "580.65.06", "580.65.06"),
        ("holder_pid", 12345, "12345"),
    ],
)
def test_that_the_end_of_the_code_gives_the_unit(
    name: str, value: bool | float | str, expected: str
) -> None:
    assert value_of(name, value) == expected


def test_that_what_is_not_reported_is_never_zero() -> None:
    assert value_of("power_watts", None) == NOT_REPORTED
    assert value_of("power_watts", 0.0) == "0.0 W"


def test_that_an_unknown_code_is_made_readable() -> None:
    assert fact_name("memory_total_bytes") == "Memory"
    assert fact_name("pcie_frobs_count") == "PCIE frobs"
    assert fact_name("") == ""


def test_that_every_group_has_a_heading() -> None:
    assert len({group_name(group) for group in FactGroup}) == len(FactGroup)
