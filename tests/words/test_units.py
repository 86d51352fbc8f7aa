"""Numbers come with a unit and with sensible digits."""

from __future__ import annotations

import pytest

from accelgui.words import units


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 B"),
        (1000, "1,000 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (12_884_901_888, "12.0 GiB"),
        (150_754_820_096, "140.4 GiB"),
        ((1 << 30) - 1, "1.0 GiB"),
    ],
)
def test_that_bytes_come_in_binary_units(value: float, expected: str) -> None:
    assert units.bytes_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (0.21, "0.210"),
        (0.97345, "0.973"),
        (1.5, "1.50"),
        (24_123.7, "24,100"),
        (101_770, "101,770"),
        (0.00012, "1.20e-4"),
        (3e17, "3.00e17"),
        (-2.5, "-2.50"),
        (float("nan"), "not a number"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_that_numbers_keep_three_digits(value: float, expected: str) -> None:
    assert units.number_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0346, "35 ms"),
        (1.24, "1.2 s"),
        (59.94, "59.9 s"),
        (59.97, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3599.7, "1 h 00 min"),
        (11_220, "3 h 07 min"),
    ],
)
def test_that_durations_come_in_two_units_at_most(value: float, expected: str) -> None:
    assert units.seconds_text(value) == expected


def test_that_each_quantity_has_its_unit() -> None:
    assert units.percent_text(97.0) == "97 %"
    assert units.percent_text(4.2) == "4.2 %"
    assert units.share_text(0.931) == "93.1 %"
    assert units.watts_text(688.4) == "688 W"
    assert units.watts_text(7.35) == "7.3 W"
    assert units.celsius_text(41.0) == "41 °C"
    assert units.hertz_text(1.98e9) == "1,980 MHz"
    assert units.rate_text(24_100) == "24,100 samples/s"
    assert units.byte_rate_text(3.2 * (1 << 30)) == "3.2 GiB/s"


@pytest.mark.parametrize(
    "text",
    [
        units.bytes_text,
        units.number_text,
        units.seconds_text,
        units.percent_text,
        units.share_text,
        units.watts_text,
        units.celsius_text,
        units.hertz_text,
        units.rate_text,
        units.count_text,
    ],
)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 0.0, 1e300, -1.0])
def test_that_no_number_is_too_strange_to_be_written(text: object, value: float) -> None:
    assert callable(text)
    assert text(value)
