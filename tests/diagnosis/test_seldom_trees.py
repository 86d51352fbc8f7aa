"""Made machines on which one cause looks like another: the right one first, the near miss none."""

from __future__ import annotations

import lzma
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from diagnosis.trees import (
    KERNEL,
    LIBRARIES,
    OLDER_KERNEL,
    VENV,
    Tree,
    findings,
    first_code,
    in_docker,
    kubernetes_node,
    verdict,
    wsl_libraries,
)

from accelgui.model.chain import LinkStatus
from accelgui.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN_UUID = "GPU-1b2c3d4e-0000-1111-2222-333344445555"
XID_79 = "NVRM: Xid (PCI:0000:01:00): 79, pid=1234, GPU has fallen off the bus."


def nouveau_stepped_in(t: Tree) -> Tree:
    """Have the driver, its module for an older kernel only, and nouveau in its place."""
    t.pci_gpu(driver="nouveau").kernel_module("nouveau").nvidia_user_space()
    return t.module_on_disk("580.65.06", OLDER_KERNEL)


def packed_module(t: Tree, version: str) -> Tree:
    path = t.root / f"lib/modules/{KERNEL}/extra/nvidia/nvidia.ko.xz"
    path.parent.mkdir(parents=True)
    path.write_bytes(lzma.compress(f"license=NVIDIA\0version={version}\0".encode()))
    t.pci_gpu(driver="nvidia").nvidia_module("550.54.15").nvidia_nodes()
    return t.nvidia_user_space("550.90.07")


def half_updated(t: Tree, version: str) -> Tree:
    t.pci_gpu(driver="nvidia").nvidia_module("550.54.15").nvidia_nodes()
    t.library(f"{LIBRARIES}/libcuda.so.550.54.15", links=("libcuda.so.1",))
    return t.library(f"{LIBRARIES}/libnvidia-ml.so.{version}", links=("libnvidia-ml.so.1",))


def for_graphics(t: Tree) -> Tree:
    t.pci_gpu(driver="nvidia").nvidia_module().nvidia_nodes()
    return t.library("usr/lib64/libnvidia-glcore.so.580.65.06")


def silent_bus(t: Tree, width: str) -> Tree:
    folder = "sys/bus/pci/devices/0000:01:00.0"
    return t.nvidia_machine().write(f"{folder}/current_link_width", width)


def linux_driver_in_wsl(t: Tree) -> Tree:
    return wsl_libraries(t).library(f"{LIBRARIES}/libcuda.so.580.65.06", links=("libcuda.so.1",))


def pod(t: Tree, visible: str) -> Tree:
    t.container("kubernetes").nvidia_module().pci_gpu(driver="nvidia")
    return t.write("proc/1/environ", f"NVIDIA_VISIBLE_DEVICES={visible}\0")


def device_rules(t: Tree, *rules: str) -> Tree:
    text = "".join(f"{rule}\n" for rule in rules)
    in_docker(t).nvidia_user_space().nvidia_nodes()
    return t.write("sys/fs/cgroup/devices/devices.list", text)


def hidden_in(path: str, text: str) -> Callable[[Tree], Tree]:
    return lambda t: t.nvidia_machine().write(path, text)


def torch_on(t: Tree, device_id: str, version: str) -> Tree:
    t.pci_gpu(device_id=device_id, driver="nvidia").nvidia_nodes()
    t.nvidia_module("570.86.16", is_open=device_id == "2b85")
    return t.nvidia_user_space("570.86.16").packages(f"torch-{version}")


def two_logs(t: Tree, line: str) -> Tree:
    t.nvidia_machine().kernel_log("nvidia: loading out-of-tree module taints kernel.")
    return t.write("var/log/kern.log", f"Jan 20 10:00:01 box kernel: [ 99.0] {line}\n")


def lxc(t: Tree, *nodes: str) -> Tree:
    t.container("lxc").pci_gpu(driver="nvidia").nvidia_module().nvidia_user_space()
    for name in ("nvidia0", "nvidiactl", *nodes):
        t.device_node(f"dev/{name}")
    return t


def jetson(t: Tree, folders: str) -> Tree:
    t.kernel("5.15.136-tegra", "aarch64").device_node("dev/nvhost-gpu")
    t.library("usr/lib/aarch64-linux-gnu/tegra/libcuda.so.1.1", links=("libcuda.so.1",))
    return t.write("etc/ld.so.conf", folders)


