"""Numbers as people compare them: decimal, hexadecimal, bit by bit."""

from __future__ import annotations

import math

from accelgui.agent.workloads.precision.formats import FORMATS, Format, operand_format
from accelgui.model.precision import Number

_WIDTHS = {
    "float64": 64,
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "float8_e4m3fn": 8,
    "float8_e5m2": 8,
}


def number(name: str, value: float, dtype: str) -> Number:
    """Return a value that `dtype` holds in three ways; integers in decimal only."""
    if dtype not in FORMATS:
        return Number(name, f"{value:g}")
    form = operand_format(dtype)
    width = _WIDTHS[form.name]
    code = encoded(value, form, width)
    digits = f"{code:0{width}b}"
    exponent = width - form.bits
    groups = (digits[0], digits[1 : 1 + exponent], digits[1 + exponent :])
    # As many digits as it takes to tell neighbours apart.
    decimal = f"{value:.{math.ceil(form.bits * math.log10(2)) + 1}g}"
    return Number(name, decimal, f"0x{code:0{width // 4}x}", " ".join(groups))


def encoded(value: float, form: Format, width: int) -> int:
    """Return the code of a value in an IEEE 754 binary format; NaN as the usual quiet one."""
    exponent_bits = width - form.bits
    fraction_bits = form.bits - 1
    top = (1 << exponent_bits) - 1
    sign = int(math.copysign(1.0, value) < 0) << (width - 1)
    if math.isnan(value):
        all_ones = form.name == "float8_e4m3fn"
        fraction = (1 << fraction_bits) - 1 if all_ones else 1 << (fraction_bits - 1)
        return (top << fraction_bits) | fraction
    if math.isinf(value):
        return sign | (top << fraction_bits)
    if value == 0:
        return sign
    _, exponent = math.frexp(abs(value))
    exponent = max(exponent - 1, form.emin)
    fraction = round(math.ldexp(abs(value), fraction_bits - exponent))
    if fraction < 1 << fraction_bits:
        return sign | fraction
    return sign | ((exponent - form.emin + 1) << fraction_bits) + (fraction - (1 << fraction_bits))
