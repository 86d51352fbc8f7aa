"""Training in words: what can be chosen, and how a run went."""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import TYPE_CHECKING

from accelgui.model.events import DISTURBING_CORES
from accelgui.model.outcome import RunStatus
from accelgui.model.training import TrainingVerdict, judge
from accelgui.words import joining
from accelgui.words.outcomes import sentence
from accelgui.words.translation import N_, _
from accelgui.words.units import bytes_text, number_text, rate_text, seconds_text, share_text

if TYPE_CHECKING:
    from accelgui.model.events import CheckpointDone, TrainingDone
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.requests import TrainingRequest

# In the order in which a form offers them; the first is what a new form shows.
MODELS = {
    "mlp": N_("Multilayer perceptron (784-128-10)"),
    "cnn": N_("Small convolutional network"),
    "lstm": N_("LSTM over image rows"),
    "transformer": N_("Transformer encoder over patches"),
}

PRECISIONS = {
    "float32": N_("float32"),
    "mixed_float16": N_("Mixed: float16 with float32 weights"),
    "mixed_bfloat16": N_("Mixed: bfloat16 with float32 weights"),
}


def model_name(model: str) -> str:
    """Return the words for a network; an unknown code is returned as it is."""
    return _(MODELS[model]) if model in MODELS else model


def precision_name(precision: str) -> str:
    """Return the words for a precision; an unknown code is returned as it is."""
    return _(PRECISIONS[precision]) if precision in PRECISIONS else precision


def short_name(request: TrainingRequest) -> str:
    """Return what a run trains in a word: "MLP", or the name of a person's own file."""
    return PurePath(request.script_path).name if request.script_path else request.model.upper()


def trouble(outcome: RunOutcome, request: TrainingRequest) -> str:
    """Say why a training run did not come to its end."""
    is_silent = outcome.failure is None and outcome.exit_code is not None
    if request.script_path and outcome.status is RunStatus.FAILED and is_silent:
        return _(
            "{file}, or a library that it uses, ended the process by itself, with exit code {code}."
            " Its last words stand in the log."
        ).format(file=short_name(request), code=outcome.exit_code)
    return sentence(outcome, _("The training"))


def kept(checkpoint: CheckpointDone | None, request: TrainingRequest) -> str:
    """Say where the weights of a run that has ended are, "" where nobody asked for them."""
    if request.checkpoint_path is None:
        return ""
    if checkpoint is None:
        return _("The weights were not kept.")
    if checkpoint.problem is not None:
        return _("The weights could not be written to {path}: {problem}.").format(
            path=checkpoint.path, problem=checkpoint.problem.rstrip(".")
        )
    return _("The weights are in {path} ({size}).").format(
        path=checkpoint.path, size=bytes_text(checkpoint.size_bytes or 0)
    )


def ending(done: TrainingDone | None, request: TrainingRequest) -> str:
    """Say in one or two sentences how a training run went.

    `done` is the run's last word, None where it never came: then how the run ended
    (words.outcomes) says why, and this only says what is lacking.
    """
    if done is None:
        return _("The run ended before its last word: what it told up to then is kept.")
    if not done.finite:
        return _not_finite(done, request)
    if done.stopped:
        return _stopped(done, request)
    if judge(done) is TrainingVerdict.DIVERGED:
        return _diverged(done, request)
    if judge(done) is TrainingVerdict.BELOW_EXPECTATION:
        return _below_expectation(done)
    return _("Reached {accuracy} in {pace}.").format(accuracy=_accuracy(done), pace=_pace(done))


def disturbance(done: TrainingDone | None, request: TrainingRequest) -> str:
    """Say that other programs slowed a run down, "" where none did."""
    if done is None or (done.others_cores or 0.0) <= DISTURBING_CORES:
        return ""
    said = _("Disturbed: other programs kept {cores} cores busy.").format(
        cores=number_text(done.others_cores or 0.0, 2)
    )
    if request.framework != "pytorch":
        return said
    waiting = _(
        "PyTorch's threads wait for each other at every operation, which makes it many times"
        " slower beside others: set OMP_NUM_THREADS to the number of cores that are free."
    )
    return joining.sentences((said, waiting))


def _stopped(done: TrainingDone, request: TrainingRequest) -> str:
    if not done.steps:
        return _("Stopped before the first step.")
    epoch = min(done.epochs + 1, request.epochs)
    if done.loss is None:
        return _("Stopped during the first step.")
    return _("Stopped in epoch {epoch} of {epochs} at {accuracy}, after {pace}.").format(
        epoch=epoch, epochs=request.epochs, accuracy=_accuracy(done), pace=_pace(done)
    )


def _diverged(done: TrainingDone, request: TrainingRequest) -> str:
    diverged = _("The training diverged: with a loss of {loss} it is worse than guessing.").format(
        loss=number_text(done.loss or 0.0)
    )
    return _("{what_happened} {what_to_try}").format(
        what_happened=diverged, what_to_try=_what_to_try(request)
    )


def _below_expectation(done: TrainingDone) -> str:
    return _(
        "Reached {accuracy}, where at least {expected} was due: training on this device does not"
        " converge as it does on the CPU. Check the device's numbers (Precision)."
    ).format(accuracy=_accuracy(done), expected=share_text(done.expected_accuracy or 0.0))


def _accuracy(done: TrainingDone) -> str:
    if done.validation_accuracy is not None:
        return _("{share} validation accuracy").format(share=share_text(done.validation_accuracy))
    return _("{share} training accuracy").format(share=share_text(done.accuracy or 0.0))


def _pace(done: TrainingDone) -> str:
    time = seconds_text(done.elapsed_s)
    if done.samples_per_second is None:
        return time
    return _("{time} at {rate}").format(time=time, rate=rate_text(done.samples_per_second))


def _not_finite(done: TrainingDone, request: TrainingRequest) -> str:
    if done.loss is not None and not math.isfinite(done.loss):
        became = _("The loss became {value} in epoch {epoch} of {epochs}.").format(
            value=_value(done.loss), epoch=done.epochs + 1, epochs=request.epochs
        )
    else:
        became = _("The validation loss became {value} in epoch {epoch} of {epochs}.").format(
            value=_value(done.validation_loss), epoch=done.epochs, epochs=request.epochs
        )
    return _("{what_happened} {what_to_try}").format(
        what_happened=became, what_to_try=_what_to_try(request)
    )


def _value(loss: float | None) -> str:
    return _("infinite") if loss is not None and math.isinf(loss) else "NaN"


def _what_to_try(request: TrainingRequest) -> str:
    if request.script_path is not None:
        return _(
            "Look at the model and the loss in {file}, or try a smaller learning_rate there."
        ).format(file=short_name(request))
    if request.data_path is not None:
        return _(
            "Check the images in {file}: values should lie between 0 and 1, or between 0 and 255."
        ).format(file=request.data_path)
    if request.precision == "mixed_float16":
        return _("float16 ends at 65,504: try mixed bfloat16 or float32.")
    return _("These data and this network do not do that: check the device's numbers (Precision).")
