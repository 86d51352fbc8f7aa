from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.nvidia import look_at_driver

if TYPE_CHECKING:
    from standins.machines import MachineTree

    from accelgui.model.snapshot import Nvidia


def driver_of(tree: MachineTree) -> Nvidia:
    return look_at_driver(Files(str(tree.root)))


def test_that_a_healthy_driver_is_told_in_full(machine_tree: MachineTree) -> None:
    driver = driver_of(machine_tree.nvidia_machine(2, version="575.57.08"))

    assert driver.module_loaded
    assert driver.uvm_loaded
    assert not driver.nouveau_loaded
    assert driver.module_version == "575.57.08"
    assert driver.module_is_open
    assert driver.installed_driver_version == "575.57.08"
    assert driver.module_on_disk_version == "575.57.08"
    assert [node.path for node in driver.nodes] == [
        "/dev/nvidia-uvm",
        "/dev/nvidiactl",
        "/dev/nvidia0",
        "/dev/nvidia1",
    ]


def test_that_a_proprietary_module_is_told_from_the_open_one(machine_tree: MachineTree) -> None:
    driver = driver_of(machine_tree.nvidia_module("535.104.05", is_open=False))

    assert driver.module_is_open is False
    assert driver.module_version == "535.104.05"


def test_that_a_machine_without_driver_has_nothing_loaded(machine_tree: MachineTree) -> None:
    driver = driver_of(machine_tree)

    assert driver.module_loaded is False
    assert driver.module_is_open is None
    assert driver.installed_driver_version is None
    assert driver.nodes == ()


def test_that_nouveau_is_seen(machine_tree: MachineTree) -> None:
    assert driver_of(machine_tree.kernel_module("nouveau")).nouveau_loaded


def test_that_it_is_not_known_what_is_loaded_where_the_kernel_does_not_tell(
    machine_tree: MachineTree,
) -> None:
    (machine_tree.root / "proc/modules").unlink()

    assert driver_of(machine_tree).module_loaded is None


def test_that_a_newer_user_space_than_the_loaded_module_shows(machine_tree: MachineTree) -> None:
    machine_tree.nvidia_module("570.124.06").nvidia_user_space("575.57.08")

    driver = driver_of(machine_tree)

    assert driver.module_version == "570.124.06"
    assert driver.installed_driver_version == "575.57.08"


def test_that_a_module_of_another_kernel_does_not_count(machine_tree: MachineTree) -> None:
    machine_tree.module_on_disk("575.57.08", kernel="6.5.0-1-generic")

    assert driver_of(machine_tree).module_on_disk_path is None


def test_that_the_version_is_read_out_of_an_uncompressed_module(machine_tree: MachineTree) -> None:
    path = "lib/modules/6.8.0-45-generic/kernel/nvidia-580/nvidia.ko"
    machine_tree.write(path, "ELF\0srcversion=ABC\0license=NVIDIA\0version=580.65.06\0rest\0")

    driver = driver_of(machine_tree)

    assert driver.module_on_disk_path == f"/{path}"
    assert driver.module_on_disk_version == "580.65.06"


def test_that_closed_nodes_show_their_mode(machine_tree: MachineTree) -> None:
    (node, *_rest) = driver_of(machine_tree.nvidia_nodes(1, mode=0o600)).nodes

    assert node.mode == "0600"


def test_that_wsls_own_node_is_seen(machine_tree: MachineTree) -> None:
    assert [node.path for node in driver_of(machine_tree.wsl()).nodes] == ["/dev/dxg"]