def system_cudnn(t: Tree, version: str) -> Tree:
    t.nvidia_machine().tensorflow("2.14.0", "numpy<2.0.0").write("etc/ld.so.conf", "/opt/cuda\n")
    t.library("opt/cuda/libcudart.so.11.8.89", links=("libcudart.so.11.0",))
    return t.library(f"{LIBRARIES}/libcudnn.so.{version}", links=(f"libcudnn.so.{version[0]}",))


def chosen_by_uuid(t: Tree, uuid: str) -> Tree:
    folder = "proc/driver/nvidia/gpus/0000:01:00.0"
    t.nvidia_machine().write(f"{folder}/information", f"Model: \t A10\nGPU UUID: \t {OWN_UUID}\n")
    return t.write("proc/self/environ", f"CUDA_VISIBLE_DEVICES={uuid}\0")


def packaged(t: Tree, module: str, libraries: str) -> Tree:
    stanza = "Package: {}\nStatus: install ok installed\nVersion: {}-0ubuntu1\n\n"
    names = {"nvidia-dkms-535": module, "libnvidia-compute-550": libraries}
    t.pci_gpu(driver="nvidia").nvidia_module(module).nvidia_user_space(libraries).nvidia_nodes()
    text = "".join(stanza.format(name, version) for name, version in names.items())
    return t.write("var/lib/dpkg/status", text)


def rooted(t: Tree, layer: str) -> Tree:
    line = f"1 0 0:3 / / rw,relatime - overlay overlay rw,lowerdir={layer}\n"
    t.nvidia_module().pci_gpu(driver="nvidia")
    return t.write("proc/1/cgroup", "0::/\n").write("proc/self/mountinfo", line)


def compat_on_class(t: Tree, class_code: str) -> Tree:
    library = "usr/local/cuda/compat/libcuda.so.590.44.01"
    in_docker(t).nvidia_nodes().nvidia_user_space().library(library, links=("libcuda.so.1",))
    t.write("sys/bus/pci/devices/0000:01:00.0/class", f"0x{class_code}\n")
    return t.write("proc/self/environ", "LD_LIBRARY_PATH=/usr/local/cuda/compat\0")


