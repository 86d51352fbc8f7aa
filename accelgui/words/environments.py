"""Words of the table of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import outcomes
from accelgui.words.devices import key_name
from accelgui.words.findings import describe
from accelgui.words.translation import N_, _

if TYPE_CHECKING:
    from accelgui.model.finding import Finding
    from accelgui.model.module import Module
    from accelgui.model.outcome import RunOutcome

KINDS = {
    "accelgui": N_("runs accelgui"),
    "current": N_("active now"),
    "venv": N_("virtual environment"),
    "conda": N_("conda"),
    "pyenv": N_("pyenv"),
    "uv": N_("uv"),
    "jupyter": N_("Jupyter kernel"),
    "system": N_("system"),
    "chosen": N_("chosen by you"),
}
_STATUSES = {
    "unknown": N_("not examined"),
    "absent": N_("not installed"),
    "cpu_only": N_("CPU only"),
    "broken": N_("does not work"),
    "no_answer": N_("gives no answer"),
}
# What older Pythons stumble over first in the agent's own files.
_TOO_OLD = ("SyntaxError", "ImportError: cannot import name 'cache'")

_MODULES = {
    "torch_xla": "PyTorch/XLA",
    "onnxruntime": "ONNX Runtime",
    "tensorrt": "TensorRT",
    "cuda_toolkit": N_("CUDA toolkit"),
}


def kind_name(kind: str) -> str:
    """Return what makes a Python known: conda, pyenv, …"""
    return _(KINDS.get(kind, kind))


def module_name(name: str) -> str:
    """Return a further library as it writes itself."""
    return _(_MODULES.get(name, name))


def status_name(status: str, device: str | None) -> str:
    """Return how a framework stands in an environment."""
    if status == "accelerates":
        return _("works on {devices}").format(devices=key_name(device or "gpu"))
    return _(_STATUSES[status])


def status_words(status: str, version: str | None, device: str | None) -> str:
    """Return how a framework stands in an environment, with its version."""
    words = status_name(status, device)
    return f"{version} · {words}" if version else words


def reason(finding: Finding | None) -> str:
    """Return in one line why a framework does not accelerate."""
    return describe(finding).title if finding else ""


def module_words(module: Module) -> str:
    """Return whether a further library is here and loads, with its version."""
    if not module.present:
        return _("not installed")
    if module.loads is False:
        words = _("does not load")
    else:
        words = _("loads") if module.loads else _("installed")
    return f"{module.version} · {words}" if module.version else words


def problem(outcome: RunOutcome | None) -> str:
    """Return why nothing is known of an environment."""
    if outcome is None:
        return _("It gave no answer that a Python would give.")
    if (outcome.message or "").startswith(_TOO_OLD):
        return _("To look into a Python, accelgui needs 3.9 or later of it.")
    return outcomes.sentence(outcome, _("This Python"))
