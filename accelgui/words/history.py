"""Entries of the history in words."""

from __future__ import annotations

import time

from accelgui.words.translation import N_, _
from accelgui.words.units import number_text, rate_text, seconds_text, share_text

_KINDS = {
    "check": N_("Check"),
    "precision": N_("Precision"),
    "training": N_("Training"),
}

_STATES = {
    "": N_("under way"),
    "finished": N_("finished"),
    "stopped": N_("stopped"),
    "failed": N_("failed"),
    "killed": N_("killed"),
    "not_started": N_("not started"),
    "no_answer": N_("no answer"),
    "cut_off": N_("cut off"),
}

_VERDICTS = {
    "accelerated": N_("accelerated"),
    "degraded": N_("accelerated, with warnings"),
    "not_accelerated": N_("not accelerated"),
    "no_accelerator": N_("no accelerator"),
}

_FACTS = {
    "verdict": N_("Verdict"),
    "findings": N_("Findings"),
    "host": N_("Host"),
    "kernel": N_("Kernel"),
    "driver": N_("NVIDIA driver"),
    "devices": N_("Devices"),
    "python": N_("Python"),
    "framework": N_("Framework"),
    "model": N_("Network"),
    "device": N_("Device"),
    "device_name": N_("Device name"),
    "precision": N_("Precision"),
    "batch_size": N_("Batch size"),
    "epochs": N_("Epochs"),
    "seed": N_("Seed"),
    "level": N_("Level"),
    "loss": N_("Loss"),
    "accuracy": N_("Accuracy"),
    "validation_accuracy": N_("Validation accuracy"),
    "samples_per_second": N_("Samples per second"),
    "elapsed_s": N_("Time"),
    "rows_passed": N_("Checks passed"),
    "rows_lower": N_("With fewer bits"),
    "rows_failed": N_("Checks failed"),
}

NOTHING = "–"


def entry_kind(kind: str) -> str:
    """Return what was done."""
    return _(_KINDS[kind]) if kind in _KINDS else kind


def entry_status(status: str) -> str:
    """Return how it ended."""
    return _(_STATES[status]) if status in _STATES else status


def moment(wall_s: float) -> str:
    """Return date and time of day."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(wall_s))


def fact_title(name: str) -> str:
    """Return what a fact is of; an unknown one is made readable."""
    return _(_FACTS[name]) if name in _FACTS else name.replace("_", " ").capitalize()


def fact_text(name: str, value: object) -> str:
    """Return a fact's value with its unit."""
    if value is None or value == "":
        return NOTHING
    if name == "verdict":
        return _(_VERDICTS.get(str(value), str(value)))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if name.endswith("accuracy"):
            return share_text(value)
        if name == "samples_per_second":
            return rate_text(value)
        return seconds_text(value) if name.endswith("_s") else number_text(value)
    return str(value)


def result(kind: str, facts: dict[str, str | int | float | bool | None]) -> str:
    """Return what came of it, in a few words."""
    if kind == "check":
        return fact_text("verdict", facts.get("verdict"))
    if kind == "training":
        names = ("validation_accuracy", "samples_per_second")
        return ", ".join(fact_text(n, facts[n]) for n in names if facts.get(n) is not None)
    if facts.get("rows_passed") is None:
        return ""
    text = _("{passed} passed, {failed} failed")
    return text.format(passed=facts["rows_passed"], failed=facts.get("rows_failed", 0))
