"""Words of findings about a training whose numbers went astray."""

from __future__ import annotations

import math
import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.devices import key_name
from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _
from accelgui.words.units import number_text, share_text

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters

_FRAMEWORKS = ("tensorflow", "pytorch", "jax")
_MODELS = ("mlp", "cnn", "lstm", "transformer")


def _training_does_not_converge(parameters: Parameters) -> FindingText:
    title = _("Training on this device does not converge as it does on the CPU")
    if parameters.get("device") == "cpu":
        title = _("Training on this CPU does not converge as it should")
    return FindingText(
        title,
        _(
            "{reached} of the validation images were recognised after {epochs} epochs, where at"
            " least {expected} were due. The network starts from known weights: what differs is"
            " arithmetic."
        ).format(
            reached=_share(parameters, "reached"),
            epochs=parameters.get("epochs", "?"),
            expected=_share(parameters, "expected"),
        ),
        _compared(parameters),
    )


def _training_diverged(parameters: Parameters) -> FindingText:
    loss = _number(parameters, "loss")
    cause = _("With a loss of {loss} the network is worse than guessing.").format(
        loss="?" if loss is None else number_text(loss)
    )
    return FindingText(_("The training diverged"), cause, _what_to_try(parameters))


def _training_not_finite(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The loss is no number any more"),
        _("A step overflowed or divided by zero; everything after it is NaN or infinite."),
        _what_to_try(parameters),
    )


def _operation_lacks_precision(parameters: Parameters) -> FindingText:
    framework = place.name_of(parameters)
    device = key_name(parameters.get("device", ""))
    cause = _("{framework} has no code for one of its operations in this format").format(
        framework=framework
    )
    if message := parameters.get("message"):
        cause = joining.labelled(cause, message)
    return FindingText(
        _("This network cannot be trained in this precision on {device}").format(device=device),
        joining.full_stop(cause),
        (Remedy(_("Take float32, or the other mixed precision.")),),
    )


def _what_to_try(parameters: Parameters) -> tuple[Remedy, ...]:
    if script := parameters.get("script"):
        look = _("Look at the model and the loss in {file}, or try a smaller learning_rate there.")
        return (Remedy(look.format(file=PurePath(script).name)), *_compared(parameters))
    if path := parameters.get("path"):
        look = _("Check the data in {file}: values should lie between 0 and 1, or 0 and 255.")
        return (Remedy(look.format(file=path)), *_compared(parameters))
    if parameters.get("precision") == "mixed_float16":
        return (
            Remedy(_("float16 ends at 65,504: try mixed bfloat16 or float32.")),
            *_compared(parameters),
        )
    return _compared(parameters)


def _compared(parameters: Parameters) -> tuple[Remedy, ...]:
    """Return how to find out whether the device's numbers are to blame."""
    framework, device = parameters.get("framework", ""), parameters.get("device", "")
    chosen = f" --framework {framework}" if framework in _FRAMEWORKS else ""
    on = f" --device {shlex.quote(device)}" if device else ""
    remedies = [
        Remedy(
            _("Check the numbers of {device}.").format(device=key_name(device)),
            f"accelgui precision{chosen}{on}",
        )
    ]
    if device and device != "cpu":
        model = parameters.get("model", "")
        network = f" --model {model}" if model in _MODELS else ""
        remedies.append(
            Remedy(
                _("Train the same on the CPU, to compare."),
                f"accelgui train{chosen}{network} --device cpu --epochs 10",
            )
        )
    return tuple(remedies)


def _share(parameters: Parameters, name: str) -> str:
    value = _number(parameters, name)
    return "?" if value is None else share_text(value)


def _number(parameters: Parameters, name: str) -> float | None:
    try:
        value = float(parameters.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


TEXTS: dict[str, Author] = {
    "training_does_not_converge": _training_does_not_converge,
    "training_diverged": _training_diverged,
    "training_not_finite": _training_not_finite,
    "operation_lacks_precision": _operation_lacks_precision,
}
