"""The fingerprint of a device's arithmetic, training drift and soaks, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.precision import dtype_name, operation_name, reason_text, row_title
from accelgui.words.translation import N_, _, n_
from accelgui.words.units import (
    bytes_text,
    celsius_text,
    count_text,
    hertz_text,
    number_text,
    seconds_text,
    watts_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.model.precision import Accumulator, Drift, Fingerprint, Spread
    from accelgui.model.precision_events import SoakProgress

_MODES = {
    "fp32": N_("float32 in full: about 7 decimal digits"),
    "tf32": N_("TF32, rounded: about 3 decimal digits"),
    "tf32_truncated": N_("TF32, cut off: about 3 decimal digits"),
    "bf16x1": N_("one pass in bfloat16: about 2 decimal digits"),
    "bf16x3": N_("three passes in bfloat16: about 5 decimal digits"),
    "other": N_("an arithmetic that is not known here"),
}

_ROUNDINGS = {
    "nearest": N_("rounded to nearest"),
    "truncated": N_("cut off"),
    "other": N_("rounded in another way"),
}

_ORDERS = {
    "sequential": N_("one after the other"),
    "blocks": N_("in blocks"),
    "pairwise": N_("in pairs"),
    "interleaved": N_("in several interleaved sums"),
    "other": N_("in an order of its own"),
}

_DRIFTS = {
    "float32": N_("The device trains in float32."),
    "tf32": N_("The device trains as far off as TF32 does."),
    "bfloat16": N_("The device trains as far off as bfloat16 does."),
    "trouble": N_("The device drifts further than any known arithmetic."),
}

_CONDITIONS: dict[str, tuple[str, Callable[[float], str]]] = {
    "temperature_celsius": (N_("Temperature"), celsius_text),
    "memory_temperature_celsius": (N_("Memory temperature"), celsius_text),
    "clock_sm_hz": (N_("Clock"), hertz_text),
    "clock_memory_hz": (N_("Memory clock"), hertz_text),
    "power_watts": (N_("Power"), watts_text),
}
# What is missed where it is not reported.
_EXPECTED = ("temperature_celsius", "clock_sm_hz")


def mode_text(mode: str | None) -> str:
    """Return what a float32 product is made of."""
    return _(_MODES.get(mode, mode)) if mode else _("not found out")


def likeness(fingerprint: Fingerprint) -> str:
    """Say which known hardware the device adds like."""
    if not fingerprint.accumulators:
        return _("Nothing is known yet of how it adds.")
    names = joining.listed(_known_name(name) for name in fingerprint.behaves_like)
    if names:
        return _("Adds like {names}.").format(names=names)
    return _("Adds like none of the known devices. That is no fault.")


def _known_name(name: str) -> str:
    return _("plain fused multiply-add") if name == "fused multiply-add" else name


def fingerprint_facts(fingerprint: Fingerprint) -> list[tuple[str, str]]:
    """Return what is known, a name and a value at a time."""
    facts = [(_("float32 products"), mode_text(fingerprint.math_mode))]
    if fingerprint.default_mode not in {None, fingerprint.math_mode}:
        facts.append((_("As the framework starts"), mode_text(fingerprint.default_mode)))
    facts += [
        (_("Sums in {dtype}").format(dtype=dtype_name(found.dtype)), accumulator_text(found))
        for found in fingerprint.accumulators
    ]
    if fingerprint.subnormals_kept:
        facts.append((_("Numbers below the smallest normal one"), _subnormals(fingerprint)))
    if fingerprint.is_repeatable:
        facts.append((_("Same bits each time"), _repeatable(fingerprint)))
    if fingerprint.is_batch_invariant is not None:
        text = _("yes") if fingerprint.is_batch_invariant else _("no: rows depend on the batch")
        facts.append((_("Same bits in any batch"), text))
    if fingerprint.deterministic_cost:
        facts.append((_("Deterministic mode costs"), _costs(fingerprint)))
    return facts


def accumulator_text(found: Accumulator) -> str:
    """Say how products are added in one dtype."""
    parts = []
    if found.order:
        order = _(_ORDERS.get(found.order, found.order))
        if found.block:
            order = n_("in blocks of {count}", "in blocks of {count}", found.block).format(
                count=found.block
            )
        parts.append(order)
    if found.kept_bits is not None:
        parts.append(
            n_("{count} bits kept", "{count} bits kept", found.kept_bits).format(
                count=found.kept_bits
            )
        )
    if found.rounding:
        parts.append(_(_ROUNDINGS.get(found.rounding, found.rounding)))
    return joining.clauses(parts) or _("not found out")


def _subnormals(fingerprint: Fingerprint) -> str:
    kept = [dtype_name(d) for d, is_kept in fingerprint.subnormals_kept.items() if is_kept]
    lost = [dtype_name(d) for d, is_kept in fingerprint.subnormals_kept.items() if not is_kept]
    parts = []
    if kept:
        parts.append(_("kept in {dtypes}").format(dtypes=joining.listed(kept)))
    if lost:
        parts.append(_("become 0 in {dtypes}").format(dtypes=joining.listed(lost)))
    return joining.sections(parts)


def _repeatable(fingerprint: Fingerprint) -> str:
    changing = [operation_name(o) for o, is_so in fingerprint.is_repeatable.items() if not is_so]
    if not changing:
        return _("yes")
    return _("not: {operations}").format(operations=joining.listed(changing))


def _costs(fingerprint: Fingerprint) -> str:
    return joining.listed(
        _("{operation} {factor} times").format(
            operation=operation_name(name), factor=number_text(factor, 2)
        )
        for name, factor in fingerprint.deterministic_cost.items()
    )


def known_table(fingerprint: Fingerprint) -> list[tuple[str, ...]]:
    """Return the published values of known devices, headings first."""
    rows: list[tuple[str, ...]] = [(_("Known device"), _("Bits kept"), _("Block"), _("Rounding"))]
    rows += [
        (
            _known_name(known.name) + (" ✓" if known.is_alike else ""),
            "–" if known.kept_bits is None else str(known.kept_bits),
            "–" if known.block is None else str(known.block),
            _(_ROUNDINGS.get(known.rounding, known.rounding)),
        )
        for known in fingerprint.known
    ]
    return rows if fingerprint.known else []


def first_mismatch(soak: SoakProgress) -> str:
    """Say when something went wrong for the first time; empty where nothing did."""
    if soak.first_mismatch is None or soak.first_mismatch_s is None:
        return ""
    return _("First mismatch after {time}: {what}. {reason}").format(
        time=seconds_text(soak.first_mismatch_s),
        what=row_title(soak.first_mismatch),
        reason=reason_text(soak.first_mismatch) or "",
    )


def drift_text(drift: Drift) -> str:
    """Say how far training drifted, and what that means."""
    text = _(_DRIFTS.get(drift.named, drift.named))
    if drift.ratio is None:
        return text
    return _(
        "{verdict} After 300 steps it is {ratio} times as far from float64 as the CPU."
    ).format(verdict=text, ratio=number_text(drift.ratio, 2))


def soak_text(soak: SoakProgress) -> str:
    """Say how a soak stands."""
    parts = [
        _("{elapsed} of {duration}").format(
            elapsed=seconds_text(soak.elapsed_s), duration=seconds_text(soak.duration_s)
        ),
        _("{count} numbers compared").format(count=count_text(soak.elements)),
        n_("{count} mismatch", "{count} mismatches", soak.mismatches).format(
            count=count_text(soak.mismatches)
        ),
    ]
    if soak.memory_bytes:
        parts.append(
            n_(
                "{size} of memory, {count} changed word",
                "{size} of memory, {count} changed words",
                soak.memory_errors,
            ).format(size=bytes_text(soak.memory_bytes), count=count_text(soak.memory_errors))
        )
    return " · ".join(parts)


def soak_verdict(soak: SoakProgress) -> str:
    """Say what a soak found."""
    if soak.mismatches or soak.memory_errors:
        return _("The device made errors: {facts}.").format(facts=soak_text(soak))
    return _("No error: {facts}. Longer soaks find rarer faults.").format(facts=soak_text(soak))


def soak_conditions(soak: SoakProgress) -> list[tuple[str, str]]:
    """Return what the device said of itself during a soak, a name and its range at a time."""
    if not soak.conditions:
        return []
    return [
        (_(name), _spread_text(soak.conditions.get(code), unit))
        for code, (name, unit) in _CONDITIONS.items()
        if code in _EXPECTED or soak.conditions.get(code) is not None
    ]


def _spread_text(spread: Spread | None, unit: Callable[[float], str]) -> str:
    if spread is None:
        return _("not reported")
    return _("{minimum} to {maximum}, {mean} on average").format(
        minimum=unit(spread.minimum), maximum=unit(spread.maximum), mean=unit(spread.mean)
    )
