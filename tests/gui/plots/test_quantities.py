from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.gui.plots import quantities

if TYPE_CHECKING:
    from accelgui.gui.plots.quantities import Quantity

ALL = (
    quantities.LOSS,
    quantities.SHARE,
    quantities.RATE,
    quantities.PERCENT,
    quantities.MEMORY,
    quantities.TEMPERATURE,
    quantities.POWER,
    quantities.ENERGY,
)


@pytest.mark.parametrize(
    ("quantity", "value", "text"),
    [
        (quantities.MEMORY, 2 * 1024**3, "2 GiB"),
        (quantities.MEMORY, 500 * 1024**2, "500 MiB"),
        (quantities.SHARE, 0.95, "95 %"),
        (quantities.RATE, 20_000, "20k"),
        (quantities.RATE, 2_500_000, "2.5M"),
        (quantities.POWER, 250, "250 W"),
        (quantities.ENERGY, 0.5, "0.5 Wh"),
        (quantities.ENERGY, 12_500, "12.5 kWh"),
        (quantities.TEMPERATURE, 45, "45 °C"),
        (quantities.LOSS, 0.0, "0"),
        (quantities.LOSS, 2e-6, "2e-6"),
    ],
)
def test_that_ticks_carry_their_unit(quantity: Quantity, value: float, text: str) -> None:
    assert quantity.tick(value) == text


@given(st.sampled_from(ALL), st.floats(0, 1e15))
def test_that_every_value_can_be_written(quantity: Quantity, value: float) -> None:
    assert quantity.tick(value)
    assert quantity.text(value)
