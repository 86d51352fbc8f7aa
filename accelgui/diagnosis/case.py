"""One case to judge: a snapshot, the framework in question, and what rules ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from accelgui.diagnosis.operations import how_telling, is_proof
from accelgui.model.chain import Accelerator
from accelgui.model.snapshot import CallResult, Host, Nvidia, Snapshot, Tpu

if TYPE_CHECKING:
    from accelgui.model.snapshot import (
        DeviceNode,
        Framework,
        Library,
        Machine,
        OperationResult,
        PciDevice,
    )

NVIDIA_VENDOR = "10de"

# PCI base classes: 03 display controllers (0300 VGA, 0302 3D), 12 processing accelerators.
_GPU_CLASSES = ("03", "12")

# Set by hosted runtimes that have a TPU attached. Others (LIBTPU_INIT_ARGS, PJRT_DEVICE, …) are
# wishes of whoever set them.
_ATTACHED_TPU = {
    "CLOUD_TPU_TASK_ID",
    "COLAB_TPU_ADDR",
    "KUBE_GOOGLE_CLOUD_TPU_ENDPOINTS",
    "TPU_ACCELERATOR_TYPE",
    "TPU_NAME",
    "TPU_PROCESS_ADDRESSES",
    "TPU_WORKER_HOSTNAMES",
    "XRT_TPU_CONFIG",
}

_NOWHERE = Host(hostname="", system="", kernel="", machine="")


@dataclass(frozen=True)
class Case:
    """A snapshot seen with one framework in mind; `framework_name` None means any."""

    snapshot: Snapshot
    framework_name: str | None = None

    @property
    def machine(self) -> Machine | None:
        """The machine, None while it has not been looked at."""
        return self.snapshot.machine

    @property
    def host(self) -> Host:
        """The host, an empty one while it has not been looked at."""
        return self.machine.host if self.machine else _NOWHERE

    @property
    def nvidia(self) -> Nvidia:
        """The NVIDIA part of the machine."""
        return self.machine.nvidia if self.machine else Nvidia()

    @property
    def tpu(self) -> Tpu:
        """The TPU part of the machine."""
        return self.machine.tpu if self.machine else Tpu()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that bear on the chain."""
        return self.host.environment

    @cached_property
    def framework(self) -> Framework | None:
        """The framework that the answer is about: the named one, else the most telling one."""
        candidates = [
            framework
            for framework in self.snapshot.frameworks
            if self.framework_name in {None, framework.name}
        ]
        return max(candidates, key=how_telling, default=None)

    @cached_property
    def accelerator(self) -> Accelerator:
        """Which chain is looked at: TPU where only a TPU is here, else NVIDIA's."""
        if self.has_tpu and not self.has_nvidia:
            return Accelerator.TPU
        return Accelerator.NVIDIA

    @cached_property
    def nvidia_gpus(self) -> tuple[PciDevice, ...]:
        """NVIDIA GPUs on the PCI bus; their audio and bridge functions are not devices here."""
        return self.gpus_of(NVIDIA_VENDOR)

    def gpus_of(self, vendor_id: str) -> tuple[PciDevice, ...]:
        """Return the display controllers and accelerators of one maker."""
        pci = self.machine.pci if self.machine else ()
        return tuple(
            device
            for device in pci
            if _plain_hex(device.vendor_id) == vendor_id
            and _plain_hex(device.class_code).zfill(6).startswith(_GPU_CLASSES)
        )

    @cached_property
    def has_nvidia(self) -> bool:
        """Whether anything shows an NVIDIA GPU, be it the bus, the driver or a framework.

        The bus alone does not tell: WSL2 and some virtual machines have no NVIDIA device on it.
        """
        nvidia = self.nvidia
        return bool(
            self.nvidia_gpus
            or self.gpu_nodes
            or nvidia.nvml_device_count
            or nvidia.cuda_device_count
            or nvidia.gpus
            # The module stays in no kernel without a GPU of its own.
            or nvidia.module_version
            or self.is_wsl_with_gpu
            or self.is_jetson
            # A library that does not come back is busy with a device.
            or any(answer.timed_out for answer in self.answers)
            or self.operations_on("gpu")
        )

    @property
    def has_tpu(self) -> bool:
        """Whether a TPU chip is on the bus or the environment speaks of an attached one."""
        return bool(
            self.tpu.chips or _ATTACHED_TPU & set(self.tpu.hints) or self.operations_on("tpu")
        )

    @property
    def has_accelerator(self) -> bool:
        """Whether there is anything that a chain could lead to."""
        return self.has_nvidia or self.has_tpu

    @property
    def is_wsl_with_gpu(self) -> bool:
        """Whether Windows lends a GPU to this WSL2 system (it does not say whose)."""
        return self.host.wsl and self.node("/dev/dxg") is not None

    @property
    def is_jetson(self) -> bool:
        """Whether the GPU is part of NVIDIA's own processor, and so on no bus."""
        return any(self.node(path) for path in ("/dev/nvhost-gpu", "/dev/nvgpu/igpu0/ctrl"))

    @property
    def is_live(self) -> bool:
        """Whether the machine itself was asked, not a tree of its files."""
        return self.machine is None or self.machine.is_live

    def saw(self, folder: str) -> bool:
        """Say whether a folder was there to look into: that nothing is in it then means something.

        A tree of files may be a part of a machine only.
        """
        return self.is_live or (self.machine is not None and folder in self.machine.folders_seen)

    @property
    def is_container(self) -> bool:
        """Whether this runs in a container, where drivers and nodes come from the host."""
        return self.host.container is not None

    @property
    def gpu_nodes(self) -> tuple[DeviceNode, ...]:
        """The nodes of GPUs themselves: /dev/nvidia0 and so on."""
        return tuple(
            node for node in self.nvidia.nodes if node.path.removeprefix("/dev/nvidia").isdecimal()
        )

    @property
    def tpu_nodes(self) -> tuple[DeviceNode, ...]:
        """The nodes of the chips; others in /dev/vfio belong to other devices."""
        paths = {chip.node for chip in self.tpu.chips if chip.node}
        return tuple(node for node in self.tpu.nodes if node.path in paths)

    def node(self, path: str) -> DeviceNode | None:
        """Return the node at `path`, None where there is none."""
        nodes = (*self.nvidia.nodes, *self.tpu.nodes)
        return next((node for node in nodes if node.path == path), None)

    def libraries(self, name: str) -> tuple[Library, ...]:
        """Return the libraries whose file name starts with `name`."""
        contents = self.snapshot.contents
        brought = contents.libraries if contents else ()
        on_machine = self.machine.libraries if self.machine else ()
        # What LD_LIBRARY_PATH names and the loader knows is found before wheels' own.
        reached = [library for library in on_machine if library.origin != "path"]
        rest = [library for library in on_machine if library.origin == "path"]
        found = (*reached, *brought, *rest)
        return tuple(library for library in found if library.name.startswith(name))

    @property
    def answers(self) -> tuple[CallResult, ...]:
        """Every answer of a driver library, the two of initialisation first."""
        machine = self.machine
        first = (self.nvidia.nvml, self.nvidia.cuda)
        rest = machine.problems if machine else ()
        return (*(answer for answer in first if answer), *rest)

    def nvml_answer(self, *codes: int) -> CallResult | None:
        """Return the first answer of NVML with one of the codes."""
        return next(
            (
                answer
                for answer in self.answers
                if answer.call.startswith("nvml") and answer.code in codes
            ),
            None,
        )

    @property
    def cuda_code(self) -> int | None:
        """What cuInit returned, None where it was not called or never returned."""
        return self.nvidia.cuda.code if self.nvidia.cuda else None

    def operations_on(self, kind: str) -> tuple[OperationResult, ...]:
        """Return the operations that were tried on devices of a kind: "cpu", "gpu" or "tpu"."""
        framework = self.framework
        found = framework.operations if framework else ()
        return tuple(operation for operation in found if operation.device.startswith(kind))

    @property
    def tried(self) -> tuple[OperationResult, ...]:
        """Return the operations that were tried on any accelerator."""
        return (*self.operations_on("gpu"), *self.operations_on("tpu"))

    @property
    def in_question(self) -> tuple[OperationResult, ...]:
        """The operations that matter here: on accelerators, or on the CPU where there is none."""
        return self.tried if self.has_accelerator else self.operations_on("cpu")

    @property
    def proof(self) -> OperationResult | None:
        """The first operation that ran on an accelerator and came back right."""
        return next((operation for operation in self.tried if is_proof(operation)), None)

    @property
    def cpu_works(self) -> bool | None:
        """Whether the framework computes right on the CPU; None where that was not tried."""
        results = self.operations_on("cpu")
        if not results:
            return None
        return any(result.ran and result.right is True for result in results)

    @property
    def framework_lists_accelerator(self) -> bool:
        """Whether the framework names a device other than the CPU."""
        framework = self.framework
        return framework is not None and any(
            not device.key.startswith("cpu") for device in framework.devices
        )


def _plain_hex(text: str) -> str:
    return text.lower().removeprefix("0x")
