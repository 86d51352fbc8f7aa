"""Each cause in the machine itself: what shows it, and the near miss that does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from diagnosis.snapshots import (
    CUDA_NOT_LOADED,
    DRIVER,
    H200,
    LIBRARIES,
    NO_DRIVER,
    NODES,
    bare_machine,
    cpu_tensorflow,
    gpu_device,
    host,
    machine,
    node,
    nvidia,
    snapshot,
    tpu_machine,
    unloaded,
)

from accelgui.diagnosis import examine
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Severity
from accelgui.model.snapshot import CallResult, Library, PciDevice
from accelgui.words.findings import describe

if TYPE_CHECKING:
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Machine, Nvidia

DOCKER = host(container="docker")
WSL = host(wsl=True)
UNBOUND = replace(H200, driver=None)
COMPAT = "/usr/local/cuda/compat/libcuda.so.1"
WSL_LIBRARY = Library("libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1", "path")


def cuda(code: int, **changes: object) -> Nvidia:
    """A driver that runs, and whose cuInit returns a code."""
    return nvidia(
        cuda=CallResult("cuInit", code, f"code {code}"), cuda_device_count=None, **changes
    )


def nvml(code: int, **changes: object) -> Nvidia:
    """A driver that runs, and whose NVML returns a code."""
    said = CallResult("nvmlInit", code, f"code {code}", "NVML's words")
    return nvidia(nvml=said, nvml_device_count=None, **changes)


def amd() -> PciDevice:
    return PciDevice("0000:03:00.0", "1002", "744c", "030000", driver="amdgpu")


def intel() -> PciDevice:
    return PciDevice("0000:00:02.0", "8086", "a780", "030000", driver="i915")


AUDIO = PciDevice("0000:01:00.1", "10de", "22bc", "040300", driver="snd_hda_intel")

CASES: dict[str, tuple[str, Machine, Machine]] = {
    "no device at all / a GPU": ("no_accelerator_present", bare_machine(), machine()),
    "only the sound of a GPU / the GPU": (
        "no_accelerator_present",
        bare_machine(pci=(AUDIO,)),
        machine(pci=(AUDIO, H200)),
    ),
    "NVML lost the GPU / NVML answers": ("gpu_fell_off_bus", machine(nvidia=nvml(15)), machine()),
    "NVML wants a reset / NVML is unknown": (
        "gpu_reset_needed_row_remap",
        machine(nvidia=nvml(16)),
        machine(nvidia=nvml(999)),
    ),
    "rows wait to be remapped / were remapped": (
        "gpu_reset_needed_row_remap",
        machine(devices=(gpu_device(row_remap_pending=True),)),
        machine(devices=(gpu_device(row_remap_pending=False),)),
    ),
    "AMD alone / AMD beside NVIDIA": (
        "amd_gpu_needs_rocm_build",
        bare_machine(pci=(amd(),)),
        machine(pci=(amd(), H200)),
    ),
    "Intel alone / Intel beside NVIDIA": (
        "intel_gpu_needs_plugin",
        bare_machine(pci=(intel(),)),
        machine(pci=(intel(), H200)),
    ),
    "a Mac with Apple's chip / one with Intel's": (
        "apple_gpu_needs_plugin",
        bare_machine(host=host(system="Darwin", machine="arm64")),
        bare_machine(host=host(system="Darwin", machine="x86_64")),
    ),
    "no driver / a driver that is not loaded": (
        "driver_not_installed",
        machine(pci=(UNBOUND,), nvidia=NO_DRIVER, libraries=()),
        machine(pci=(UNBOUND,), nvidia=unloaded()),
    ),
    "nouveau because there is no driver / although there is one": (
        "driver_not_installed",
        machine(pci=(replace(H200, driver="nouveau"),), nvidia=NO_DRIVER, libraries=()),
        machine(pci=(replace(H200, driver="nouveau"),), nvidia=unloaded()),
    ),
    "no driver but for an image's compat library / the driver's library": (
        "driver_not_installed",
        machine(
            pci=(UNBOUND,),
            nvidia=NO_DRIVER,
            libraries=(Library("libcuda.so.1", COMPAT, "path"),),
        ),
        machine(pci=(UNBOUND,), nvidia=NO_DRIVER),
    ),
    "installed, not loaded / loaded": (
        "driver_module_not_loaded",
        machine(pci=(UNBOUND,), nvidia=unloaded()),
        machine(),
    ),
    "not loaded / not built": (
        "driver_module_not_loaded",
        machine(pci=(UNBOUND,), nvidia=unloaded()),
        machine(pci=(UNBOUND,), nvidia=unloaded(module_on_disk_path=None)),
    ),
    "no module for this kernel / one for it": (
        "kernel_module_not_built_for_kernel",
        machine(
            pci=(UNBOUND,), nvidia=unloaded(module_on_disk_path=None, module_on_disk_version=None)
        ),
        machine(pci=(UNBOUND,), nvidia=unloaded()),
    ),
    "nouveau although the driver is installed / nvidia": (
        "other_kernel_driver_owns_gpu",
        machine(pci=(replace(H200, driver="nouveau"),), nvidia=unloaded()),
        machine(),
    ),
    "kept for a virtual machine / one of two kept": (
        "other_kernel_driver_owns_gpu",
        machine(pci=(replace(H200, driver="vfio-pci"),), nvidia=unloaded()),
        machine(pci=(replace(H200, driver="vfio-pci"), replace(H200, address="0000:02:00.0"))),
    ),
    "not loaded under Secure Boot / without it": (
        "secure_boot_rejects_module",
        machine(host=host(secure_boot=True), pci=(UNBOUND,), nvidia=unloaded()),
        machine(host=host(secure_boot=False), pci=(UNBOUND,), nvidia=unloaded()),
    ),
    "Secure Boot with a module that is absent / loaded": (
        "secure_boot_rejects_module",
        machine(host=host(secure_boot=True), pci=(UNBOUND,), nvidia=unloaded()),
        machine(host=host(secure_boot=True)),
    ),
    "another version in memory / the same": (
        "driver_upgraded_not_reloaded",
        machine(nvidia=nvidia(module_version="575.57.08")),
        machine(),
    ),
    "NVML says mismatch / NVML says unknown": (
        "driver_upgraded_not_reloaded",
        machine(nvidia=nvml(18)),
        machine(nvidia=nvml(999)),
    ),
    "the module on disk differs / only that in memory": (
        "driver_packages_inconsistent",
        machine(nvidia=nvidia(module_on_disk_version="575.57.08", module_version="575.57.08")),
        machine(nvidia=nvidia(module_version="575.57.08")),
    ),
    "a module of another version waits on disk / a left-over beside a whole driver": (
        "driver_packages_inconsistent",
        machine(pci=(UNBOUND,), nvidia=unloaded(module_on_disk_version="575.57.08")),
        machine(nvidia=nvidia(module_on_disk_version="575.57.08")),
    ),
    "no node / the nodes": ("device_nodes_missing", machine(nvidia=nvidia(nodes=())), machine()),
    "no nvidiactl / no node under WSL": (
        "device_nodes_missing",
        machine(nvidia=nvidia(nodes=NODES[:1])),
        machine(host=WSL, pci=(), nvidia=nvidia(nodes=(node("dxg"),))),
    ),
    "a node closed to us / one that nobody needs": (
        "device_permission_denied",
        machine(nvidia=nvidia(nodes=(node("nvidia0", usable=False), *NODES[1:]))),
        machine(nvidia=nvidia(nodes=(*NODES, node("nvidia-modeset", usable=False)))),
    ),
    "NVML lacks permission / in a container with open nodes": (
        "device_permission_denied",
        machine(nvidia=nvml(4)),
        machine(host=DOCKER, nvidia=nvml(4)),
    ),
    "cuInit is refused by the system / succeeds": (
        "device_permission_denied",
        machine(nvidia=cuda(304)),
        machine(),
    ),
    "cuInit fails without uvm / with it": (
        "uvm_module_not_loaded",
        machine(nvidia=cuda(999, uvm_loaded=False)),
        machine(nvidia=cuda(999)),
    ),
    "uvm absent and CUDA not asked / CUDA works": (
        "uvm_module_not_loaded",
        machine(nvidia=nvidia(uvm_loaded=False, cuda=None)),
        machine(nvidia=nvidia(uvm_loaded=False)),
    ),
    "a container without nodes / with them": (
        "container_started_without_gpus",
        machine(host=DOCKER, nvidia=nvidia(nodes=())),
        machine(host=DOCKER),
    ),
    "nodes missing in a container / on the host": (
        "container_started_without_gpus",
        machine(host=DOCKER, nvidia=nvidia(nodes=())),
        machine(nvidia=nvidia(nodes=())),
    ),
    "NVML is blocked / is unknown": (
        "container_cgroup_device_access_revoked",
        machine(host=DOCKER, nvidia=nvml(17)),
        machine(host=DOCKER, nvidia=nvml(999)),
    ),
    "NVML without permission in a container / on the host": (
        "container_cgroup_device_access_revoked",
        machine(host=DOCKER, nvidia=nvml(4)),
        machine(nvidia=nvml(4)),
    ),
    "a container given only utility / compute too": (
        "driver_capabilities_without_compute",
        machine(
            host=host(container="docker", environment={"NVIDIA_DRIVER_CAPABILITIES": "utility"}),
            nvidia=nvidia(cuda=CUDA_NOT_LOADED, cuda_device_count=None),
            libraries=LIBRARIES[1:],
        ),
        machine(
            host=host(
                container="docker",
                environment={"NVIDIA_DRIVER_CAPABILITIES": "compute,utility"},
            ),
            nvidia=nvidia(cuda=CUDA_NOT_LOADED, cuda_device_count=None),
            libraries=LIBRARIES[1:],
        ),
    ),
    "a version mismatch in a container / on the host": (
        "image_contains_driver_libs",
        machine(host=DOCKER, nvidia=nvml(18)),
        machine(nvidia=nvml(18)),
    ),
    "NVML's library is missing / no driver either": (
        "nvml_library_missing",
        machine(nvidia=nvml(12)),
        bare_machine(),
    ),
    "NVML hangs / libcuda hangs": (
        "probe_timed_out",
        machine(nvidia=nvidia(nvml=CallResult("nvmlInit", timed_out=True))),
        machine(nvidia=nvidia(nvml=CallResult("nvmlInit", None, "not_called", "gpu_asleep"))),
    ),
    "libcuda hangs / answers": (
        "probe_timed_out",
        machine(nvidia=nvidia(cuda=CallResult("cuInit", timed_out=True))),
        machine(),
    ),
    "libcuda outside of the loader's path / on it": (
        "libcuda_not_on_loader_path",
        machine(
            nvidia=nvidia(cuda=CUDA_NOT_LOADED, cuda_device_count=None),
            libraries=(Library("libcuda.so.1", "/opt/nvidia/libcuda.so.1", "path"),),
        ),
        machine(),
    ),
    "WSL's folder is not searched / is": (
        "libcuda_not_on_loader_path",
        machine(
            host=WSL,
            pci=(),
            nvidia=nvidia(
                module_loaded=None,
                nodes=(node("dxg"),),
                cuda=CUDA_NOT_LOADED,
                cuda_device_count=None,
            ),
            libraries=(WSL_LIBRARY,),
        ),
        machine(host=WSL, pci=(), nvidia=nvidia(nodes=(node("dxg"),)), libraries=(WSL_LIBRARY,)),
    ),
    "libcuda nowhere beside a running driver / no driver": (
        "libcuda_not_on_loader_path",
        machine(
            nvidia=nvidia(cuda=CUDA_NOT_LOADED, cuda_device_count=None), libraries=LIBRARIES[1:]
        ),
        machine(pci=(UNBOUND,), nvidia=NO_DRIVER, libraries=()),
    ),
    "a stub stands in / the real one": (
        "libcuda_not_on_loader_path",
        machine(nvidia=cuda(34)),
        machine(),
    ),
    "WSL without Windows' files / with them": (
        "wsl_or_gpupv_host_driver_libs_missing",
        bare_machine(host=WSL, nvidia=replace(NO_DRIVER, nodes=(node("dxg"),))),
        machine(host=WSL, pci=(), nvidia=nvidia(nodes=(node("dxg"),)), libraries=(WSL_LIBRARY,)),
    ),
    "hidden by the variable / no device for another reason": (
        "wrong_cuda_visible_devices",
        machine(host=host(environment={"CUDA_VISIBLE_DEVICES": "-1"}), nvidia=cuda(100)),
        machine(nvidia=cuda(100)),
    ),
    "MIG without instances / MIG off": (
        "mig_enabled_without_instances",
        machine(nvidia=cuda(100), devices=(gpu_device(mig_enabled=True),)),
        machine(nvidia=cuda(100), devices=(gpu_device(mig_enabled=False),)),
    ),
    "the device is unavailable / there is none": (
        "exclusive_compute_mode",
        machine(nvidia=cuda(46)),
        machine(nvidia=cuda(100)),
    ),
    "the system is not ready / mismatched": (
        "fabric_manager_not_running",
        machine(nvidia=cuda(802)),
        machine(nvidia=cuda(803)),
    ),
    "a compat library before a newer driver / an upgraded driver": (
        "cuda_compat_libs_shadow_newer_driver",
        machine(nvidia=nvidia(cuda=CallResult("cuInit", 803, library_path=COMPAT))),
        machine(nvidia=cuda(803)),
    ),
    "803 on a plain host / 804": (
        "driver_upgraded_not_reloaded",
        machine(nvidia=cuda(803)),
        machine(nvidia=cuda(804)),
    ),
    "compat libraries on a consumer GPU / a mismatch": (
        "cuda_compat_libs_on_unsupported_gpu",
        machine(nvidia=cuda(804)),
        machine(nvidia=cuda(803)),
    ),
    "CUDA fails for no reason / NVML fails too": (
        "uvm_broken_after_suspend",
        machine(nvidia=cuda(999)),
        machine(nvidia=replace(nvml(999), cuda=CallResult("cuInit", 999))),
    ),
    "the driver serves an older CUDA / a newer one": (
        "driver_too_old_for_cuda",
        machine(nvidia=nvidia(cuda_version="11.4")),
        machine(nvidia=nvidia(cuda_version="12.2")),
    ),
    "metrics of a TPU / of a GPU": (
        "tpu_metrics_need_running_workload",
        tpu_machine(),
        machine(),
    ),
}


def findings(there: Machine) -> dict[str, Finding]:
    return {f.code: f for f in examine(snapshot(there, cpu_tensorflow())).findings}


@pytest.mark.parametrize(("code", "there", "_near"), CASES.values(), ids=CASES)
def test_that_the_cause_is_found(code: str, there: Machine, _near: Machine) -> None:
    assert code in findings(there)
    assert findings(there)[code].evidence


@pytest.mark.parametrize(("code", "_there", "near"), CASES.values(), ids=CASES)
def test_that_the_near_miss_is_another_matter(code: str, _there: Machine, near: Machine) -> None:
    assert code not in findings(near)


def test_that_without_a_driver_the_finding_is_certain_but_in_a_container_only_likely() -> None:
    bare = machine(pci=(UNBOUND,), nvidia=NO_DRIVER, libraries=())
    assert findings(bare)["driver_not_installed"].confidence is Confidence.CERTAIN
    inside = findings(replace(bare, host=DOCKER))["driver_not_installed"]
    assert inside.confidence is Confidence.LIKELY
    assert inside.parameters["container"] == "docker"


def test_that_uvm_which_nobody_asked_for_is_a_possible_warning_only() -> None:
    finding = findings(machine(nvidia=nvidia(uvm_loaded=False, cuda=None)))["uvm_module_not_loaded"]
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.POSSIBLE)


def test_that_a_gpu_hidden_by_a_variable_is_told_where_cuda_first_says_so() -> None:
    there = machine(host=host(environment={"CUDA_VISIBLE_DEVICES": ""}), nvidia=cuda(100))
    finding = findings(there)["wrong_cuda_visible_devices"]
    assert finding.link is Link.LIBCUDA
    assert finding.parameters["value"] == ""


def test_that_findings_carry_the_place_in_which_they_were_made() -> None:
    finding = findings(machine(pci=(UNBOUND,), nvidia=unloaded()))["driver_module_not_loaded"]
    assert finding.parameters["os_id"] == "ubuntu"
    assert finding.parameters["python"] == "/opt/venv/bin/python"
    assert finding.parameters["framework"] == "tensorflow"
    assert finding.parameters["version"] == DRIVER


def test_that_a_gpu_of_another_maker_is_not_denied() -> None:
    for pci, title in (
        ((), "No GPU or TPU on this machine"),
        ((amd(),), "No NVIDIA GPU and no TPU on this machine"),
    ):
        found = {f.code: f for f in examine(snapshot(bare_machine(pci=pci))).findings}
        assert describe(found["no_accelerator_present"]).title == title
