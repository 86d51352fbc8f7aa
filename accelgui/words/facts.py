"""The facts of devices in words: names by code, values by the unit in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.device import FactGroup
from accelgui.words import units
from accelgui.words.fact_names import NAMES
from accelgui.words.translation import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.model.device import DeviceFact

_GROUPS = {
    FactGroup.IDENTITY: N_("Identity"),
    FactGroup.COMPUTE: N_("Compute"),
    FactGroup.MEMORY: N_("Memory"),
    FactGroup.CLOCKS: N_("Clocks"),
    FactGroup.POWER: N_("Power and temperature"),
    FactGroup.LINK: N_("Connection"),
    FactGroup.HEALTH: N_("Health"),
    FactGroup.SOFTWARE: N_("Software"),
}

# Longest first: "_bytes_per_second" before "_second" would match.
_SUFFIXES: tuple[tuple[str, Callable[[float], str]], ...] = (
    ("_bytes_per_second", units.byte_rate_text),
    ("_samples_per_second", units.rate_text),
    ("_bytes", units.bytes_text),
    ("_watts", units.watts_text),
    ("_hz", units.hertz_text),
    ("_celsius", units.celsius_text),
    ("_percent", units.percent_text),
    ("_count", units.count_text),
    ("_gts", lambda value: _("{value} GT/s").format(value=units.number_text(value))),
    ("_joules", lambda value: _("{value} J").format(value=units.number_text(value))),
    ("_bits", lambda value: _("{value} bit").format(value=units.count_text(value))),
    ("_s", units.seconds_text),
)

_WORDS_KEPT_UPPER = {
    "cpu", "gpu", "tpu", "pci", "pcie", "ecc", "sm", "id", "uuid", "vbios", "mig", "numa", "nvlink",
    "cuda", "hbm", "l1", "l2", "l3", "l1d", "l1i", "os", "bar1",
}  # fmt: skip


def group_name(group: FactGroup) -> str:
    """Return the heading under which facts stand."""
    return _(_GROUPS[group])


def fact_name(name: str) -> str:
    """Return the words of a fact's code; an unknown code is made readable."""
    known = NAMES.get(name)
    return _(known) if known else _readable(name)


def fact_value(fact: DeviceFact) -> str:
    """Return a fact's value with its unit, which the end of its code names."""
    value = fact.value
    if value is None:
        return _(units.NOT_REPORTED)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value
    for suffix, text in _SUFFIXES:
        if fact.name.endswith(suffix):
            return text(value)
    return str(value) if isinstance(value, int) else units.number_text(value, 4)


def _readable(name: str) -> str:
    for suffix, _text in _SUFFIXES:
        name = name.removesuffix(suffix)
    words = [word.upper() if word in _WORDS_KEPT_UPPER else word for word in name.split("_")]
    text = " ".join(word for word in words if word)
    return text[:1].upper() + text[1:]
