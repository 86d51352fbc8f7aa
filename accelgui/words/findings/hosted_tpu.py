"""Words of findings about TPUs in hosted runtimes, containers and pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _tpu_runtime_not_selected(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The notebook's runtime has no TPU"),
        _("Hosted notebooks attach a TPU only to runtimes of that type."),
        (
            Remedy(_("In Colab: Runtime, Change runtime type, TPU; then run all cells again.")),
            Remedy(_("With TensorFlow on a TPU of the newer kind, name it “local”:"
                     ' TPUClusterResolver(tpu="local").')),
        ),
    )  # fmt: skip


def _sandbox_keeps_tpu_open(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The sandbox does not let go of the TPU"),
        _("The first process got the TPU and has ended, but the container's runtime still holds"
          " the device, so that no later one gets it."),
        (
            Remedy(_("Start a fresh container for each run.")),
            Remedy(_("Update gVisor (runsc); or use the usual runtime, runc, for this container.")),
        ),
    )  # fmt: skip


def _tpu_container_network_isolated(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The container is cut off from what libtpu needs"),
        _("libtpu asks the machine's metadata server and its own workers over the host's network,"
          " which the container does not have."),
        (
            Remedy(_("Start it with the host's network and devices."),
                   "docker run --privileged --net=host IMAGE"),
            Remedy(_("In Kubernetes: hostNetwork: true, or set the TPU_* variables yourself.")),
        ),
    )  # fmt: skip


def _tpu_node_architecture_unsupported(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("This TPU is of the old kind (TPU Node)"),
        _("There the TPU sits on another machine, reached over the network. Current JAX,"
          " PyTorch/XLA and TensorFlow need a TPU VM, to which the chips are attached."),
        (
            Remedy(_("Create a TPU VM instead, or use a hosted runtime that has one.")),
            Remedy(_("Remove code such as jax.tools.colab_tpu.setup_tpu(): it is not needed"
                     " there.")),
        ),
    )  # fmt: skip


def _tpu_env_var_wrong(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("A TPU variable contradicts the launch"),
        _("A variable that was set beforehand, mostly TPU_PROCESS_ADDRESSES, describes another"
          " number of workers or chips than this program starts."),
        (
            Remedy(_("See what is set."), "env | grep '^TPU_'"),
            Remedy(_("Remove the one in question before the framework is imported."),
                   "unset TPU_PROCESS_ADDRESSES"),
        ),
    )  # fmt: skip


def _tpu_runtime_version_mismatch(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The TPU's TensorFlow is of another version"),
        _("The worker at the TPU does not know what this program sends it: both must run the same"
          " TensorFlow."),
        (
            Remedy(_("See this side's version."),
                   "python3 -c 'import tensorflow; print(tensorflow.__version__)'"),
            Remedy(_("Create the TPU with the software version of the same number, or install that"
                     " version here.")),
        ),
    )  # fmt: skip


def _multi_process_tpu_notice(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: sibling processes mention the TPU library"),
        _("One process of the job has loaded libtpu for all; the others say that they do not."),
    )


TEXTS: dict[str, Author] = {
    "tpu_runtime_not_selected": _tpu_runtime_not_selected,
    "sandbox_keeps_tpu_open": _sandbox_keeps_tpu_open,
    "tpu_container_network_isolated": _tpu_container_network_isolated,
    "tpu_node_architecture_unsupported": _tpu_node_architecture_unsupported,
    "tpu_env_var_wrong": _tpu_env_var_wrong,
    "tpu_runtime_version_mismatch": _tpu_runtime_version_mismatch,
    "multi_process_tpu_notice": _multi_process_tpu_notice,
}
