"""Entries of the history in words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.alerts import alert_name, device_name, short
from accelgui.words.findings import title
from accelgui.words.frameworks import framework_name
from accelgui.words.ladder import rung_name
from accelgui.words.precision import dtype_name
from accelgui.words.training import model_name, precision_name
from accelgui.words.translation import N_, _, n_
from accelgui.words.units import (
    bytes_text,
    celsius_text,
    number_text,
    percent_text,
    rate_text,
    seconds_text,
    share_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_KINDS = {
    "check": N_("Check"),
    "precision": N_("Precision"),
    "training": N_("Training"),
    "ladder": N_("Ladder"),
    "batch_search": N_("Largest batch"),
    "benchmark": N_("Benchmark"),
    "alert": N_("Alert"),
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
    "alerts": N_("Alerts meanwhile"),
    "alert": N_("Alert"),
    "nvml_error": N_("NVML error"),
    "mismatches": N_("Wrong results"),
    "elements": N_("Results compared"),
    "best_rung": N_("Fastest with"),
    "largest_batch": N_("Largest batch"),
    "data_path": N_("Data"),
    "execution": N_("Execution"),
    "feeding": N_("Feeding"),
    "tf32": N_("TF32"),
}

_ROW_VERDICTS = {
    "passed": N_("passed"),
    "lower": N_("fewer bits"),
    "failed": N_("failed"),
}

# How precise a dtype was found to be.
_ARITHMETIC = {
    "right": N_("full precision"),
    "float32": N_("float32 precision"),
    "tf32": N_("TF32 inputs"),
    "bfloat16": N_("bfloat16 inputs"),
    "cut_off": N_("digits cut off"),
    "lower": N_("fewer digits"),
    "failed": N_("wrong results"),
}

NOTHING = "–"

# Facts with these before their names are of a dtype, and of a rung of the ladder.
_DTYPE, _RUNG = "arithmetic_", "rung_"
# Facts with these are of an alert; a unit follows.
_WORST, _THRESHOLD = "worst_", "threshold_"

_UNITS: dict[str, Callable[[float], str]] = {
    "_celsius": celsius_text,
    "_percent": percent_text,
    "_bytes": bytes_text,
    "_s": seconds_text,
}

Facts = dict[str, str | int | float | bool | None]


def entry_kind(kind: str) -> str:
    """Return what was done."""
    return _(_KINDS[kind]) if kind in _KINDS else kind


def entry_status(status: str) -> str:
    """Return how it ended."""
    return _(_STATES[status]) if status in _STATES else status


def moment(wall_s: float) -> str:
    """Return date and time of day."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(wall_s))


def moments(walls_s: Sequence[float]) -> list[str]:
    """Return several moments short enough to stand side by side, and such that they differ."""
    days = {time.strftime("%Y-%m-%d", time.localtime(wall_s)) for wall_s in walls_s}
    if len(walls_s) > 1 and len(days) == 1:
        return [time.strftime("%H:%M:%S", time.localtime(wall_s)) for wall_s in walls_s]
    return [moment(wall_s) for wall_s in walls_s]


def fact_title(name: str) -> str:
    """Return what a fact is of; an unknown one is made readable."""
    if name.startswith(_DTYPE):
        return _("{dtype} computed with").format(dtype=dtype_name(name.removeprefix(_DTYPE)))
    if name.startswith(_RUNG):
        return rung_name(name.removeprefix(_RUNG))
    if name.startswith(_WORST):
        return _("Worst value")
    if name.startswith(_THRESHOLD):
        return _("Threshold")
    return _(_FACTS[name]) if name in _FACTS else name.replace("_", " ").capitalize()


