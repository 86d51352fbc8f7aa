from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.agent.probe.environment import relevant_variables, tpu_hints
from accelgui.agent.probe.files import Files
from accelgui.agent.probe.host import container, look_at_host

if TYPE_CHECKING:
    from standins.machines import MachineTree

    from accelgui.model.snapshot import Host


def host_of(tree: MachineTree) -> Host:
    return look_at_host(Files(str(tree.root)))


def test_that_the_system_is_named(machine_tree: MachineTree) -> None:
    host = host_of(machine_tree)

    assert host.hostname == "workstation"
    assert (host.os_id, host.os_version_id) == ("ubuntu", "24.04")
    assert host.os_name == "Ubuntu 24.04.1 LTS"
    assert host.kernel == "6.8.0-45-generic"
    assert host.machine == "x86_64"
    assert host.memory_total_bytes == 64 << 30


def test_that_a_bare_machine_is_neither_container_nor_virtual(machine_tree: MachineTree) -> None:
    host = host_of(machine_tree)

    assert host.container is None
    assert host.virtual_machine is None
    assert not host.wsl
    assert host.secure_boot is None


@pytest.mark.parametrize("kind", ["docker", "podman", "kubernetes", "lxc", "systemd-nspawn"])
def test_that_a_container_is_recognised(machine_tree: MachineTree, kind: str) -> None:
    assert host_of(machine_tree.container(kind)).container == kind


def test_that_a_container_is_recognised_by_its_control_group(machine_tree: MachineTree) -> None:
    machine_tree.write("proc/1/cgroup", "12:devices:/docker/0123456789ab\n")

    assert host_of(machine_tree).container == "docker"


def test_that_kubernetes_is_told_from_the_docker_below_it(machine_tree: MachineTree) -> None:
    machine_tree.container("docker")

    found = container(Files(str(machine_tree.root)), {"KUBERNETES_SERVICE_HOST": "10.0.0.1"})

    assert found == "kubernetes"


@pytest.mark.parametrize(
    ("vendor", "product", "kind"),
    [
        ("QEMU", "Standard PC (Q35 + ICH9, 2009)", "kvm"),
        ("VMware, Inc.", "VMware Virtual Platform", "vmware"),
        ("innotek GmbH", "VirtualBox", "virtualbox"),
        ("Microsoft Corporation", "Virtual Machine", "hyperv"),
        ("Google", "Google Compute Engine", "gce"),
        ("Amazon EC2", "p5.48xlarge", "ec2"),
        ("Dell Inc.", "PowerEdge XE9680", None),
    ],
)
def test_that_a_virtual_machine_is_named_by_its_maker(
    machine_tree: MachineTree, vendor: str, product: str, kind: str | None
) -> None:
    machine_tree.cpu(flags="fpu avx2" + (" hypervisor" if kind else ""))

    assert host_of(machine_tree.virtual_machine(vendor, product)).virtual_machine == kind


def test_that_a_bare_metal_cloud_instance_is_no_virtual_machine(machine_tree: MachineTree) -> None:
    machine_tree.virtual_machine("Amazon EC2", "g4dn.metal")

    assert host_of(machine_tree).virtual_machine is None


def test_that_a_hypervisor_without_a_name_is_still_one(machine_tree: MachineTree) -> None:
    assert host_of(machine_tree.cpu(flags="fpu hypervisor")).virtual_machine == "unknown"


def test_that_wsl_is_recognised(machine_tree: MachineTree) -> None:
    assert host_of(machine_tree.wsl()).wsl


@pytest.mark.parametrize("on", [True, False])
def test_that_secure_boot_is_read_from_the_firmware(machine_tree: MachineTree, on: bool) -> None:
    assert host_of(machine_tree.secure_boot(on)).secure_boot is on


def test_that_a_machine_in_files_has_none_of_our_variables(
    machine_tree: MachineTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")

    assert host_of(machine_tree).environment == {}
    assert look_at_host(Files()).environment["CUDA_VISIBLE_DEVICES"] == "-1"


def test_that_only_variables_that_bear_on_the_chain_are_kept_and_no_secrets() -> None:
    kept = relevant_variables({
        "CUDA_VISIBLE_DEVICES": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_VAR_db": "terraform's",
        "NVIDIA_API_KEY": "secret",
        "HOME": "/home/someone",
        "LD_LIBRARY_PATH": "/usr/local/cuda/lib64",
    })

    assert list(kept) == ["CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "TF_CPP_MIN_LOG_LEVEL"]


def test_that_variables_that_speak_of_a_tpu_are_hints() -> None:
    hints = tpu_hints({
        "TPU_NAME": "local",
        "PJRT_DEVICE": "TPU",
        "JAX_PLATFORMS": "cpu",
        "COLAB_TPU_ADDR": "10.0.0.2:8470",
        "PATH": "/bin",
    })

    assert sorted(hints) == ["COLAB_TPU_ADDR", "PJRT_DEVICE", "TPU_NAME"]
