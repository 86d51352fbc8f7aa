"""How each tier judges a case."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, Optional

import numpy as np

from accelgui.agent.backends.base import Backend
from accelgui.agent.workloads.precision.cases import Case
from accelgui.agent.workloads.precision.formats import FORMATS, Array
from accelgui.agent.workloads.precision.inputs import rounded
from accelgui.agent.workloads.precision.judge import (
    Judgement,
    judge_bound,
    judge_exact,
    judge_repeats,
    judge_special,
    worst,
)
from accelgui.agent.workloads.precision.modes import is_cut_off, narrower_mode
from accelgui.agent.workloads.precision.projection import judge_projection, small_integers
from accelgui.agent.workloads.precision.randomness import judge_statistics
from accelgui.agent.workloads.precision.references import (
    exact_reference,
    followed,
    followed_gradients,
    wide,
)
from accelgui.agent.workloads.precision.running_error import rounding
from accelgui.agent.workloads.precision.special import (
    is_subnormal,
    library_answer,
    may_flush,
    special,
)
from accelgui.agent.workloads.precision.stopwatch import Stopwatch
from accelgui.model.precision_events import RowVerdict
from accelgui.model.snapshot import FrameworkDevice

_REPEATS = 10


@dataclass(frozen=True)
class Evidence:
    """What was compared, for a closer look: operands, result, reference, allowed errors."""

    operands: tuple[Array, ...]
    result: Array
    expected: Array
    allowed: Optional[Array] = None
    # Which gradient it is, where it is one.
    part: Optional[int] = None


@dataclass(frozen=True)
class Trial:
    """One case on one device with one seed."""

    backend: Backend
    device: FrameworkDevice
    case: Case
    seed: int
    # Runs while right results are worked out.
    watch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def kind(self) -> str:
        """Return cpu, gpu or tpu."""
        return self.device.key.partition(":")[0]

    def run(self, operands: tuple[Array, ...], entry: Optional[str] = None) -> Array:
        """Have the device do the operation."""
        case = self.case
        result = self.backend.run(
            case.operation, case.dtype, self.device, *operands, stride=case.stride, entry=entry
        )
        return np.asarray(result)


Outcome = tuple[Judgement, Optional[Evidence]]


def judge(trial: Trial) -> Outcome:
    """Judge one case; what the framework raises goes through."""
    return _TIERS[trial.case.tier](trial)


def _exact(trial: Trial) -> Outcome:
    case = trial.case
    if case.operation == "cast":
        return _cast(trial)
    operands = case.operands(trial.seed)
    with trial.watch:
        expected = exact_reference(case.operation, operands, case.stride)
    result = trial.run(operands)
    return judge_exact(result, expected), Evidence(operands, result, expected)


def _cast(trial: Trial) -> Outcome:
    form = FORMATS.get(trial.case.dtype, None)
    if form is None:
        raise ValueError(f"no format {trial.case.dtype}")
    rng = trial.case.rng(trial.seed)
    (shape,) = trial.case.shapes
    size = 2.0 ** rng.uniform(form.emin, np.log2(form.largest) - 0.01, shape)
    # Every third one lies halfway between two numbers, where even ones win.
    halves = form.round(size) + 0.5 * form.ulp(form.round(size))
    values = np.where(rng.random(shape) < 1 / 3, halves, size)
    values = np.minimum(values, form.largest) * rng.choice((-1.0, 1.0), shape)
    operands = rounded([values], "float32")
    result = trial.run(operands)
    expected = form.round(operands[0])
    return judge_exact(result, expected), Evidence(operands, result, expected)


def _repeat(trial: Trial) -> Outcome:
    operands = trial.case.operands(trial.seed)
    return judge_repeats([trial.run(operands) for _ in range(_REPEATS)]), None


def _bound(trial: Trial) -> Outcome:
    case = trial.case
    operands = case.operands(trial.seed)
    result = trial.run(operands)
    precise = wide(case.operation, case.dtype, operands)
    with trial.watch:
        running = followed(case.operation, precise, rounding(case.dtype, trial.kind), case.stride)
        expected, allowed = running.value, running.allowed()
    judgement = judge_bound(result, expected, allowed)
    evidence = Evidence(operands, result, expected, allowed)
    if judgement.ratio is None:
        return judgement, evidence
    with trial.watch:
        mode = narrower_mode(
            case.operation, case.dtype, operands, result, expected, allowed, case.stride
        )
    if mode is None and judgement.verdict is RowVerdict.PASSED:
        mode = "cut_off" if is_cut_off(case.operation, case.dtype, result, expected) else None
    if mode is not None:
        judgement = replace(judgement, verdict=RowVerdict.LOWER, reason=mode)
    return judgement, evidence


def _gradient(trial: Trial) -> Outcome:
    case = trial.case
    operands = case.operands(trial.seed)
    with trial.watch:
        shape = followed(case.operation, operands, None, case.stride).value.shape
    cotangent = case.cotangent(trial.seed, shape)
    results = trial.backend.gradient(
        case.operation, case.dtype, trial.device, cotangent, *operands, stride=case.stride
    )
    precise = wide(case.operation, case.dtype, operands)
    device = rounding(case.dtype, trial.kind)
    if case.dtype in {"float16", "bfloat16"}:
        # TensorFlow's CPU adds up gradients of convolutions in float16.
        device = replace(device, product_unit=device.unit)
    with trial.watch:
        expected = followed_gradients(case.operation, cotangent, precise, device, case.stride)
    if len(results) != len(expected):
        return Judgement(RowVerdict.FAILED, "shape"), None
    found = [
        Evidence(operands, np.asarray(result), running.value, running.allowed(), part)
        for part, (result, running) in enumerate(zip(results, expected))
    ]
    judgements = [judge_bound(e.result, e.expected, _allowed(e)) for e in found]
    chosen = worst(judgements)
    return judgements[chosen], found[chosen]


def _allowed(evidence: Evidence) -> Array:
    assert evidence.allowed is not None
    return evidence.allowed


def _special(trial: Trial) -> Outcome:
    case = trial.case
    operands, expected, allowed, signs = special(case.special, case.dtype)
    result = trial.run(operands)
    judgement = judge_special(result, expected, allowed, signs=signs)
    framework = trial.backend.framework
    if is_subnormal(case.special) and judgement.reason == "special" and not np.any(result):
        documented = may_flush(framework, trial.kind)
        judgement = Judgement(RowVerdict.PASSED if documented else RowVerdict.LOWER, "flushed")
    elif judgement.verdict is RowVerdict.FAILED:
        known = library_answer(framework, trial.kind, case.special, case.dtype)
        if known is not None and _is_answer(result, known, allowed):
            judgement = replace(judgement, verdict=RowVerdict.LOWER, reason="library")
    return judgement, Evidence(operands, result, expected, allowed)


def _is_answer(result: Array, known: Array, allowed: Array) -> bool:
    return judge_special(result, known, allowed, signs=False).verdict is RowVerdict.PASSED


def _entries(trial: Trial) -> Outcome:
    operands = trial.case.operands(trial.seed)
    expected = exact_reference("matmul", operands)
    found = []
    for entry in trial.backend.entries:
        result = trial.run(operands, entry)
        judgement = judge_exact(result, expected)
        if judgement.verdict is not RowVerdict.PASSED:
            judgement = replace(judgement, message=entry)
        found.append((judgement, Evidence(operands, result, expected)))
    if not found:
        return Judgement(RowVerdict.PASSED, error=0.0, bound=0.0), None
    return found[worst([judgement for judgement, _ in found])]


def _projection(trial: Trial) -> Outcome:
    rng = trial.case.rng(trial.seed)
    left, right = small_integers(rng, trial.case.shapes)
    result = trial.run((left, right))
    with trial.watch:
        return judge_projection(left, right, result, rng), None


def _statistics(trial: Trial) -> Outcome:
    case = trial.case
    ((count,),) = case.shapes
    first, again, other = (
        np.asarray(trial.backend.random(case.operation, trial.device, seed, count))
        for seed in (trial.seed, trial.seed, trial.seed + 1)
    )
    return judge_statistics(case.operation, first, again, other), None


_TIERS: dict[str, Callable[[Trial], Outcome]] = {
    "exact": _exact,
    "bound": _bound,
    "repeat": _repeat,
    "gradient": _gradient,
    "special": _special,
    "entries": _entries,
    "projection": _projection,
    "statistics": _statistics,
}