CASES: dict[str, tuple[str, Callable[[Tree], object], Callable[[Tree], object]]] = {
    "nouveau instead of a module that was not built / of one that is there": (
        "kernel_module_not_built_for_kernel",
        nouveau_stepped_in,
        lambda t: nouveau_stepped_in(t).module_on_disk("580.65.06"),
    ),
    "nouveau although the module is there / the module alone": (
        "other_kernel_driver_owns_gpu",
        lambda t: nouveau_stepped_in(t).module_on_disk("580.65.06"),
        lambda t: t.driver_unloaded(),
    ),
    "a packed module of another version than the libraries / of theirs": (
        "driver_packages_inconsistent",
        lambda t: packed_module(t, "550.54.15"),
        lambda t: packed_module(t, "550.90.07"),
    ),
    "a packed module of the libraries' version / of the loaded one's": (
        "driver_upgraded_not_reloaded",
        lambda t: packed_module(t, "550.90.07"),
        lambda t: packed_module(t, "550.54.15"),
    ),
    "half an update / a whole one": (
        "driver_packages_inconsistent",
        lambda t: half_updated(t, "550.90.07"),
        lambda t: half_updated(t, "550.54.15"),
    ),
    "a driver for graphics alone / with libcuda": (
        "libcuda_not_on_loader_path",
        for_graphics,
        lambda t: for_graphics(t).nvidia_user_space(),
    ),
    "a bus that answers with ones / an idle link": (
        "gpu_fell_off_bus",
        lambda t: silent_bus(t, "255"),
        lambda t: silent_bus(t, "16"),
    ),
    "a driver for Linux in WSL2 / that of Windows": (
        "image_contains_driver_libs",
        linux_driver_in_wsl,
        wsl_libraries,
    ),
    "a pod that was lent a GPU and has none / that asks for none": (
        "nvidia_runtime_not_default",
        lambda t: pod(t, "GPU-1b2c3d4e-0000-1111-2222-333344445555"),
        lambda t: pod(t, "void"),
    ),
    "nodes that may be made only / used, too": (
        "container_cgroup_device_access_revoked",
        lambda t: device_rules(t, "c *:* m", "b *:* m", "c 1:3 rwm"),
        lambda t: device_rules(t, "c *:* m", "c 195:* rw"),
    ),
    "Docker Desktop / a container of another machine": (
        "docker_daemon_cannot_see_host_driver",
        lambda t: t.container("docker").kernel("6.6.12-linuxkit"),
        lambda t: t.container("docker"),
    ),
    "CUDA_VISIBLE_DEVICES of the process / of a real GPU": (
        "wrong_cuda_visible_devices",
        hidden_in("proc/self/environ", "HOME=/root\0CUDA_VISIBLE_DEVICES=-1\0"),
        hidden_in("proc/self/environ", "HOME=/root\0CUDA_VISIBLE_DEVICES=0\0"),
    ),
    "CUDA_VISIBLE_DEVICES of a login / only spoken of": (
        "wrong_cuda_visible_devices",
        hidden_in("home/a/.bashrc", 'alias ll="ls -l"\nexport CUDA_VISIBLE_DEVICES=""  # no GPU\n'),
        hidden_in("home/a/.bashrc", "# export CUDA_VISIBLE_DEVICES=-1\necho CUDA_VISIBLE\n"),
    ),
    "torch older than the GPU / for it": (
        "gpu_arch_not_in_build",
        lambda t: torch_on(t, "2b85", "2.5.1+cu124"),
        lambda t: torch_on(t, "2b85", "2.7.0+cu128"),
    ),
    "torch too new for the GPU / that still knows it": (
        "gpu_arch_not_in_build",
        lambda t: torch_on(t, "1b06", "2.8.0+cu128"),
        lambda t: torch_on(t, "1b06", "2.8.0+cu126"),
    ),
    "torch for an architecture of the same major version / of the one before": (
        "gpu_arch_not_in_build",
        lambda t: torch_on(t, "2684", "1.7.1+cu102"),
        lambda t: torch_on(t, "2684", "1.13.1+cu117"),
    ),
    "an Xid in the later of two logs / of a program that failed": (
        "gpu_fell_off_bus",
        lambda t: two_logs(t, XID_79),
        lambda t: two_logs(t, "NVRM: Xid (PCI:0000:01:00): 31, pid=7, MMU Fault"),
    ),
    "plain TensorFlow on a TPU / beside the image's libtpu": (
        "tensorflow_without_tpu_support",
        lambda t: t.tpu("v4", 4).packages("tensorflow-2.15.0"),
        lambda t: t.tpu("v4", 4).packages("tensorflow-2.15.0").library("lib/libtpu.so"),
    ),
    "a GPU held for Xen's guests / by NVIDIA's driver": (
        "other_kernel_driver_owns_gpu",
        lambda t: t.pci_gpu(driver="pciback"),
        lambda t: t.pci_gpu(driver="nvidia"),
    ),
    "a container without the node of nvidia_uvm / with it": (
        "device_nodes_missing",
        lxc,
        lambda t: lxc(t, "nvidia-uvm"),
    ),
    "a Jetson whose libraries the loader does not find / does": (
        "libcuda_not_on_loader_path",
        lambda t: jetson(t, "/usr/lib/aarch64-linux-gnu\n"),
        lambda t: jetson(t, "/usr/lib/aarch64-linux-gnu/tegra\n"),
    ),
    "the system's cuDNN of another major version / of the right one": (
        "cudnn_version_mismatch",
        lambda t: system_cudnn(t, "9.1.0"),
        lambda t: system_cudnn(t, "8.6.0"),
    ),
    "another machine's GPU chosen / this one's": (
        "wrong_cuda_visible_devices",
        lambda t: chosen_by_uuid(t, OWN_UUID.replace("1b2c3d4e", "deadbeef")),
        lambda t: chosen_by_uuid(t, OWN_UUID),
    ),
    "TPU Nodes with plain TensorFlow / a TPU of this machine's": (
        "tpu_node_architecture_unsupported",
        lambda t: t.write("proc/1/environ", "XRT_TPU_CONFIG=tpu_worker;0;10.0.0.2:8470\0")
        .packages("tensorflow-2.15.0"),
        lambda t: t.tpu("v4", 4).packages("tensorflow-2.15.0"),
    ),
    "packages of two branches / of one": (
        "driver_packages_inconsistent",
        lambda t: packaged(t, "535.154.05", "550.54.14"),
        lambda t: packaged(t, "550.54.14", "550.54.14"),
    ),
    "a root of containers' layers / of a live system": (
        "container_started_without_gpus",
        lambda t: rooted(t, "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/1/fs"),
        lambda t: rooted(t, "/run/rootfsbase"),
    ),
    "a node of Kubernetes with the usual runtime / with NVIDIA's": (
        "nvidia_runtime_not_default",
        lambda t: kubernetes_node(t, "runc").write("var/lib/kubelet/config.yaml", ""),
        lambda t: kubernetes_node(t, "nvidia").write("var/lib/kubelet/config.yaml", ""),
    ),
    "a compat library on a board with a display / on one without": (
        "cuda_compat_libs_on_unsupported_gpu",
        lambda t: compat_on_class(t, "030000"),
        lambda t: compat_on_class(t, "030200"),
    ),
    "a TPU variable that a tree has written down / that fits": (
        "tpu_env_var_wrong",
        lambda t: t.tpu("v4", 4).write("proc/1/environ", "TPU_VISIBLE_CHIPS=0,1,2,3,4,5,6,7\0")
        .library(f"{VENV}/libtpu/libtpu.so").packages("libtpu-0.0.17"),
        lambda t: t.tpu("v4", 4).write("proc/1/environ", "TPU_VISIBLE_CHIPS=0,1,2,3\0")
        .library(f"{VENV}/libtpu/libtpu.so").packages("libtpu-0.0.17"),
    ),
    "a framework in a user's own folder / one that fits": (
        "cpu_only_build",
        lambda t: t.nvidia_machine().packages(
            "torch-2.5.1+cpu", site="home/a/.local/lib/python3.11/site-packages"
        ),
        lambda t: t.nvidia_machine().packages(
            "torch-2.5.1+cu124", site="home/a/.local/lib/python3.11/site-packages"
        ),
    ),
    "a framework in a project's environment / one that fits": (
        "cpu_only_build",
        lambda t: t.nvidia_machine().packages(
            "torch-2.5.1+cpu", site="home/a/project/.venv/lib/python3.12/site-packages"
        ),
        lambda t: t.nvidia_machine().packages(
            "torch-2.5.1+cu124", site="home/a/project/.venv/lib/python3.12/site-packages"
        ),
    ),
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


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
    found = findings(tree)
    assert code not in found or found[code].severity is Severity.WARNING


def test_that_a_python_without_lzma_looks_at_the_machine_all_the_same(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lzma", None)
    packed_module(tree, "550.90.07")
    assert first_code(tree) == "driver_upgraded_not_reloaded"


@pytest.mark.parametrize("content", [b"", b"no xz at all", lzma.compress(b"version=1" * 99)[:-20]])
def test_that_a_broken_packed_module_tells_no_version(tree: Tree, content: bytes) -> None:
    packed_module(tree, "550.90.07")
    (tree.root / f"lib/modules/{KERNEL}/extra/nvidia/nvidia.ko.xz").write_bytes(content)
    assert first_code(tree) == "driver_upgraded_not_reloaded"


def test_that_a_jetson_has_a_gpu_though_it_is_on_no_bus(tree: Tree) -> None:
    tree.device_node("dev/nvhost-gpu")
    assert "no_accelerator_present" not in findings(tree)
    assert all(state.status is not LinkStatus.BROKEN for state in verdict(tree).chain)


def test_that_the_processor_comes_before_libraries_that_it_never_asks_for(tree: Tree) -> None:
    tree.nvidia_machine().tensorflow().cpu(flags="fpu sse sse2 sse4_2")
    assert first_code(tree) == "cpu_lacks_avx"


def test_that_packages_which_do_not_fit_come_before_a_driver_at_its_limit(tree: Tree) -> None:
    tree.nvidia_machine(version="535.183.01").packages(
        "torch-2.6.0+cu124", "nvidia_cuda_runtime_cu12-12.4.127", "nvidia_nvjitlink_cu12-12.1.105"
    )
    assert first_code(tree) == "mixed_cuda_wheel_versions"
    assert "driver_near_its_limit" in findings(tree)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="makes device nodes")
@pytest.mark.parametrize(("groups", "is_denied"), [("100 1000", True), ("100 483", False)])
def test_that_a_node_is_judged_for_the_user_who_looked(
    tree: Tree, groups: str, is_denied: bool
) -> None:
    tree.nvidia_machine().write(
        "proc/self/status",
        f"Name:\tpython3\nUid:\t1000\t1000\nGid:\t1000\t1000\nGroups:\t{groups}\n",
    )
    node = tree.root / "dev/nvidia0"
    node.unlink()
    try:
        os.mknod(node, stat.S_IFCHR | 0o660, os.makedev(195, 0))
    except PermissionError:
        pytest.skip("may not make device nodes")
    node.chmod(0o660)
    os.chown(node, 0, 483)

    assert ("device_permission_denied" in findings(tree)) is is_denied


def test_that_root_may_use_a_node_that_is_its_own(tree: Tree) -> None:
    tree.nvidia_machine().device_node("dev/nvidia0", 0o600)
    assert first_code(tree) == "device_permission_denied"
    tree.write("proc/self/status", "Uid:\t0\t0\t0\t0\n")
    assert first_code(tree) is None
