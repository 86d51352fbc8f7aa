"""A closer look counts, places and spells out errors."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from accelgui.agent.workloads.precision.bits import encoded, number
from accelgui.agent.workloads.precision.cases import Case
from accelgui.agent.workloads.precision.detail import heat, histogram, look_closer
from accelgui.agent.workloads.precision.formats import FORMATS
from accelgui.agent.workloads.precision.tiers import Evidence
from accelgui.model.precision import HISTOGRAM_EDGES_ULP, NOT_FINITE


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, -1.5, 0.1, 1e-310, 5e-324, math.inf, -1e308])
def test_that_codes_of_float64_are_those_of_the_machine(value: float) -> None:
    (code,) = struct.unpack("<Q", struct.pack("<d", value))
    assert encoded(value, FORMATS["float64"], 64) == code


@pytest.mark.parametrize("code", [0x0000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x7BFF, 0x7C00, 0xC123])
def test_that_codes_of_float16_are_those_of_the_machine(code: int) -> None:
    value = float(np.array([code], np.uint16).view(np.float16)[0])
    assert encoded(value, FORMATS["float16"], 16) == code


def test_that_codes_of_eight_bits_are_those_of_the_type() -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="comes with TensorFlow")
    for name in ("float8_e4m3fn", "float8_e5m2"):
        codes = np.arange(256, dtype=np.uint8)
        values = codes.view(getattr(ml_dtypes, name)).astype(float)
        finite = codes[np.isfinite(values)]
        assert [encoded(v, FORMATS[name], 8) for v in values[np.isfinite(values)]] == list(finite)


def test_that_a_number_is_told_in_three_ways() -> None:
    told = number("x", 1.5, "float32")
    assert (told.decimal, told.hex) == ("1.5", "0x3fc00000")
    assert told.bits == "0 01111111 10000000000000000000000"
    assert number("x", math.nan, "bfloat16").hex == "0x7fc0"
    assert number("x", 3.0, "int8").bits == ""


def test_that_errors_are_counted_by_size() -> None:
    counts = histogram(np.array([0.0, 0.5, 0.6, 3.0, 1e9, math.nan]))
    assert len(counts) == len(HISTOGRAM_EDGES_ULP) + 1
    assert sum(counts) == 6
    assert counts[0] == 1
    assert counts[HISTOGRAM_EDGES_ULP.index(0.5)] == 1
    assert counts[-1] == 2


def test_that_the_heat_map_keeps_the_largest_error_of_each_cell() -> None:
    errors = np.zeros((100, 200))
    errors[99, 199], errors[0, 0] = 7.0, math.inf
    cells = heat(errors)
    assert (len(cells), len(cells[0])) == (24, 32)
    assert (cells[-1][-1], cells[0][0]) == (7.0, NOT_FINITE)
    assert sum(x != 0 for row in cells for x in row) == 2


@pytest.mark.parametrize("shape", [(), (1,), (3,), (17,), (2, 3, 4), (1, 777)])
def test_that_any_shape_has_a_picture(shape: tuple[int, ...]) -> None:
    cells = heat(np.ones(shape))
    assert {x for row in cells for x in row} == {1.0}


def test_that_the_products_that_weigh_most_are_told() -> None:
    a, b = np.ones((2, 5)), np.ones((5, 3))
    a[1, 4] = 8.0
    case = Case("matmul", "float32", "bound", ((2, 5), (5, 3)))
    evidence = Evidence((a, b), a @ b + 0.5, a @ b, np.ones((2, 3)))
    detail = look_closer(case, evidence, (1, 2), "")
    assert [n.name for n in detail.inputs[:2]] == ["a[1, 4]", "b[4, 2]"]
    assert detail.result is not None
    assert detail.result.decimal == "12.5"
    assert detail.heat_shape == (2, 3)
