"""Words of findings about NVML, libcuda and the CUDA libraries."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters

_LIBCUDA_PACKAGE = {
    "debian": "sudo apt install libcuda1",
    "fedora": "sudo dnf install xorg-x11-drv-nvidia-cuda-libs",
    "arch": "sudo pacman -S nvidia-utils",
}


def _nvml_library_missing(parameters: Parameters) -> FindingText:
    package = {"debian": "sudo apt install libnvidia-ml1"}.get(parameters.get("os_id", ""))
    if place.in_container(parameters):
        text = _("Start the container with NVIDIA_DRIVER_CAPABILITIES=compute,utility.")
        remedies: tuple[Remedy, ...] = (Remedy(text),)
    elif folder := parameters.get("found", "").rpartition("/")[0]:
        remedies = (_add_to_loader(folder),)
    else:
        remedies = (Remedy(_("Install the driver's libraries, in the driver's version."), package),)
    return FindingText(
        _("The management library (NVML) is missing"),
        _("The driver runs, but libnvidia-ml.so.1 is not found: no load, no temperature."),
        remedies,
    )


def _libcuda_not_on_loader_path(parameters: Parameters) -> FindingText:
    title = _("The CUDA driver library is not found")
    folder = parameters.get("folder")
    if "stub" in parameters:
        cause = _("A stub of libcuda, made for linking only, is found before the driver's own.")
        text = _("Take folders that end in “stubs” out of LD_LIBRARY_PATH.")
        return FindingText(_("A stub stands in for the CUDA driver"), cause, (Remedy(text),))
    if folder:
        cause = _("libcuda.so.1 is in {folder}, where the loader does not look.")
        return FindingText(title, cause.format(folder=folder), (_add_to_loader(folder),))
    text = _("Install the part of the driver that holds libcuda, in the driver's version.")
    command = _LIBCUDA_PACKAGE.get(parameters.get("os_id", ""))
    if place.in_container(parameters):
        text = _("Start the container with NVIDIA_DRIVER_CAPABILITIES=compute,utility.")
        command = None
    cause = _("The driver runs, but its library libcuda.so.1 was not found.")
    return FindingText(title, cause, (Remedy(text, command),))


def _driver_too_old_for_cuda(parameters: Parameters) -> FindingText:
    served, needed = parameters.get("served"), parameters.get("needed")
    if served and needed:
        cause = _(
            "The driver serves CUDA {served}; this build of {framework} needs CUDA {needed}."
        ).format(served=served, needed=needed, framework=place.name_of(parameters))
    else:
        cause = _("This build of {framework} needs a newer CUDA than the driver serves.").format(
            framework=place.name_of(parameters)
        )
    text = _("Or install an older {framework}, built for the driver's CUDA.")
    older = Remedy(text.format(framework=place.name_of(parameters)))
    is_known = parameters.get("framework") != "unknown"
    if generation := parameters.get("generation"):
        cause += " " + _("No newer driver serves GPUs of the {generation} generation.").format(
            generation=generation
        )
        text = _("Install an older {framework}, built for the driver's CUDA.")
        older = Remedy(text.format(framework=place.name_of(parameters)))
        return FindingText(_("The driver is too old for this build"), cause, (older,))
    return FindingText(
        _("The driver is too old for this build"),
        cause,
        # An older what, nobody can say of a program that is not known.
        (*place.install_driver(parameters), *([older] if is_known else [])),
    )


def _cuda_compat_libs_on_unsupported_gpu(parameters: Parameters) -> FindingText:
    return FindingText(
        _("Compatibility libraries do not support this GPU"),
        _(
            "A forward-compatibility libcuda is loaded instead of the driver's own. It serves"
            " data-centre GPUs only."
        ),
        _without_compat(parameters),
    )


def _cuda_compat_libs_shadow_newer_driver(parameters: Parameters) -> FindingText:
    return FindingText(
        _("Compatibility libraries hide the newer driver"),
        _("The libcuda that is loaded is not that of the running driver, which differs from it."),
        _without_compat(parameters),
    )


def _cuda_library_not_found(parameters: Parameters) -> FindingText:
    libraries = parameters.get("libraries")
    if libraries:
        cause = _("{framework} could not load {libraries}.").format(
            framework=place.name_of(parameters), libraries=libraries
        )
    else:
        cause = _(
            "{framework} could not load some CUDA libraries. It did not say which; cuDNN is the"
            " most frequent one."
        ).format(framework=place.name_of(parameters))
    return FindingText(
        _("CUDA libraries are missing"),
        cause,
        (
            _cuda_with_pip(parameters),
            Remedy(_("No CUDA toolkit of the system is needed for that.")),
        ),
    )


def _cuda_libs_not_on_loader_path(parameters: Parameters) -> FindingText:
    folders = parameters.get("folders", "")
    if not folders:
        return _libraries_somewhere(parameters)
    text = _("Name their folders before you start {framework}.")
    remedy = Remedy(
        text.format(framework=place.name_of(parameters)),
        f"export LD_LIBRARY_PATH={shlex.quote(folders)}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}",
    )
    remedies = [remedy, _cuda_with_pip(parameters)]
    if "conda" in parameters:
        setting = shlex.quote(f"LD_LIBRARY_PATH={folders}")
        command = f"conda env config vars set {setting}"
        remedies.insert(0, Remedy(_("Keep their folders in this conda environment."), command))
    return FindingText(
        _("CUDA libraries are installed, but not found"),
        _("{libraries} are on this machine, where the loader does not look.").format(
            libraries=parameters.get("libraries", "")
        ),
        tuple(remedies),
    )


def _libraries_somewhere(parameters: Parameters) -> FindingText:
    """The words where a text says that they are installed, and not where."""
    libraries = parameters.get("libraries") or _("CUDA libraries")
    return FindingText(
        _("CUDA libraries may be installed, but not found"),
        _("{libraries} may be on the machine in a folder where the loader does not look.").format(
            libraries=libraries
        ),
        (
            Remedy(
                _("Look for them."), "find / -name 'libcudnn*.so*' -o -name 'libcudart.so*' 2>&-"
            ),
            Remedy(_("If they are there, add that folder to LD_LIBRARY_PATH.")),
            _cuda_with_pip(parameters),
        ),
    )


def _libdevice_not_found(parameters: Parameters) -> FindingText:
    return FindingText(
        _("XLA does not find libdevice"),
        _("This file of the CUDA toolkit is needed to compile for the GPU."),
        (
            _cuda_with_pip(parameters),
            Remedy(
                _("Or point XLA to the folder that holds nvvm/libdevice."),
                "export XLA_FLAGS=--xla_gpu_cuda_data_dir=/usr/local/cuda",
            ),
        ),
    )


def _cuda_with_pip(parameters: Parameters) -> Remedy:
    remedy = place.install_framework(parameters)
    text = _("Install {framework} with the CUDA libraries it was built for.")
    return Remedy(text.format(framework=place.name_of(parameters)), remedy.command)


def _add_to_loader(folder: str) -> Remedy:
    line = shlex.quote(folder)
    command = f"echo {line} | sudo tee /etc/ld.so.conf.d/nvidia.conf && sudo ldconfig"
    return Remedy(_("Tell the loader of that folder."), command)


def _without_compat(parameters: Parameters) -> tuple[Remedy, ...]:
    path = parameters.get("path", "")
    text = _("Take the “compat” folder out of LD_LIBRARY_PATH and of /etc/ld.so.conf.d.")
    if path:
        text = _("Take the folder of {path} out of LD_LIBRARY_PATH and of /etc/ld.so.conf.d.")
        text = text.format(path=path)
    return (Remedy(text), Remedy(_("Or use an image for the CUDA version of the driver.")))


TEXTS: dict[str, Author] = {
    "nvml_library_missing": _nvml_library_missing,
    "libcuda_not_on_loader_path": _libcuda_not_on_loader_path,
    "driver_too_old_for_cuda": _driver_too_old_for_cuda,
    "cuda_compat_libs_on_unsupported_gpu": _cuda_compat_libs_on_unsupported_gpu,
    "cuda_compat_libs_shadow_newer_driver": _cuda_compat_libs_shadow_newer_driver,
    "cuda_library_not_found": _cuda_library_not_found,
    "cuda_libs_not_on_loader_path": _cuda_libs_not_on_loader_path,
    "libdevice_not_found": _libdevice_not_found,
}
