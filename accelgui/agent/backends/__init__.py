"""Frameworks behind one small interface."""

from __future__ import annotations

import importlib
import os
import traceback
from typing import TYPE_CHECKING

from accelgui.agent.backends.base import Backend
from accelgui.agent.backends.installed import MODULES, find_installation
from accelgui.agent.failures import FrameworkError, InputError, WorkError
from accelgui.model.requests import FRAMEWORKS

if TYPE_CHECKING:
    from accelgui.model.snapshot import FrameworkDevice

__all__ = [
    "Backend",
    "choose_device",
    "find_installation",
    "load",
    "one_line",
    "require_installed",
]

# Imported when asked for: a Python has one of them at most, and each import costs seconds.
_BACKENDS = {
    "tensorflow": ("accelgui.agent.backends.tensorflow", "TensorFlowBackend"),
    "pytorch": ("accelgui.agent.backends.pytorch", "PyTorchBackend"),
    "jax": ("accelgui.agent.backends.jax", "JaxBackend"),
}


def load(framework: str) -> Backend:
    """Import a framework and return it behind the common interface.

    Raises InputError for a name that is none of ours, WorkError with code
    ``framework_not_installed`` or ``framework_import_fails`` where this Python cannot give it.
    """
    require_installed(framework)
    _set_variables(framework)
    module, name = _BACKENDS[framework]
    try:
        importlib.import_module(MODULES[framework])
        # Fails where the module is a leftover folder or somebody's script of the same name.
        backend: Backend = getattr(importlib.import_module(module), name)()
    except (Exception, SystemExit) as error:
        raise WorkError(
            f"{framework} cannot be imported: {one_line(error)}",
            "framework_import_fails",
            {"framework": framework, "error": one_line(error)},
        ) from error
    return backend


def require_installed(framework: str) -> None:
    """Raise what `load` would, as far as that is known without an import."""
    if framework not in _BACKENDS:
        known = ", ".join(FRAMEWORKS)
        raise InputError(f"unknown framework {framework!r}; known: {known}")
    if find_installation(framework) is None:
        raise WorkError(
            f"{framework} is not installed in this Python",
            "framework_not_installed",
            {"framework": framework},
        )


def _set_variables(framework: str) -> None:
    if framework == "tensorflow":
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"
        # Otherwise TensorFlow says that it could not load "some GPU libraries", not which.
        modules = [*filter(None, [os.environ.get("TF_CPP_VMODULE")]), "dso_loader=1"]
        os.environ["TF_CPP_VMODULE"] = ",".join(modules)
    if framework == "jax":
        # We share the machine with its owner's work, and need little.
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def choose_device(backend: Backend, wanted: str) -> FrameworkDevice:
    """Return the device for ``auto``, ``cpu``, ``gpu:N`` or ``tpu:N``.

    ``auto`` is the first accelerator, else the CPU; ``gpu`` and ``tpu`` mean number 0. Raises
    InputError naming what there is where the framework does not list it, FrameworkError where it
    cannot even list its devices.
    """
    try:
        devices = backend.devices()
    except Exception as error:
        raise FrameworkError(f"no devices listed: {one_line(error)}") from error
    if wanted == "auto":
        return next((d for d in devices if d.key != "cpu"), devices[0])
    key = f"{wanted}:0" if wanted in {"gpu", "tpu"} else wanted
    for device in devices:
        if device.key == key:
            return device
    there = ", ".join(device.key for device in devices)
    raise InputError(
        f"{backend.framework} lists no device {wanted!r}; it lists: {there}",
        "no_such_device",
        {"framework": backend.framework, "device": wanted, "there": there},
    )


def one_line(error: BaseException) -> str:
    """Return the type of an error and the first line of its message."""
    lines = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()
    name = type(error).__name__
    starts = [line for line in lines if name in line.partition(":")[0]]
    return (starts or lines)[0].strip()
