"""Containers, WSL2 and the engines that lend GPUs, as trees of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from diagnosis.trees import (
    LIBRARIES,
    Tree,
    compat_on,
    findings,
    first_code,
    in_docker,
    kubernetes_node,
    wsl_libraries,
)

from accelgui.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def compat_before_the_host(t: Tree) -> Tree:
    """Name the compatibility folder in a file that sorts before the distribution's own."""
    return (
        in_docker(t)
        .nvidia_nodes()
        .nvidia_user_space()
        .library("usr/local/cuda/compat/libcuda.so.535.104.05", links=("libcuda.so.1",))
        .write("etc/ld.so.conf.d/00-compat.conf", "/usr/local/cuda/compat\n")
        .write("etc/ld.so.conf.d/x86_64-linux-gnu.conf", f"/{LIBRARIES}\n")
    )


def compat_after_the_host(t: Tree) -> Tree:
    compat_before_the_host(t)
    folder = t.root / "etc/ld.so.conf.d"
    (folder / "00-compat.conf").rename(folder / "zz-compat.conf")
    return t


CASES: dict[str, tuple[str, Callable[[Tree], object], Callable[[Tree], object]]] = {
    "a container without nodes / with nodes": (
        "container_started_without_gpus",
        in_docker,
        lambda t: in_docker(t).nvidia_nodes(),
    ),
    "device rules gone / there": (
        "container_cgroup_device_access_revoked",
        lambda t: in_docker(t).nvidia_user_space().nvidia_nodes().write(
            "sys/fs/cgroup/devices/devices.list", "c 1:3 rwm\nc 136:* rwm\n"
        ),
        lambda t: in_docker(t).nvidia_user_space().nvidia_nodes().write(
            "sys/fs/cgroup/devices/devices.list", "c 1:3 rwm\nc 195:* rw\n"
        ),
    ),
    "tools only / compute too": (
        "driver_capabilities_without_compute",
        lambda t: in_docker(t).nvidia_nodes().library(
            f"{LIBRARIES}/libnvidia-ml.so.580.65.06", links=("libnvidia-ml.so.1",)
        ).write("proc/1/environ", "NVIDIA_DRIVER_CAPABILITIES=utility\0PATH=/bin"),
        lambda t: in_docker(t).nvidia_nodes().nvidia_user_space().write(
            "proc/1/environ", "NVIDIA_DRIVER_CAPABILITIES=compute,utility\0"
        ),
    ),
    "an image with another libcuda / the host's": (
        "image_contains_driver_libs",
        lambda t: in_docker(t).nvidia_nodes().nvidia_user_space("535.183.01"),
        lambda t: in_docker(t).nvidia_nodes().nvidia_user_space(),
    ),
    "an older compat library first / elsewhere": (
        "cuda_compat_libs_shadow_newer_driver",
        lambda t: in_docker(t).nvidia_nodes().nvidia_user_space().library(
            "usr/local/cuda/compat/libcuda.so.535.104.05", links=("libcuda.so.1",)
        ).write("etc/ld.so.conf.d/compat.conf", "/usr/local/cuda/compat\n"),
        lambda t: in_docker(t).nvidia_nodes().nvidia_user_space().library(
            "usr/local/cuda/compat/libcuda.so.535.104.05", links=("libcuda.so.1",)
        ),
    ),
    "a newer compat library on GeForce / on a data-centre GPU": (
        "cuda_compat_libs_on_unsupported_gpu",
        lambda t: compat_on(t, "NVIDIA GeForce RTX 3090"),
        lambda t: compat_on(t, "NVIDIA A100-SXM4-80GB"),
    ),
    "WSL2 without libcuda / with it": (
        "wsl_or_gpupv_host_driver_libs_missing",
        lambda t: t.wsl().library("usr/lib/wsl/lib/libdxcore.so"),
        lambda t: wsl_libraries(t).write("etc/ld.so.conf.d/ld.wsl.conf", "/usr/lib/wsl/lib\n"),
    ),
    "WSL2's folder unknown to the loader / known": (
        "libcuda_not_on_loader_path",
        lambda t: wsl_libraries(t).write("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n"),
        lambda t: wsl_libraries(t).write("etc/ld.so.conf.d/ld.wsl.conf", "/usr/lib/wsl/lib\n"),
    ),
    "Docker without the toolkit / with it": (
        "container_toolkit_not_installed",
        lambda t: t.nvidia_machine().program("docker"),
        lambda t: t.nvidia_machine().program("docker").program("nvidia-ctk"),
    ),
    "no-cgroups / commented out": (
        "toolkit_no_cgroups_enabled",
        lambda t: t.nvidia_machine().program("nvidia-ctk").write(
            "etc/nvidia-container-runtime/config.toml",
            "[nvidia-container-cli]\nno-cgroups = true\n",
        ),
        lambda t: t.nvidia_machine().program("nvidia-ctk").write(
            "etc/nvidia-container-runtime/config.toml",
            "[nvidia-container-cli]\n#no-cgroups = true\n",
        ),
    ),
    "Docker as a snap / as a package": (
        "docker_daemon_cannot_see_host_driver",
        lambda t: t.nvidia_machine().write("snap/bin/docker", ""),
        lambda t: t.nvidia_machine().program("docker").write("snap/bin/docker", ""),
    ),
    "Kubernetes with runc / with nvidia": (
        "nvidia_runtime_not_default",
        lambda t: kubernetes_node(t, "runc"),
        lambda t: kubernetes_node(t, "nvidia"),
    ),
    "a compat folder that sorts first / last": (
        "cuda_compat_libs_shadow_newer_driver",
        compat_before_the_host,
        compat_after_the_host,
    ),
    "Podman without nodes / with nodes": (
        "container_started_without_gpus",
        lambda t: t.container("podman").nvidia_module().pci_gpu(driver="nvidia"),
        lambda t: t.container("podman").nvidia_module().pci_gpu(driver="nvidia").nvidia_nodes(),
    ),
    "Docker in a folder of snap / another snap": (
        "docker_daemon_cannot_see_host_driver",
        lambda t: t.nvidia_machine().write("snap/docker/2932/meta/snap.yaml", "name: docker\n"),
        lambda t: t.nvidia_machine().write("snap/firefox/1/meta/snap.yaml", "name: firefox\n"),
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


def test_that_what_only_containers_miss_does_not_break_the_host(tree: Tree) -> None:
    tree.nvidia_machine().program("docker")
    assert findings(tree)["container_toolkit_not_installed"].severity is Severity.INFO


def test_that_a_container_of_a_pod_is_one(tree: Tree) -> None:
    tree.container("kubernetes").nvidia_module().pci_gpu(driver="nvidia")
    assert first_code(tree) == "container_started_without_gpus"