def fact_text(name: str, value: object) -> str:
    """Return a fact's value with its unit."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (int, float)):
        return _number_text(name, value)
    if name.startswith(_DTYPE):
        return _(_ARITHMETIC.get(str(value), str(value)))
    return _words(name, str(value))


def _number_text(name: str, value: float) -> str:
    if name.endswith("accuracy"):
        return share_text(value)
    if name == "samples_per_second" or name.startswith(_RUNG):
        return rate_text(value)
    for unit, text in _UNITS.items():
        if name.endswith(unit):
            return text(value)
    return number_text(value)


def _words(name: str, value: str) -> str:
    known: dict[str, Callable[[str], str]] = {
        "verdict": lambda code: _(_VERDICTS.get(code, code)),
        "findings": lambda codes: joining.sections(map(title, codes.split(", "))),
        "framework": _framework,
        "best_rung": rung_name,
        "device": device_name,
        "model": model_name,
        "precision": precision_name,
        "alert": alert_name,
        "alerts": _alerts,
    }
    return known[name](value) if name in known else value


def _framework(value: str) -> str:
    code, _space, version = value.partition(" ")
    return framework_name(code, version)


def _alerts(value: str) -> str:
    pairs = (part.split(" ", 1) for part in value.split(", ") if " " in part)
    return joining.clauses(short(code, device) for code, device in pairs)


def alert_sentence(facts: Facts) -> str:
    """Say what an alert was, and how bad it became."""
    what = short(str(facts.get("alert", "")), str(facts.get("device", "")))
    worst = next((name for name in facts if name.startswith(_WORST)), None)
    # A stall is nothing at all, for as long as it is.
    if worst is None or not facts[worst]:
        return what
    return _("{what}: {value}").format(what=what, value=fact_text(worst, facts[worst]))


def from_history(name: str, begun_s: float) -> str:
    """Say that what is shown is of another time."""
    when = moment(begun_s)
    if name:
        return _("From the history: {name}, {moment}.").format(name=name, moment=when)
    return _("From the history: {moment}.").format(moment=when)


def result(kind: str, facts: Facts) -> str:
    """Return what came of it, in a few words."""
    told: dict[str, Callable[[Facts], str]] = {
        "check": lambda facts: fact_text("verdict", facts.get("verdict")),
        "precision": _rows_result,
        "training": _training_result,
        "ladder": _ladder_result,
        "batch_search": lambda facts: fact_text("largest_batch", facts.get("largest_batch")),
        "alert": alert_sentence,
    }
    return told[kind](facts) if kind in told else ""


def _training_result(facts: Facts) -> str:
    names = ("validation_accuracy", "samples_per_second")
    return joining.clauses(fact_text(n, facts[n]) for n in names if facts.get(n) is not None)


def _ladder_result(facts: Facts) -> str:
    if not facts.get("best_rung"):
        return ""
    best = fact_text("best_rung", facts["best_rung"])
    rate = fact_text("samples_per_second", facts.get("samples_per_second"))
    return _("{rung}, {rate}").format(rung=best, rate=rate)


def _rows_result(facts: Facts) -> str:
    mismatches = facts.get("mismatches")
    if isinstance(mismatches, int):
        text = n_("{count} wrong result in {time}", "{count} wrong results in {time}", mismatches)
        time_text = fact_text("elapsed_s", facts.get("elapsed_s"))
        return text.format(count=mismatches, time=time_text)
    if facts.get("rows_passed") is None:
        return ""
    text = _("{passed} passed, {failed} failed")
    return text.format(passed=facts["rows_passed"], failed=facts.get("rows_failed", 0))


def row_text(verdict: str, ratio: float | None) -> str:
    """Return how a row of a precision check ended, with its largest error ÷ bound."""
    name = _(_ROW_VERDICTS[verdict]) if verdict in _ROW_VERDICTS else verdict
    if ratio is None:
        return name
    return _("{verdict}, {ratio} of its bound").format(verdict=name, ratio=number_text(ratio, 2))


def tidied_text(too_old: int, too_much: int, days: str, limit_bytes: int | None) -> str:
    """Say what was removed, "" for nothing."""
    parts = []
    if too_old:
        text = n_(
            "{count} entry older than {days} days was removed.",
            "{count} entries older than {days} days were removed.",
            too_old,
        )
        parts.append(text.format(count=too_old, days=days))
    if too_much and limit_bytes is not None:
        text = n_(
            "The oldest entry was removed to stay below {limit}.",
            "The {count} oldest entries were removed to stay below {limit}.",
            too_much,
        )
        parts.append(text.format(count=too_much, limit=megabytes_text(limit_bytes)))
    return joining.sentences(parts)


def too_large_text(left_bytes: int, limit_bytes: int) -> str:
    """Say that what a person wants to keep is more than the limit."""
    text = _(
        "The history has {size}, more than its limit of {limit}: all that is left has a name, tag"
        " or note, and is not removed by itself."
    )
    return text.format(size=megabytes_text(left_bytes), limit=megabytes_text(limit_bytes))


def megabytes_text(value: float) -> str:
    """Return bytes as the settings have them, in powers of ten."""
    return _("{value} MB").format(value=f"{value / 1e6:,.0f}")
