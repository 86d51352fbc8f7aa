from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from accelgui.agent.probe.files import Files
from accelgui.agent.samplers.nvml import GpuSource
from accelgui.agent.samplers.processes import ProcessTable
from accelgui.agent.samplers.sleep import SleepWatch

if TYPE_CHECKING:
    from standins.machines import MachineTree


def watch_on(tree: MachineTree) -> SleepWatch:
    return SleepWatch(Files(str(tree.root)))


def test_that_gpus_that_all_sleep_keep_nvml_closed(machine_tree: MachineTree) -> None:
    watch = watch_on(machine_tree.pci_gpu(asleep=True))

    assert watch.all_asleep()

    status = "sys/bus/pci/devices/0000:01:00.0/power/runtime_status"
    machine_tree.write(status, "active\n")

    assert not watch.all_asleep()


def test_that_one_that_is_awake_is_sampled_beside_one_that_sleeps(
    machine_tree: MachineTree,
) -> None:
    machine_tree.pci_gpu("0000:01:00.0", asleep=True).pci_gpu("0000:41:00.0")
    watch = watch_on(machine_tree)

    assert not watch.all_asleep()
    assert [watch.is_asleep(index) for index in range(2)] == [True, False]


def test_that_a_machine_without_a_bus_has_nothing_that_sleeps(machine_tree: MachineTree) -> None:
    watch = watch_on(machine_tree.wsl())

    assert not watch.all_asleep()
    assert not watch.is_asleep(0)


def test_that_a_sleeping_integrated_gpu_of_another_maker_does_not_count(
    machine_tree: MachineTree,
) -> None:
    machine_tree.pci_gpu("0000:00:02.0", vendor_id="8086", device_id="a780", asleep=True)

    assert not watch_on(machine_tree).all_asleep()


class CountingNvml:
    """A pynvml that notes which functions were called, of a GPU that tells power and processes."""

    class NVMLError(Exception):
        value = 3

    def __init__(self) -> None:
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(*_arguments: Any) -> Any:
            self.called.append(name)
            if name == "nvmlDeviceGetPowerUsage":
                return 70_000
            if "Processes" in name or "Handle" in name:
                return []
            raise self.NVMLError

        return call


def test_that_one_that_fell_asleep_is_asked_for_nothing_by_anybody() -> None:
    nvml, is_asleep = CountingNvml(), False
    gpu = GpuSource(nvml, 0, lambda: is_asleep)
    table = ProcessTable.__new__(ProcessTable)
    gpu.take()
    assert list(table._of_gpu(gpu)) == []
    assert "nvmlDeviceGetComputeRunningProcesses" in nvml.called

    is_asleep = True
    nvml.called.clear()
    gpu.take()
    assert list(table._of_gpu(gpu)) == []
    gpu.measure_pcie(True)
    until_s = time.monotonic() + 5
    while not gpu._pcie.values() and time.monotonic() < until_s:
        time.sleep(0.001)
    gpu.measure_pcie(False)

    assert nvml.called == []
