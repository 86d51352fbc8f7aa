"""Broken machines as trees of files: the right cause comes first, and the near miss is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from diagnosis.trees import (
    CUDA_12_WHEELS,
    KERNEL,
    LIBRARIES,
    OLDER_KERNEL,
    Tree,
    findings,
    first_code,
    healthy,
    verdict,
)

from accelgui.model.finding import Confidence, Severity, VerdictStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

XID_79 = "NVRM: Xid (PCI:0000:01:00): 79, pid=1234, GPU has fallen off the bus."
XID_119 = "NVRM: Xid (PCI:0000:01:00): 119, pid=77, Timeout after 6s of waiting for RPC response"
XID_48 = "NVRM: Xid (PCI:0000:01:00): 48, pid=77, An uncorrectable double bit error (DBE)"
XID_63 = (
    "NVRM: Xid (PCI:0000:01:00): 63, Row Remapper: New row marked for remapping,"
    " reset gpu to activate."
)
XID_13 = "NVRM: Xid (PCI:0000:01:00): 13, pid=77, Graphics Exception"
LEGACY = (
    "NVRM: The NVIDIA GeForce GTX 760 GPU installed in this system is"
    " supported through the NVIDIA 470.xx Legacy drivers."
)
TAINTED = "nvidia: module verification failed: signature and/or required key missing - tainting"
UNSIGNED = "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7"
DPKG = "Package: {name}\nStatus: install ok installed\nVersion: {version}\n\n"


NOT_KNOWN = (
    "NVRM: The NVIDIA GPU 0000:01:00.0 (PCI ID: 10de:2b85) installed in this system is not"
    " supported by the NVIDIA 550.144.03 driver release."
)


CASES: dict[str, tuple[str, Callable[[Tree], object], Callable[[Tree], object]]] = {
    "nothing / a GPU": ("no_accelerator_present", lambda t: t, healthy),
    "no driver / one that is not loaded": (
        "driver_not_installed",
        lambda t: t.pci_gpu(),
        lambda t: t.driver_unloaded(),
    ),
    "nouveau with a driver installed / NVIDIA's bound": (
        "other_kernel_driver_owns_gpu",
        lambda t: t.driver_unloaded().write(
            "sys/bus/pci/devices/0000:01:00.0/uevent", "DRIVER=nouveau\n"
        ),
        healthy,
    ),
    "not loaded / loaded": ("driver_module_not_loaded", lambda t: t.driver_unloaded(), healthy),
    "blacklisted / the nouveau is": (
        "driver_module_not_loaded",
        lambda t: t.driver_unloaded().write("etc/modprobe.d/off.conf", "blacklist nvidia\n"),
        lambda t: t.nvidia_machine().write("etc/modprobe.d/x.conf", "blacklist nouveau\n"),
    ),
    "Secure Boot on / off": (
        "secure_boot_rejects_module",
        lambda t: t.driver_unloaded().secure_boot(on=True),
        lambda t: t.driver_unloaded().secure_boot(on=False),
    ),
    "the kernel rejects / only says that it is tainted": (
        "secure_boot_rejects_module",
        lambda t: t.driver_unloaded().kernel_log(UNSIGNED),
        lambda t: t.nvidia_machine().kernel_log(TAINTED),
    ),
    "built for the older kernel / for this one": (
        "kernel_module_not_built_for_kernel",
        lambda t: (
            t.pci_gpu()
            .nvidia_user_space()
            .module_on_disk("580.65.06", OLDER_KERNEL)
            .write(f"lib/modules/{KERNEL}/modules.dep", "")
        ),
        lambda t: t.driver_unloaded().module_on_disk("580.65.06", OLDER_KERNEL),
    ),
    "a GPU that the driver does not know / one that it does": (
        "driver_too_old_for_gpu",
        lambda t: t.blackwell("nvidia").nvidia_module("550.144.03").kernel_log(NOT_KNOWN),
        lambda t: t.blackwell("nvidia").nvidia_module("570.86.16"),
    ),
    "libraries newer than the module / alike": (
        "driver_upgraded_not_reloaded",
        lambda t: (
            t.pci_gpu(driver="nvidia")
            .nvidia_module("535.183.01")
            .nvidia_user_space("550.90.07")
            .module_on_disk("550.90.07")
            .nvidia_nodes()
        ),
        healthy,
    ),
    "module on disk and libraries differ / alike": (
        "driver_packages_inconsistent",
        lambda t: (
            t.pci_gpu(driver="nvidia")
            .nvidia_module("535.183.01")
            .nvidia_user_space("550.90.07")
            .module_on_disk("535.183.01")
            .nvidia_nodes()
        ),
        healthy,
    ),
    "module on disk and libraries differ, none loaded / alike": (
        "driver_packages_inconsistent",
        lambda t: t.pci_gpu().nvidia_user_space("550.90.07").module_on_disk("535.183.01"),
        lambda t: t.driver_unloaded(),
    ),
    "the driver without NVML / with it": (
        "nvml_library_missing",
        lambda t: (
            t.pci_gpu(driver="nvidia").nvidia_module().nvidia_nodes()
            .library(f"{LIBRARIES}/libcuda.so.1")
        ),
        healthy,
    ),
    "a row waits for a reset / a program failed": (
        "gpu_reset_needed_row_remap",
        lambda t: t.nvidia_machine().kernel_log(XID_63),
        lambda t: t.nvidia_machine().kernel_log(XID_13),
    ),
    "Pascal under 590 / under 580": (
        "gpu_dropped_by_driver_branch",
        lambda t: t.pascal().nvidia_module("590.44.01", is_open=False).nvidia_nodes(0),
        lambda t: t.pascal("nvidia").nvidia_module(is_open=False).nvidia_nodes(),
    ),
    "the kernel speaks of a legacy driver / Turing": (
        "gpu_dropped_by_driver_branch",
        lambda t: t.pci_gpu(device_id="1187").nvidia_user_space("550.90.07").kernel_log(LEGACY),
        lambda t: t.turing().nvidia_user_space("590.44.01"),
    ),
    "Grace Hopper with the closed module / with the open one": (
        "open_kernel_module_unsupported_gpu",
        lambda t: t.pci_gpu(device_id="2342").nvidia_module("550.54.15", is_open=False),
        lambda t: t.pci_gpu(device_id="2342", driver="nvidia").nvidia_module("550.54.15"),
    ),
    "Pascal with the open module / Turing": (
        "open_kernel_module_unsupported_gpu",
        lambda t: t.pascal().nvidia_module("570.86.10", is_open=True),
        lambda t: t.turing("nvidia").nvidia_module("570.86.10", is_open=True).nvidia_nodes(),
    ),
    "Blackwell with the closed module / with the open one": (
        "open_kernel_module_unsupported_gpu",
        lambda t: t.blackwell().nvidia_module("570.86.10", is_open=False),
        lambda t: t.blackwell("nvidia").nvidia_module("570.86.10").nvidia_nodes(),
    ),
    "fallen off the bus / another Xid": (
        "gpu_fell_off_bus",
        lambda t: t.nvidia_machine().kernel_log(XID_79),
        lambda t: t.nvidia_machine().kernel_log(XID_13),
    ),
    "listed by the driver, not on the bus / on it": (
        "gpu_fell_off_bus",
        lambda t: t.nvidia_machine(2).write(
            "proc/driver/nvidia/gpus/0000:81:00.0/information", "Model: \t NVIDIA A100\n"
        ),
        lambda t: t.nvidia_machine().write(
            "proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t NVIDIA A100\n"
        ),
    ),
    "firmware silent / another Xid": (
        "gsp_firmware_failure",
        lambda t: t.nvidia_machine().kernel_log(XID_119),
        lambda t: t.nvidia_machine().kernel_log(XID_13),
    ),
    "double-bit error / another Xid": (
        "gpu_hardware_fault_ecc",
        lambda t: t.nvidia_machine().kernel_log(XID_48),
        lambda t: t.nvidia_machine().kernel_log(XID_13),
    ),
    "asleep / awake": ("gpu_asleep", lambda t: t.nvidia_machine().pci_gpu("0000:02:00.0",
                                                                         asleep=True), healthy),
    "four of sixteen lanes / all in an x8 port": (
        "pcie_link_degraded",
        lambda t: (
            t.pci_gpu(driver="nvidia", link=("16.0 GT/s PCIe", 4, "16.0 GT/s PCIe", 16))
            .nvidia_module()
            .nvidia_user_space()
            .nvidia_nodes()
        ),
        healthy,
    ),
    "no nodes / nodes": (
        "device_nodes_missing",
        lambda t: t.pci_gpu(driver="nvidia").nvidia_module().nvidia_user_space(),
        healthy,
    ),
    "nodes for root only / for all": (
        "device_permission_denied",
        lambda t: t.pci_gpu(driver="nvidia").nvidia_module().nvidia_nodes(mode=0o600),
        lambda t: t.pci_gpu(driver="nvidia").nvidia_module().nvidia_nodes(mode=0o644),
    ),
    "uvm not loaded / loaded": (
        "uvm_module_not_loaded",
        lambda t: (
            t.pci_gpu(driver="nvidia")
            .kernel_module("nvidia")
            .nvidia_user_space()
            .device_node("dev/nvidia0")
            .device_node("dev/nvidiactl")
        ),
        healthy,
    ),
    "NVSwitch without its service / with it": (
        "fabric_manager_not_running",
        lambda t: t.nvidia_machine(8).switches().program("nvidia-smi"),
        lambda t: t.nvidia_machine(8).switches().program("nv-fabricmanager"),
    ),
    "a fabric manager of another version / of the driver's": (
        "fabric_manager_not_running",
        lambda t: t.nvidia_machine(8).switches().write(
            "var/lib/dpkg/status",
            DPKG.format(name="nvidia-fabricmanager-580", version="580.82.07-1"),
        ),
        lambda t: t.nvidia_machine(8).switches().write(
            "var/lib/dpkg/status",
            DPKG.format(name="nvidia-fabricmanager-580", version="580.65.06-0ubuntu1"),
        ),
    ),
    "an AMD GPU / an NVIDIA one": (
        "amd_gpu_needs_rocm_build",
        lambda t: t.pci_gpu(vendor_id="1002", device_id="744c", driver="amdgpu"),
        healthy,
    ),
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "machine")


@pytest.mark.parametrize(("code", "broken", "_near"), CASES.values(), ids=CASES)
def test_that_the_cause_comes_first(
    tree: Tree, code: str, broken: Callable[[Tree], object], _near: object
) -> None:
    broken(tree)
    assert first_code(tree) == code
    assert findings(tree)[code].evidence


@pytest.mark.parametrize(("code", "_broken", "near"), CASES.values(), ids=CASES)
def test_that_the_near_miss_is_another_matter(
    tree: Tree, code: str, _broken: object, near: Callable[[Tree], object]
) -> None:
    near(tree)
    assert code not in findings(tree)


@pytest.mark.parametrize("gpus", [1, 8])
def test_that_a_healthy_machine_has_nothing_to_mend(tree: Tree, gpus: int) -> None:
    tree.nvidia_machine(gpus).packages(*CUDA_12_WHEELS).tensorflow().program("nvidia-smi")
    assert [f.code for f in verdict(tree).findings if f.severity is not Severity.INFO] == []


def test_that_secure_boot_may_be_why_nouveau_has_the_gpu(tree: Tree) -> None:
    tree.driver_unloaded().secure_boot(on=True).kernel_module("nouveau")
    codes = [finding.code for finding in verdict(tree).findings]
    assert codes == ["other_kernel_driver_owns_gpu", "secure_boot_rejects_module"]
    assert findings(tree)["secure_boot_rejects_module"].confidence is Confidence.POSSIBLE


def test_that_older_kernels_tell_of_secure_boot_elsewhere(tree: Tree) -> None:
    name = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    tree.driver_unloaded().write(f"sys/firmware/efi/vars/{name}/data", "\x01")
    assert first_code(tree) == "secure_boot_rejects_module"


def test_that_a_driver_which_does_not_know_the_gpu_needs_no_other_module(tree: Tree) -> None:
    tree.blackwell("nvidia").nvidia_module("550.90.07", is_open=False).nvidia_nodes()
    codes = [finding.code for finding in verdict(tree).findings]
    assert codes == ["driver_too_old_for_gpu"]


def test_that_uvm_is_not_missed_where_the_driver_has_no_gpu(tree: Tree) -> None:
    tree.pascal().kernel_module("nvidia").device_node("dev/nvidiactl")
    tree.write(
        "proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  590.44.01"
    )
    codes = [finding.code for finding in verdict(tree).findings]
    assert codes == ["gpu_dropped_by_driver_branch"]


@pytest.mark.parametrize(
    ("programs", "confidence"), [(("nvidia-smi",), Confidence.LIKELY), ((), Confidence.POSSIBLE)]
)
def test_that_a_fabric_manager_is_missed_as_surely_as_programs_were_seen(
    tree: Tree, programs: tuple[str, ...], confidence: Confidence
) -> None:
    tree.nvidia_machine(8).switches()
    for name in programs:
        tree.program(name)
    assert findings(tree)["fabric_manager_not_running"].confidence is confidence


def test_that_nouveau_without_a_driver_is_told_after_the_missing_driver(tree: Tree) -> None:
    tree.pci_gpu(driver="nouveau")
    codes = [finding.code for finding in verdict(tree).findings]
    assert codes == ["driver_not_installed", "other_kernel_driver_owns_gpu"]


def test_that_what_follows_from_a_missing_module_is_left_out(tree: Tree) -> None:
    tree.driver_unloaded().packages(*CUDA_12_WHEELS).tensorflow()
    assert [finding.code for finding in verdict(tree).findings] == ["driver_module_not_loaded"]


PARTS: dict[str, tuple[str, ...]] = {
    "only the release": (),
    "no /dev": ("dev",),
    "no /proc/modules": ("proc/modules",),
    "no bus": ("sys",),
    "no libraries": ("usr",),
    "no kernel modules": ("lib",),
    "nothing but the bus": ("dev", "proc", "usr", "lib", "etc"),
    "nothing but /proc": ("dev", "sys", "usr", "lib", "etc"),
}


@pytest.mark.parametrize("missing", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("container", [False, True])
def test_that_a_part_of_a_healthy_machine_has_no_certain_trouble(
    tree: Tree, missing: tuple[str, ...], container: bool
) -> None:
    import shutil

    tree.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow()
    if container:
        tree.container()
    for name in missing:
        place = tree.root / name
        place.unlink() if place.is_file() else shutil.rmtree(place)
    certain = [
        finding.code
        for finding in verdict(tree).findings
        if finding.confidence is Confidence.CERTAIN and finding.severity is Severity.ERROR
    ]
    assert certain == []
    assert verdict(tree).status is not VerdictStatus.ACCELERATED


def test_that_a_blacklist_is_shown_as_what_keeps_the_module_out(tree: Tree) -> None:
    tree.driver_unloaded().write("etc/modprobe.d/off.conf", "# x\nblacklist nvidia\n")
    first = findings(tree)["driver_module_not_loaded"].evidence[0]
    assert (first.source, first.line) == ("/etc/modprobe.d/off.conf", 2)


def test_that_a_log_of_an_earlier_start_does_not_count(tree: Tree) -> None:
    lines = f"{XID_79}\n[    0.000000] Linux version {KERNEL}\nnvidia: loading\n"
    tree.nvidia_machine().write("var/log/kern.log", lines)
    assert "gpu_fell_off_bus" not in findings(tree)
