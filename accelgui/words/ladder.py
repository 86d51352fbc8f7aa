"""The acceleration ladder in words: its rungs, why one cannot be climbed, what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.events import DISTURBING_CORES
from accelgui.words import joining, strategies
from accelgui.words.devices import key_name
from accelgui.words.translation import N_, _, n_
from accelgui.words.units import count_text, number_text, rate_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.model.events import LadderRung, LadderStarted

RUNGS = {
    "cpu_eager": N_("CPU, eager"),
    "device_eager": N_("Device, eager"),
    "graph": N_("Graph"),
    "xla": N_("XLA"),
    "tf32": N_("TF32"),
    "mixed_float16": N_("Mixed float16"),
    "mixed_bfloat16": N_("Mixed bfloat16"),
    "larger_batch": N_("Larger batch"),
    "all_devices": N_("All devices"),
}

_REASONS = {
    "no_tf32": N_("This device does not multiply in TF32 (NVIDIA Ampere and later do)."),
    "no_such_dtype": N_("This device does not compute in this format."),
    "pytorch_has_no_xla": N_("PyTorch compiles with XLA only through PyTorch/XLA."),
    "jax_compiles_with_xla_only": N_("The only compiler of JAX is XLA: the next rung."),
    "not_finite": N_("The loss was no number any more."),
    "gpu_out_of_memory": N_("The device has no memory left for it."),
}


def rung_name(code: str) -> str:
    """Return the words for a rung; an unknown code is returned as it is."""
    return _(RUNGS[code]) if code in RUNGS else code


def reason(rung: LadderRung) -> str:
    """Say why a rung could not be climbed, in the framework's words where only it knows."""
    if rung.reason in _REASONS:
        return _(_REASONS[rung.reason])
    if rung.reason is not None and strategies.is_known(rung.reason):
        return strategies.lack(rung.reason)
    return rung.message or _("It failed.")


def times(rung: LadderRung, first: LadderRung | None) -> float | None:
    """Return how many times as fast as the first rung this one is, None where unknown."""
    if first is None or not first.samples_per_second or rung.samples_per_second is None:
        return None
    return rung.samples_per_second / first.samples_per_second


def times_text(value: float) -> str:
    """Return a factor: × 1.30, × 12.4."""
    return _("× {value}").format(value=number_text(value))


def spread_text(rung: LadderRung) -> str:
    """Return the quartiles of a measured rung."""
    if rung.low is None or rung.high is None:
        return ""
    return _("{low} to {high}").format(low=rate_text(rung.low), high=rate_text(rung.high))


def is_disturbed(rung: LadderRung) -> bool:
    """Whether other programs took so much of the CPU that the rate says little."""
    return (rung.others_cores or 0) > DISTURBING_CORES


def threads_text(started: LadderStarted) -> str:
    """Say how many threads were taken where other programs are at work, "" where none are."""
    count = started.threads_count
    if count is None:
        return ""
    text = n_(
        "{count} thread, because other programs keep cores busy",
        "{count} threads, because other programs keep cores busy",
        count,
    )
    return text.format(count=count_text(count))


def remark(rung: LadderRung, first: LadderRung | None) -> str:
    """Say what else is to know of a measured rung: batch, loss, energy, whether it pays."""
    parts = []
    if rung.replicas_count > 1:
        devices = n_("{count} device", "{count} devices", rung.replicas_count)
        parts.append(devices.format(count=count_text(rung.replicas_count)))
    if first is not None and rung.batch_size != first.batch_size:
        parts.append(_("batch {size}").format(size=count_text(rung.batch_size)))
    if rung.loss_unchanged is True and rung is not first:
        parts.append(_("loss unchanged"))
    elif rung.loss_unchanged is False and rung.loss is not None and first and first.loss:
        parts.append(
            _("loss {loss} instead of {first}").format(
                loss=number_text(rung.loss), first=number_text(first.loss)
            )
        )
    if rung.joules_per_1000_samples is not None:
        energy = number_text(rung.joules_per_1000_samples)
        parts.append(_("{energy} J for 1,000 samples").format(energy=energy))
    if is_disturbed(rung):
        parts.append(
            _("disturbed: other programs kept {cores} cores busy").format(
                cores=number_text(rung.others_cores or 0, 2)
            )
        )
    if not rung.is_kept and is_disturbed(rung):
        parts.append(_("not to be judged so: the next rungs do without"))
    elif not rung.is_kept:
        parts.append(_("does not pay here: the next rungs do without"))
    return " · ".join(parts)


def ending(rungs: Sequence[LadderRung]) -> str:
    """Say what the ladder came to, and whether that can be relied upon."""
    text = _came_to(rungs)
    count = sum(map(is_disturbed, rungs))
    if not count:
        return text
    warning = n_(
        "Other programs disturbed {count} rung: measure again when the machine is quiet.",
        "Other programs disturbed {count} rungs: measure again when the machine is quiet.",
        count,
    )
    return joining.sentences((text, warning.format(count=count_text(count))))


def _came_to(rungs: Sequence[LadderRung]) -> str:
    measured = [rung for rung in rungs if rung.samples_per_second is not None]
    if not measured:
        return _("No rung could be measured.")
    first, best = measured[0], max(measured, key=lambda rung: rung.samples_per_second or 0.0)
    if best is first:
        return _("Nothing is faster here than {rung}: {rate}.").format(
            rung=rung_name(first.rung), rate=rate_text(first.samples_per_second or 0.0)
        )
    kept = [rung_name(rung.rung) for rung in measured[1:] if rung.is_kept]
    return _("{rate} on {device} with {techniques}: {factor} × as fast as {first}.").format(
        rate=rate_text(best.samples_per_second or 0.0),
        device=key_name(best.device),
        techniques=joining.listed(kept),
        factor=number_text(times(best, first) or 1.0),
        first=rung_name(first.rung),
    )
