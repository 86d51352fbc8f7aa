"""Looks at the machine: first what files tell at once, then what the driver libraries answer."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.agent.failures import InputError
from accelgui.agent.probe.answer import not_called
from accelgui.agent.probe.configuration import look_at_configuration
from accelgui.agent.probe.cpu import look_at_cpu
from accelgui.agent.probe.fabric import look_at_fabric
from accelgui.agent.probe.files import Files
from accelgui.agent.probe.gpu import gpu_devices
from accelgui.agent.probe.holders import holders
from accelgui.agent.probe.host import look_at_host
from accelgui.agent.probe.kernel_log import look_at_kernel_log
from accelgui.agent.probe.libcuda import CudaAnswer, ask_libcuda
from accelgui.agent.probe.libraries import configured_folders, look_at_libraries
from accelgui.agent.probe.nvidia import look_at_driver
from accelgui.agent.probe.nvml import NvmlAnswer, ask_nvml
from accelgui.agent.probe.pci import is_asleep, is_nvidia_gpu, look_at_pci
from accelgui.agent.probe.pythons import tell_python
from accelgui.agent.probe.system_packages import look_at_packages, packaged_driver
from accelgui.agent.probe.tpu import look_at_tpu
from accelgui.agent.probe.tpu_chip import tpu_devices
from accelgui.model.events import MachineSeen
from accelgui.model.snapshot import CallResult, Machine

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import MachineRequest
    from accelgui.model.snapshot import Process

GPU_ASLEEP = "gpu_asleep"

# Where they are missing from a tree of files, what they would hold is not known.
_FOLDERS = (
    "/dev",
    "/lib/modules",
    "/proc/modules",
    "/sys/bus/pci/devices",
    "/usr/bin",
    "/usr/lib",
)


def look_at_machine(request: MachineRequest, channel: Channel) -> None:
    """Send the machine as files show it, then again with the drivers' answers.

    With a sysroot nothing live is asked and the first is all. Raises InputError where the
    sysroot is no folder.
    """
    if request.sysroot is not None and not Path(request.sysroot).is_dir():
        raise InputError(f"not a folder: {request.sysroot}")
    files = Files(request.sysroot)
    machine = machine_in_files(files)
    channel.send(MachineSeen(machine))
    if not files.live:
        tell_python(files, machine.host, channel)
    else:
        channel.send(MachineSeen(_with_answers(files, machine, request.call_timeout_s)))


def machine_in_files(files: Files) -> Machine:
    """Return what files alone tell; no device is opened."""
    pci = look_at_pci(files)
    host = look_at_host(files)
    tpu = look_at_tpu(files, pci, host.environment)
    nvidia = look_at_driver(files, pci)
    packages = look_at_packages(files)
    fabric = look_at_fabric(files, packages, in_container=host.container is not None)
    has_nvidia = bool(nvidia.nodes) or any(map(is_nvidia_gpu, pci))
    return Machine(
        host=host,
        pci=pci,
        nvidia=dataclasses.replace(
            nvidia,
            installed_driver_version=nvidia.installed_driver_version or packaged_driver(packages),
            switch_count=fabric.switch_count,
            fabric_manager_running=fabric.manager_running,
            fabric_manager_version=fabric.manager_version,
        ),
        tpu=tpu,
        libraries=look_at_libraries(files, host.environment),
        devices=(look_at_cpu(files), *gpu_devices(files, pci), *tpu_devices(tpu, pci)),
        is_live=files.live,
        packages=packages,
        processes=tuple(holders(files, {node.path for node in nvidia.nodes})),
        configuration=look_at_configuration(files),
        kernel_log=look_at_kernel_log(files, ask_journal=has_nvidia),
        loader_folders=configured_folders(files),
        folders_seen=tuple(path for path in _FOLDERS if files.exists(path)),
        problems=tuple(CallResult(path, timed_out=True) for path in files.silent),
    )


def _with_answers(files: Files, machine: Machine, timeout_s: float) -> Machine:
    nvml, cuda = ask_drivers(machine, timeout_s)
    cpu = machine.devices[:1]
    in_container = machine.host.container is not None
    gpus = gpu_devices(files, machine.pci, nvml, cuda, is_container=in_container)
    return dataclasses.replace(
        machine,
        nvidia=dataclasses.replace(
            machine.nvidia,
            nvml=nvml.init,
            nvml_driver_version=nvml.driver_version,
            nvml_cuda_version=nvml.cuda_version,
            nvml_device_count=nvml.count,
            cuda=cuda.init,
            cuda_version=cuda.version,
            cuda_device_count=cuda.count,
        ),
        devices=(*cpu, *gpus, *tpu_devices(machine.tpu, machine.pci)),
        problems=(*machine.problems, *nvml.problems, *cuda.problems),
        processes=(*(_named(files, process) for process in nvml.processes), *machine.processes),
    )


def _named(files: Files, process: Process) -> Process:
    # Processes of other containers are told by NVML, but not to be seen.
    return dataclasses.replace(process, name=files.text(f"/proc/{process.pid}/comm"))


def ask_drivers(machine: Machine, timeout_s: float) -> tuple[NvmlAnswer, CudaAnswer]:
    """Ask NVML and libcuda at once, unless that would wake GPUs that all sleep."""
    gpus = [device for device in machine.pci if is_nvidia_gpu(device)]
    asleep = [index for index, gpu in enumerate(gpus) if is_asleep(gpu)]
    if asleep and len(asleep) == len(gpus):
        return (
            NvmlAnswer(not_called("nvmlInit", GPU_ASLEEP)),
            CudaAnswer(not_called("cuInit", GPU_ASLEEP)),
        )
    with ThreadPoolExecutor(2, thread_name_prefix="ask") as pool:
        nvml = pool.submit(ask_nvml, asleep, timeout_s)
        cuda = pool.submit(ask_libcuda, timeout_s)
        return nvml.result(), cuda.result()
