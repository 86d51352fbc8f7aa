"""Words of findings about the framework's build and its import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.outcomes import signal_reason
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _framework_not_installed(parameters: Parameters) -> FindingText:
    framework = place.name_of(parameters)
    return FindingText(
        _("{framework} is not installed").format(framework=framework),
        _("The examined Python has no {framework}.").format(framework=framework),
        (
            place.install_framework(parameters),
            Remedy(_("Or examine another Python, with --python or at the top of the window.")),
        ),
    )


def _framework_import_fails(parameters: Parameters) -> FindingText:
    framework, message = (
        place.name_of(parameters),
        parameters.get("message") or parameters.get("error"),
    )
    cause = _("{framework} does not even start.").format(framework=framework)
    if message:
        cause = joining.sentences((cause, message))
    number = parameters.get("signal", "")
    if number.isascii() and number.isdecimal() and (reason := signal_reason(int(number[:4]))):
        cause = joining.sentences((joining.full_stop(cause), reason))
    return FindingText(
        _("{framework} cannot be imported").format(framework=framework),
        cause,
        (Remedy(_("Install it anew."), _reinstall(parameters)),),
    )


def _numpy_abi_incompatible(parameters: Parameters) -> FindingText:
    return FindingText(
        _("NumPy does not fit the framework"),
        _("{framework} was built for another major version of NumPy than the one here.").format(
            framework=place.name_of(parameters)
        ),
        (
            Remedy(_("Install the newest version, built for it."), _reinstall(parameters)),
            Remedy(_("Or go back to NumPy 1."), place.pip_install(parameters, "numpy<2")),
        ),
    )  # fmt: skip


def _protobuf_incompatible(parameters: Parameters) -> FindingText:
    return FindingText(
        _("protobuf does not fit the framework"),
        _("Another package has brought a protobuf with which {framework} does not work.").format(
            framework=place.name_of(parameters)
        ),
        (
            Remedy(
                _("Let the framework choose its protobuf again."),
                _reinstall(parameters),
            ),
            Remedy(_("See which packages disagree."), f"{place.python(parameters)} -m pip check"),
        ),
    )


def _static_tls_exhausted(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("A library was loaded too late"),
        _("On this kind of CPU, libraries with thread-local storage must be loaded early."),
        (Remedy(_("Import the framework before other packages, or preload the named library.")),),
    )


def _cpu_lacks_avx(parameters: Parameters) -> FindingText:
    return FindingText(
        _("This CPU lacks instructions that the build uses"),
        _(
            "Builds of {framework} use AVX, which this CPU or virtual machine does not offer."
        ).format(framework=place.name_of(parameters)),
        (
            Remedy(_("In a virtual machine, pass the host's CPU model through.")),
            Remedy(_("Otherwise use a build made for older CPUs, such as conda-forge's.")),
        ),
    )


def _cpu_only_build(parameters: Parameters) -> FindingText:
    framework = place.name_of(parameters)
    return FindingText(
        _("This build of {framework} is for the CPU only").format(framework=framework),
        _("It was built without CUDA, so that no GPU can be used, whatever else is installed."),
        (place.install_framework(parameters),),
    )


def _aarch64_wheel_cpu_only(parameters: Parameters) -> FindingText:
    framework = place.name_of(parameters)
    return FindingText(
        _("{framework} for this CPU comes without GPU support").format(framework=framework),
        _("The usual packages for 64-bit ARM are built without CUDA."),
        (
            Remedy(_("Use NVIDIA's container or build for this machine.")),
            Remedy(_("Or use JAX, whose packages for 64-bit ARM support CUDA."),
                   place.pip_install(parameters, "jax[cuda12]")),
        ),
    )  # fmt: skip


def _windows_native_gpu_unsupported(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("TensorFlow uses no GPU on Windows itself"),
        _("TensorFlow after 2.10 supports GPUs on Windows only inside WSL2."),
        (
            Remedy(_("Set up WSL2 and install TensorFlow there."), "wsl --install"),
            Remedy(_("Or use PyTorch, which uses the GPU on Windows.")),
        ),
    )


def _tensorflow_without_tpu_support(parameters: Parameters) -> FindingText:
    return FindingText(
        _("This TensorFlow has no TPU support"),
        _("TPUs need the package tensorflow-tpu; the usual one cannot use them."),
        (
            Remedy(
                _("Install TensorFlow for TPUs in its place."),
                f"{place.python(parameters)} -m pip uninstall --yes tensorflow &&"
                f" {place.pip_install(parameters, 'tensorflow-tpu')}",
            ),
            Remedy(_("Or use JAX."), place.pip_install(parameters, "jax[tpu]")),
        ),
    )


def _gpu_arch_not_in_build(parameters: Parameters) -> FindingText:
    capability, built_for = parameters.get("capability"), parameters.get("built_for")
    cause = _("It holds no code for the architecture of this GPU.")
    if capability and built_for:
        cause = _(
            "The GPU has compute capability {capability}; the build is for {built_for}."
        ).format(capability=capability, built_for=built_for.replace(",", ", "))
    return FindingText(
        _("This build does not support this GPU"),
        cause,
        (
            Remedy(_("Install the newest version, which may know it."), _reinstall(parameters)),
            Remedy(_("For an old GPU: install an older version, or build it yourself.")),
        ),
    )


def _reinstall(parameters: Parameters) -> str | None:
    command = place.install_framework(parameters).command
    return (
        command.replace(" install ", " install --upgrade --force-reinstall ") if command else None
    )


TEXTS: dict[str, Author] = {
    "framework_not_installed": _framework_not_installed,
    "framework_import_fails": _framework_import_fails,
    "numpy_abi_incompatible": _numpy_abi_incompatible,
    "protobuf_incompatible": _protobuf_incompatible,
    "static_tls_exhausted": _static_tls_exhausted,
    "cpu_lacks_avx": _cpu_lacks_avx,
    "cpu_only_build": _cpu_only_build,
    "aarch64_wheel_cpu_only": _aarch64_wheel_cpu_only,
    "windows_native_gpu_unsupported": _windows_native_gpu_unsupported,
    "tensorflow_without_tpu_support": _tensorflow_without_tpu_support,
    "gpu_arch_not_in_build": _gpu_arch_not_in_build,
}
