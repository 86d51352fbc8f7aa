"""Words of findings about parts that do not fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _built_for_other_cuda_major(parameters: Parameters) -> FindingText:
    libraries = parameters.get("libraries", "")
    cause = _("The CUDA libraries here are of another major version than the build needs.")
    if libraries:
        asked = _("It asks for {libraries}.").format(libraries=libraries)
        cause = joining.sentences((cause, asked))
    return FindingText(
        _("The build is for another CUDA"),
        cause,
        (
            Remedy(_("Install the build for the CUDA that is here; each framework's installation"
                     " page has a table.")),
            Remedy(_("Or add the libraries that it asks for, beside the others; the last number of"
                     " their names is the major version.")),
        ),
    )  # fmt: skip


def _cuda_toolkit_incomplete(parameters: Parameters) -> FindingText:
    libraries = parameters.get("libraries", "")
    return FindingText(
        _("One CUDA library is missing"),
        _("The others were found and opened; {libraries} was not.").format(libraries=libraries)
        if libraries
        else _("The others were found and opened."),
        (
            Remedy(_("See which ones the loader knows."), "ldconfig -p | grep -E 'libcu|libnv'"),
            Remedy(_("Install the missing one in the same CUDA version, or all of them with the"
                     " framework."), place.install_framework(parameters).command),
        ),
    )  # fmt: skip


def _cudnn_version_mismatch(parameters: Parameters) -> FindingText:
    found, wanted = parameters.get("found"), parameters.get("wanted")
    cause = _("The cuDNN that was loaded cannot be used by this build.")
    if found and wanted:
        cause = _("cuDNN {found} was loaded; this build needs {wanted} or a newer one of the same"
                  " major version.").format(found=found, wanted=wanted)  # fmt: skip
    return FindingText(
        _("cuDNN is of the wrong version"),
        cause,
        (
            Remedy(_("See which cuDNN packages are in this Python."),
                   f"{place.python(parameters)} -m pip list | grep -i cudnn"),
            Remedy(_("See whether LD_LIBRARY_PATH puts another one before them."),
                   "echo $LD_LIBRARY_PATH"),
            Remedy(_("Install the framework anew with the libraries it was built for."),
                   place.install_framework(parameters).command),
        ),
    )  # fmt: skip


def _library_path_shadows_bundled_cuda(parameters: Parameters) -> FindingText:
    return FindingText(
        _("LD_LIBRARY_PATH puts other CUDA libraries first"),
        _("The framework brings its own libraries, but the loader takes those of another version"
          " from a folder in LD_LIBRARY_PATH."),
        (
            Remedy(_("See what it holds."), "echo $LD_LIBRARY_PATH"),
            Remedy(_("Try without it."),
                   f"env -u LD_LIBRARY_PATH {place.python(parameters)} YOUR_SCRIPT.py"),
            Remedy(_("If that helps, remove the line that sets it."),
                   "grep -n LD_LIBRARY_PATH ~/.bashrc ~/.profile ~/.zshrc /etc/environment"),
        ),
    )  # fmt: skip


def _mixed_cuda_wheel_versions(parameters: Parameters) -> FindingText:
    return FindingText(
        _("CUDA packages of different versions are mixed"),
        _("Packages of this Python hold CUDA libraries of different versions, which do not fit"
          " each other."),
        (
            Remedy(_("See which versions there are."),
                   f"{place.python(parameters)} -m pip list | grep -i nvidia-"),
            Remedy(_("Let the framework bring its own again; best in a fresh environment."),
                   place.install_framework(parameters).command),
        ),
    )  # fmt: skip


def _plugin_version_mismatch(parameters: Parameters) -> FindingText:
    return FindingText(
        _("A plug-in is for another version of the framework"),
        _("The part that drives the device comes in a package of its own, and its version does"
          " not fit the framework's."),
        (
            Remedy(_("See their versions side by side."),
                   f"{place.python(parameters)} -m pip list | grep -iE 'jax|tensorflow|torch'"),
            Remedy(_("Install framework and plug-in together, in one command; for JAX:"),
                   place.pip_install(parameters, "--upgrade", "jax[cuda12]")),
        ),
    )  # fmt: skip


def _torch_xla_version_mismatch(parameters: Parameters) -> FindingText:
    return FindingText(
        _("torch and torch_xla are of different releases"),
        _("torch_xla works only with the torch of the same release, such as 2.6 with 2.6."),
        (
            Remedy(_("See both versions."),
                   f"{place.python(parameters)} -m pip list | grep -i torch"),
            Remedy(_("Install both in one command, with the same version."),
                   place.pip_install(parameters, "--upgrade", "torch", "torch_xla[tpu]")),
        ),
    )  # fmt: skip


def _libtpu_framework_version_mismatch(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The TPU library does not fit the framework"),
        _("libtpu is newer or older than this framework can use; another package may have changed"
          " it."),
        (
            Remedy(_("See their versions."),
                   f"{place.python(parameters)} -m pip list | grep -iE 'libtpu|jax|torch|flow'"),
            Remedy(_("For JAX: let it choose its libtpu."),
                   place.pip_install(parameters, "--upgrade", "jax[tpu]")),
            Remedy(_("JAX, PyTorch/XLA and TensorFlow each need a libtpu of their own: keep them in"
                     " separate environments.")),
        ),
    )  # fmt: skip


TEXTS: dict[str, Author] = {
    "built_for_other_cuda_major": _built_for_other_cuda_major,
    "cuda_toolkit_incomplete": _cuda_toolkit_incomplete,
    "cudnn_version_mismatch": _cudnn_version_mismatch,
    "library_path_shadows_bundled_cuda": _library_path_shadows_bundled_cuda,
    "mixed_cuda_wheel_versions": _mixed_cuda_wheel_versions,
    "plugin_version_mismatch": _plugin_version_mismatch,
    "torch_xla_version_mismatch": _torch_xla_version_mismatch,
    "libtpu_framework_version_mismatch": _libtpu_framework_version_mismatch,
}
