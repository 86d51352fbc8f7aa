"""The links of the chain in words: what each is called, what it is, how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.chain import Accelerator, Link, LinkStatus
from accelgui.model.finding import VerdictStatus
from accelgui.words.translation import N_, _

if TYPE_CHECKING:
    from accelgui.model.chain import LinkState
    from accelgui.model.finding import Verdict

_NAMES = {
    Link.DEVICE: N_("GPU on the bus"),
    Link.KERNEL_DRIVER: N_("Kernel driver"),
    Link.DEVICE_NODES: N_("Device files"),
    Link.NVML: N_("Management library (NVML)"),
    Link.LIBCUDA: N_("CUDA driver library"),
    Link.CUDA_LIBRARIES: N_("CUDA libraries"),
    Link.LIBTPU: N_("TPU library (libtpu)"),
    Link.NOT_HELD: N_("Free to use"),
    Link.FRAMEWORK_BUILD: N_("Framework build"),
    Link.FRAMEWORK_LISTS: N_("Framework lists it"),
    Link.OPERATION_RUNS: N_("An operation runs"),
    Link.RESULT_RIGHT: N_("The result is right"),
    Link.SPEED: N_("Speed"),
}

_TPU_NAMES = {Link.DEVICE: N_("TPU chip or runtime")}

_EXPLANATIONS = {
    Link.DEVICE: N_("The system sees an NVIDIA GPU on its PCI bus."),
    Link.KERNEL_DRIVER: N_(
        "NVIDIA's part of the Linux kernel is loaded and has taken charge of the GPU."
    ),
    Link.DEVICE_NODES: N_(
        "The files in /dev through which programs reach the device exist, and you may use them."
    ),
    Link.NVML: N_("The library that reports load, memory, temperature and power answers."),
    Link.LIBCUDA: N_("The driver's own library, which every CUDA program talks to, starts."),
    Link.CUDA_LIBRARIES: N_(
        "The libraries for mathematics on the GPU that the framework asks for (cuBLAS, cuDNN and"
        " others) can be loaded."
    ),
    Link.LIBTPU: N_("Google's library that drives the TPU is installed."),
    Link.NOT_HELD: N_("No other process holds the chip: one process at a time may use a TPU."),
    Link.FRAMEWORK_BUILD: N_(
        "The installed framework was built for this accelerator and for this model of it."
    ),
    Link.FRAMEWORK_LISTS: N_("The framework names the accelerator among its devices."),
    Link.OPERATION_RUNS: N_("A real multiplication of matrices ran on the accelerator."),
    Link.RESULT_RIGHT: N_("What came back equals what the CPU calculates."),
    Link.SPEED: N_("Work runs as fast as this model of accelerator should. Not measured yet."),
}

_TPU_EXPLANATIONS = {
    Link.DEVICE: N_("The system sees a TPU chip, or a hosted runtime with a TPU is attached."),
}

_STATUSES = {
    LinkStatus.PASSED: N_("passed"),
    LinkStatus.BROKEN: N_("broken"),
    LinkStatus.NOT_REACHED: N_("not reached"),
    LinkStatus.UNKNOWN: N_("not known"),
}


def link_name(link: Link, accelerator: Accelerator) -> str:
    """Return the short name of a link."""
    special = _TPU_NAMES if accelerator is Accelerator.TPU else {}
    return _(special.get(link, _NAMES[link]))


def link_explanation(link: Link, accelerator: Accelerator) -> str:
    """Return one line that says to a newcomer what the link is."""
    special = _TPU_EXPLANATIONS if accelerator is Accelerator.TPU else {}
    return _(special.get(link, _EXPLANATIONS[link]))


def status_name(status: LinkStatus) -> str:
    """Return how a link stands, as a word that fits after its name."""
    return _(_STATUSES[status])


def state_name(state: LinkState, verdict: Verdict) -> str:
    """Return how a link of this verdict stands: `status_name`, or a word that fits it better."""
    if is_absent(state, verdict):
        return _("none here")
    if state.link is Link.SPEED and state.status is LinkStatus.UNKNOWN:
        return _("not measured")
    return status_name(state.status)


def detail_words(state: LinkState) -> str:
    """Return what is known of a link besides how it stands, with what the figure means."""
    if not state.detail:
        return ""
    match state.link:
        case Link.LIBCUDA:
            return f"CUDA {state.detail}"
        case Link.KERNEL_DRIVER | Link.NVML | Link.LIBTPU | Link.FRAMEWORK_BUILD:
            return _("version {version}").format(version=state.detail)
    return state.detail


def is_absent(state: LinkState, verdict: Verdict) -> bool:
    """Whether a link is not broken but without its object: there is no accelerator."""
    none_here = verdict.status is VerdictStatus.NO_ACCELERATOR
    return none_here and state.link is Link.DEVICE and state.status is LinkStatus.BROKEN
