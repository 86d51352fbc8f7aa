from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.gpu import gpu_devices
from accelgui.agent.probe.nvml import NvmlAnswer
from accelgui.agent.probe.pci import look_at_pci
from accelgui.model.device import DeviceFact, FactGroup
from accelgui.model.snapshot import CallResult

if TYPE_CHECKING:
    from standins.machines import MachineTree

    from accelgui.model.device import Device
    from accelgui.model.snapshot import PciDevice


def pci_of(tree: MachineTree) -> tuple[PciDevice, ...]:
    return look_at_pci(Files(str(tree.root)))


def gpus_of(
    tree: MachineTree, nvml: NvmlAnswer | None = None, *, is_container: bool = False
) -> tuple[Device, ...]:
    files = Files(str(tree.root))
    return gpu_devices(files, pci_of(tree), nvml, is_container=is_container)


def told(*addresses: str | None) -> NvmlAnswer:
    """Return an answer of NVML with GPUs at these addresses, None for one that told nothing."""
    init = CallResult(call="nvmlInit", code=0)
    facts = {
        index: [DeviceFact(FactGroup.IDENTITY, "pci_address", address, "nvmlDeviceGetPciInfo")]
        for index, address in enumerate(addresses)
        if address
    }
    return NvmlAnswer(init=init, count=len(addresses), gpus=facts)


def values_of(device: Device) -> dict[str, object]:
    return {fact.name: fact.value for fact in device.facts}


def test_that_a_gpu_is_told_with_its_driver_and_link(machine_tree: MachineTree) -> None:
    link = ("8.0 GT/s PCIe", 8, "32.0 GT/s PCIe", 16)
    machine_tree.pci_gpu("0000:c1:00.0", driver="nouveau", link=link)

    (gpu,) = pci_of(machine_tree)

    assert (gpu.address, gpu.vendor_id, gpu.device_id) == ("0000:c1:00.0", "10de", "2335")
    assert gpu.class_code == "030200"
    assert gpu.driver == "nouveau"
    assert (gpu.link_speed_gts, gpu.link_width) == (8.0, 8)
    assert (gpu.link_speed_max_gts, gpu.link_width_max) == (32.0, 16)


def test_that_a_sleeping_gpus_link_is_not_read_since_that_would_wake_it(
    machine_tree: MachineTree,
) -> None:
    (gpu,) = pci_of(machine_tree.pci_gpu(asleep=True))

    assert gpu.runtime_status == "suspended"
    assert gpu.link_speed_gts is None
    assert gpu.link_width_max is None


def test_that_an_unknown_link_is_not_reported(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu(link=("Unknown", 255, "Unknown", 0))

    (gpu,) = pci_of(machine_tree)

    assert (gpu.link_speed_gts, gpu.link_width) == (None, None)
    assert (gpu.link_speed_max_gts, gpu.link_width_max) == (None, None)


def test_that_other_kinds_of_functions_are_left_out(machine_tree: MachineTree) -> None:
    audio, nic = "040300", "020000"
    machine_tree.pci_device(
        "0000:01:00.1", vendor_id="10de", device_id="22e8", class_code=audio
    ).pci_device("0000:02:00.0", vendor_id="15b3", device_id="1021", class_code=nic)

    assert pci_of(machine_tree) == ()


def test_that_a_gpu_is_a_device_with_what_the_bus_knows(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu(driver="nvidia")

    (device,) = gpus_of(machine_tree)

    assert device.key == "gpu:0"
    assert device.name == "NVIDIA GPU 10de:2335"
    values = values_of(device)
    assert values["pci_address"] == "0000:01:00.0"
    assert values["pcie_generation"] == 5
    assert values["pcie_width"] == 16
    assert values["kernel_driver"] == "nvidia"


def test_that_the_machines_list_of_ids_names_a_gpu(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu(device_id="2335").write(
        "usr/share/misc/pci.ids",
        "1002  AMD\n\t2335  Not this\n10de  NVIDIA Corporation\n\t0020  NV4\n"
        "\t\t1043 0200  A board\n\t2335  GH100 [H200 SXM 141GB]\n",
    )

    assert gpus_of(machine_tree)[0].name == "NVIDIA GH100 [H200 SXM 141GB]"


def test_that_virtual_display_adapters_are_no_gpus(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu("0000:00:02.0", vendor_id="1234", device_id="1111", class_code="030000")

    assert len(pci_of(machine_tree)) == 1
    assert gpus_of(machine_tree) == ()


def test_that_other_makers_gpus_come_after_nvidias(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu("0000:03:00.0", vendor_id="1002", device_id="744c")
    machine_tree.pci_gpu("0000:41:00.0")

    assert [(gpu.key, gpu.name) for gpu in gpus_of(machine_tree)] == [
        ("gpu:0", "NVIDIA GPU 10de:2335"),
        ("gpu:1", "AMD GPU 1002:744c"),
    ]


def test_that_a_gpu_that_nvml_lost_is_the_one_that_nobody_else_is(
    machine_tree: MachineTree,
) -> None:
    machine_tree.nvidia_machine(3)

    gpus = gpus_of(machine_tree, told("0000:01:00.0", None, "0000:03:00.0"))

    assert [values_of(gpu)["pci_address"] for gpu in gpus] == [
        "0000:01:00.0",
        "0000:02:00.0",
        "0000:03:00.0",
    ]


def test_that_a_gpu_that_the_driver_does_not_have_comes_after_its_own(
    machine_tree: MachineTree,
) -> None:
    machine_tree.nvidia_machine(2)

    gpus = gpus_of(machine_tree, told("0000:02:00.0"))

    assert [(gpu.key, values_of(gpu)["pci_address"]) for gpu in gpus] == [
        ("gpu:0", "0000:02:00.0"),
        ("gpu:1", "0000:01:00.0"),
    ]


def test_that_a_container_has_only_the_gpus_that_it_was_given(machine_tree: MachineTree) -> None:
    machine_tree.nvidia_machine(8)

    given = gpus_of(machine_tree, told("0000:05:00.0"), is_container=True)
    nothing_told = gpus_of(machine_tree, is_container=True)

    assert [values_of(gpu)["pci_address"] for gpu in given] == ["0000:05:00.0"]
    assert len(nothing_told) == 8
