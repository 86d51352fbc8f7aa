"""What can be wrong with a person's own model, told by its own line."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING

from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.frameworks import framework_name
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters

# Those whose package is named as their module.
_PACKAGES = {"torch", "torchvision", "jax", "flax", "optax", "equinox", "tensorflow", "keras"}


_FRAMEWORKS = {"torch": "pytorch", "jax": "jax", "keras": "tensorflow", "tensorflow": "tensorflow"}


def _raised(parameters: Parameters) -> FindingText:
    return FindingText(
        _("{file} fails in line {line}").format(**_place(parameters)),
        _("{line_text}: {error}").format(
            line_text=_line(parameters), error=parameters.get("error", _("no reason was told"))
        ),
    )


def _exited(parameters: Parameters) -> FindingText:
    return FindingText(
        _("{file} ends itself in line {line}").format(**_place(parameters)),
        _("{line_text} was reached; nothing can be trained after it.").format(
            line_text=_line(parameters)
        ),
        (Remedy(_('Take that line out, or put it below: if __name__ == "__main__"')),),
    )


def _lacks_module(parameters: Parameters) -> FindingText:
    module = parameters.get("module", "")
    python = parameters.get("python", "python")
    written_for = _FRAMEWORKS.get(module)
    if written_for == parameters.get("framework"):
        written_for = None
    command = f"{shlex.quote(python)} -m pip install {module}" if module in _PACKAGES else None
    return FindingText(
        _("{file} needs {module}, which the chosen Python does not have").format(
            module=module, **_place(parameters)
        ),
        _("Line {line}, {line_text}: there is no module {module} in {python}.").format(
            line=parameters.get("line", "1"),
            line_text=_line(parameters),
            module=module,
            python=python,
        ),
        (
            *([_choose(written_for)] if written_for else []),
            Remedy(_("Choose a Python that has it.")),
            Remedy(_("Or add it to this one."), command),
        ),
    )


def _has_no_build_model(parameters: Parameters) -> FindingText:
    return FindingText(
        _("{file} has no build_model()").format(**_place(parameters)),
        _("The model to train is what a function of this name returns."),
        (Remedy(_("Add to the file: def build_model(): return …")),),
    )


def _is_no_model(parameters: Parameters) -> FindingText:
    return FindingText(
        _("build_model() in {file} returns no model").format(**_place(parameters)),
        _("It returned {returned}. Expected is {expected}.").format(
            returned=parameters.get("returned", "?"),
            expected={
                "pytorch": _("a torch.nn.Module"),
                "jax": _("a pair (init, apply) of functions"),
            }.get(parameters.get("framework", ""), _("a Keras model")),
        ),
    )


def _choose(framework: str) -> Remedy:
    text = _("Choose {built} as the framework (--framework {code}).")
    return Remedy(text.format(built=framework_name(framework), code=framework))


def _of_another_framework(parameters: Parameters) -> FindingText:
    built = parameters.get("built", "unknown")
    return FindingText(
        _("{file} builds a model of {built}, but {framework} was chosen to train it").format(
            built=framework_name(built),
            framework=framework_name(parameters.get("framework", "unknown")),
            **_place(parameters),
        ),
        _("Each framework trains models of its own."),
        (_choose(built),),
    )


def _wrong_shape(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The model of {file} gives scores of the wrong shape").format(**_place(parameters)),
        _(
            "It gives {shape} where {expected} is due: one score for each of {classes} classes."
        ).format(
            shape=parameters.get("shape", "?"),
            expected=parameters.get("expected", "?"),
            classes=parameters.get("classes", "?"),
        ),
        (Remedy(_("Let the last layer have as many outputs as there are classes.")),),
    )


def _not_finite(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The model of {file} gives NaN or infinite scores").format(**_place(parameters)),
        _("They came out before anything was trained: the cause is in the model or its data."),
        (Remedy(_("Look for a division by zero or a logarithm of 0 in the model.")),),
    )


def _is_wrong(parameters: Parameters) -> FindingText:
    return FindingText(
        _("{file}, line {line}, does not give what is needed").format(**_place(parameters)),
        _("{line_text}: {problem}").format(
            line_text=_line(parameters),
            problem=parameters.get("problem", _("no reason was told")),
        ),
    )


def _has_no_parameters(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The model of {file} has nothing to train").format(**_place(parameters)),
        _("None of its parameters is trainable."),
    )


def _place(parameters: Parameters) -> dict[str, str]:
    return {
        "file": PurePath(parameters.get("file", "?")).name,
        "line": parameters.get("line", "1"),
    }


def _line(parameters: Parameters) -> str:
    return _("“{text}”").format(text=parameters.get("text", ""))


TEXTS: dict[str, Author] = {
    "own_model_raised": _raised,
    "own_model_exited": _exited,
    "own_model_lacks_module": _lacks_module,
    "own_model_has_no_build_model": _has_no_build_model,
    "own_model_is_no_model": _is_no_model,
    "own_model_of_another_framework": _of_another_framework,
    "own_model_wrong_shape": _wrong_shape,
    "own_model_not_finite": _not_finite,
    "own_model_is_wrong": _is_wrong,
    "own_model_has_no_parameters": _has_no_parameters,
}
