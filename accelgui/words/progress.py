"""The steps of a run in words."""

from __future__ import annotations

from accelgui.words.precision import dtype_name, operation_name
from accelgui.words.translation import N_, _

_STEPS = {
    "import": N_("Starting the framework"),
    "machine": N_("Looking at the machine"),
    "framework": N_("Looking at the framework"),
    "environment": N_("Looking at an environment"),
    "host": N_("Looking at the system"),
    "pci": N_("Looking at the PCI bus"),
    "nvml": N_("Asking NVML"),
    "cuda": N_("Asking the CUDA driver"),
    "tpu": N_("Looking for TPUs"),
    "libraries": N_("Looking for libraries"),
    "devices": N_("Listing devices"),
    "list": N_("Listing devices"),
    "operation": N_("Running one operation"),
    "data": N_("Reading the data"),
    "script": N_("Reading the model's file"),
    "save": N_("Saving the weights"),
    "build": N_("Building the network"),
    "replicas": N_("Starting a process for each device"),
    "workers": N_("Waiting for the other workers"),
    "model": N_("Building the network"),
    "compile": N_("Compiling the first step"),
    "train": N_("Training"),
    "try_batch": N_("Looking for a batch that fits"),
    "training": N_("Training"),
    "validate": N_("Validating"),
    "reference": N_("Calculating the reference"),
    "precision": N_("Checking numbers"),
    "check": N_("Checking numbers"),
    "drift": N_("Training beside float64"),
    "soak": N_("Soaking"),
    "done": N_("Done"),
}


def step_name(what: str) -> str:
    """Return the words of a step's code; an unknown code is made readable."""
    known = _STEPS.get(what)
    if known:
        return _(known)
    operation, space, dtype = what.rpartition(" ")
    if space:
        return _("Checking {operation} in {dtype}").format(
            operation=operation_name(operation), dtype=dtype_name(dtype)
        )
    return what.replace("_", " ").capitalize()
