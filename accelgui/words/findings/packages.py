"""Words of findings about packages that cannot be had, and of notes about other frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _tensorflow_gpu_package_removed(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The package tensorflow-gpu was withdrawn"),
        _("Since version 2.12 it holds nothing but an error. The package tensorflow has GPU"
          " support on Linux."),
        (
            Remedy(_("Install TensorFlow with the CUDA libraries it needs."),
                   place.pip_install(parameters, "tensorflow[and-cuda]")),
            Remedy(_("On Windows itself, TensorFlow uses no GPU after 2.10: use WSL2.")),
        ),
    )  # fmt: skip


def _no_wheel_for_python_version(parameters: Parameters) -> FindingText:
    return FindingText(
        _("There is no package for this Python"),
        _("{framework} offers no package of that version for this version of Python, or for this"
          " kind of machine.").format(framework=place.name_of(parameters)),
        (
            Remedy(_("See which Python this is: mostly it is too new, or 32 bits wide."),
                   f"{place.python(parameters)} -c 'import sys, platform;"
                   " print(sys.version, platform.machine())'"),
            Remedy(_("Make an environment with a Python that the framework supports."),
                   "uv venv --python 3.12"),
        ),
    )  # fmt: skip


def _x86_python_under_rosetta(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("This Python is made for Intel Macs"),
        _("It runs on Apple's processor by translation (Rosetta), which lacks instructions that"
          " frameworks use."),
        (
            Remedy(_("See for which processor it is: it should say arm64."),
                   "python3 -c 'import platform; print(platform.machine())'"),
            Remedy(_("Install a Python for Apple's processors, and the framework anew in it.")),
        ),
    )  # fmt: skip


def _framework_gpu_allowlist_bug(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The build's list of supported GPUs is faulty"),
        _(
            "The GPU is on the list of those supported and is refused all the same; the list was"
            " written wrongly."
        ),
        (Remedy(_("Install a newer build, in which this is fixed, or the one before.")),),
    )


def _unused_framework_warning(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: a framework that is not used has no GPU"),
        _("It was only imported on the way, and says so of itself. The work is done by another."),
    )


def _absent_backend_probe(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: looking for devices that are not here"),
        _("JAX tries every kind of device it knows, and says of each that is absent that it is."),
    )


def _virtual_display_device_probe(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: a virtual display is no GPU"),
        _("While looking for GPUs, the program met a virtual display device and said so. The real"
          " GPU is not concerned."),
    )  # fmt: skip


TEXTS: dict[str, Author] = {
    "tensorflow_gpu_package_removed": _tensorflow_gpu_package_removed,
    "no_wheel_for_python_version": _no_wheel_for_python_version,
    "x86_python_under_rosetta": _x86_python_under_rosetta,
    "framework_gpu_allowlist_bug": _framework_gpu_allowlist_bug,
    "unused_framework_warning": _unused_framework_warning,
    "absent_backend_probe": _absent_backend_probe,
    "virtual_display_device_probe": _virtual_display_device_probe,
}
