from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.pci import look_at_pci
from accelgui.agent.probe.tpu import look_at_tpu
from accelgui.agent.probe.tpu_chip import tpu_devices

if TYPE_CHECKING:
    from pathlib import Path

    from standins.machines import MachineTree

    from accelgui.model.snapshot import Tpu

GIB = 1 << 30


def tpu_of(tree: MachineTree) -> Tpu:
    files = Files(str(tree.root))
    return look_at_tpu(files, look_at_pci(files))


@pytest.mark.parametrize("generation", ["v2", "v3", "v4", "v5e", "v5p", "v6e", "7x", "8t", "8i"])
def test_that_every_generation_is_recognised(machine_tree: MachineTree, generation: str) -> None:
    chips = tpu_of(machine_tree.tpu(generation, 4)).chips

    assert [chip.generation for chip in chips] == [generation] * 4


def test_that_an_early_chips_node_is_an_accel_node(
    machine_tree: MachineTree,
) -> None:
    assert [chip.node for chip in tpu_of(machine_tree.tpu("v4", 2)).chips] == [
        "/dev/accel0",
        "/dev/accel1",
    ]


def test_that_a_later_chips_node_is_that_of_its_iommu_group(machine_tree: MachineTree) -> None:
    tpu = tpu_of(machine_tree.tpu("v5e", 2))

    assert [chip.node for chip in tpu.chips] == ["/dev/vfio/0", "/dev/vfio/1"]
    assert [node.path for node in tpu.nodes] == ["/dev/vfio/vfio", "/dev/vfio/0", "/dev/vfio/1"]


def test_that_a_chip_without_iommu_group_is_still_a_chip(machine_tree: MachineTree) -> None:
    (chip,) = tpu_of(machine_tree.tpu("v5e", 1, iommu_groups=False)).chips

    assert chip.generation == "v5e"
    assert chip.node is None


def test_that_chips_of_a_tree_without_links_have_the_groups_nodes(
    machine_tree: MachineTree,
) -> None:
    machine_tree.tpu("v5e", 2, iommu_groups=False)
    for name in ("vfio", "0", "1"):
        machine_tree.write(f"dev/vfio/{name}", "")
    chips = tpu_of(machine_tree).chips

    assert [chip.node for chip in chips] == ["/dev/vfio/0", "/dev/vfio/1"]


def test_that_a_missing_subsystem_id_leaves_only_the_generation_open(
    machine_tree: MachineTree,
) -> None:
    machine_tree.tpu("v3", 1)
    (machine_tree.root / "sys/bus/pci/devices/0000:00:04.0/subsystem_device").unlink()

    assert [chip.generation for chip in tpu_of(machine_tree).chips] == ["v2 or v3"]


def test_that_googles_network_card_is_no_tpu(machine_tree: MachineTree) -> None:
    assert tpu_of(machine_tree.gvnic()).chips == ()
    assert len(tpu_of(machine_tree.tpu("v6e", 1)).chips) == 1


def test_that_missing_nodes_leave_the_chip_without_one(machine_tree: MachineTree) -> None:
    tpu = tpu_of(machine_tree.tpu("v5p", 2, nodes=False))

    assert [chip.node for chip in tpu.chips] == [None, None]
    assert tpu.nodes == ()


def test_that_the_process_that_holds_a_chip_is_named(machine_tree: MachineTree) -> None:
    machine_tree.tpu("v5e", 2).write("proc/4711/comm", "python3\n")
    descriptors = machine_tree.root / "proc/4711/fd"
    descriptors.mkdir()
    (descriptors / "0").symlink_to("/dev/null")
    (descriptors / "17").symlink_to("/dev/vfio/1")

    free, held = tpu_of(machine_tree).chips

    assert (free.holder_pid, free.holder_name) == (None, None)
    assert (held.holder_pid, held.holder_name) == (4711, "python3")


def test_that_a_lock_file_and_a_library_are_seen(machine_tree: MachineTree) -> None:
    machine_tree.write("tmp/libtpu_lockfile", "").write("usr/lib/libtpu.so", "")

    tpu = tpu_of(machine_tree)

    assert tpu.lockfile_path == "/tmp/libtpu_lockfile"
    assert tpu.libtpu_path == "/usr/lib/libtpu.so"


def test_that_the_library_that_was_chosen_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "libtpu.so"
    chosen.touch()
    monkeypatch.setenv("TPU_LIBRARY_PATH", str(chosen))

    assert look_at_tpu(Files(), ()).libtpu_path == str(chosen)


def test_that_a_chip_is_a_device_with_its_generations_capacities(
    machine_tree: MachineTree,
) -> None:
    files = Files(str(machine_tree.tpu("v5p", 1).root))
    pci = look_at_pci(files)

    (device,) = tpu_devices(look_at_tpu(files, pci), pci)

    assert (device.key, device.name) == ("tpu:0", "Google TPU v5p")
    values = {fact.name: fact.value for fact in device.facts}
    assert values["memory_total_bytes"] == 95 * GIB
    assert values["cores_count"] == 2
    assert values["node"] == "/dev/vfio/0"


def test_that_capacities_of_an_unknown_generation_are_not_invented(
    machine_tree: MachineTree,
) -> None:
    files = Files(str(machine_tree.tpu("8t", 1).root))
    pci = look_at_pci(files)

    (device,) = tpu_devices(look_at_tpu(files, pci), pci)

    values = {fact.name: fact.value for fact in device.facts}
    assert values["memory_total_bytes"] is None
