from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psutil
import pytest

from accelgui.agent.probe.files import Files
from accelgui.agent.samplers.cpu import CpuSource, EnergyMeter
from accelgui.agent.samplers.load import CpuLoad, load_percent
from accelgui.agent.samplers.source import Judge

if TYPE_CHECKING:
    from standins.machines import MachineTree

PACKAGE = "sys/class/powercap/intel-rapl:0"


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def cpu_values(source: CpuSource) -> dict[str, float | None]:
    return source.take()["cpu"]


def test_that_the_cpus_sensor_is_told_from_others(machine_tree: MachineTree) -> None:
    for number, (driver, reading) in enumerate((("nvme", 33850), ("k10temp", 61250))):
        machine_tree.write(f"sys/class/hwmon/hwmon{number}/name", driver + "\n")
        machine_tree.write(f"sys/class/hwmon/hwmon{number}/temp1_input", f"{reading}\n")

    values = cpu_values(CpuSource(Files(str(machine_tree.root))))

    assert values["temperature_celsius"] == 61.25


def test_that_temperature_and_power_are_none_where_the_machine_has_no_sensors(
    machine_tree: MachineTree,
) -> None:
    values = cpu_values(CpuSource(Files(str(machine_tree.root))))

    assert values["temperature_celsius"] is None
    assert values["power_watts"] is None


def test_that_power_is_the_energy_of_an_interval(machine_tree: MachineTree) -> None:
    energy, clock = f"{PACKAGE}/energy_uj", Clock()
    machine_tree.write(energy, "1000000\n").write(f"{PACKAGE}/max_energy_range_uj", "9000000\n")
    meter = EnergyMeter(Files(str(machine_tree.root)), f"/{PACKAGE}", clock)

    machine_tree.write(energy, "5000000\n")
    clock.now_s += 0.5
    rising = meter.power_watts()
    machine_tree.write(energy, "500000\n")
    clock.now_s += 0.5
    wrapped = meter.power_watts()

    assert (rising, wrapped) == (8.0, 9.0)
    assert meter.energy_joules == 8.5


def test_that_a_counter_that_a_sleep_reset_is_no_burst_of_power(machine_tree: MachineTree) -> None:
    energy, clock = f"{PACKAGE}/energy_uj", Clock()
    machine_tree.write(energy, "40000000000\n")
    machine_tree.write(f"{PACKAGE}/max_energy_range_uj", "262143328850\n")
    meter = EnergyMeter(Files(str(machine_tree.root)), f"/{PACKAGE}", clock)

    machine_tree.write(energy, "1000\n")
    clock.now_s += 1.0

    assert meter.power_watts() is None
    assert meter.energy_joules == 0.0


def test_that_the_power_of_the_whole_board_is_not_added_to_its_packages(
    machine_tree: MachineTree,
) -> None:
    machine_tree.write(f"{PACKAGE}/name", "package-0\n").write(f"{PACKAGE}/energy_uj", "1\n")
    machine_tree.write("sys/class/powercap/intel-rapl:1/name", "psys\n")
    machine_tree.write("sys/class/powercap/intel-rapl:1/energy_uj", "1\n")
    clock = Clock()
    source = CpuSource(Files(str(machine_tree.root)), clock)

    machine_tree.write(f"{PACKAGE}/energy_uj", "65000001\n")
    machine_tree.write("sys/class/powercap/intel-rapl:1/energy_uj", "90000001\n")
    clock.now_s += 1.0

    assert cpu_values(source)["power_watts"] == 65.0


def test_that_an_unreadable_package_leaves_the_power_open(machine_tree: MachineTree) -> None:
    machine_tree.write(f"{PACKAGE}/energy_uj", "1\n")
    machine_tree.write("sys/class/powercap/intel-rapl:1/name", "package-1\n")
    source = CpuSource(Files(str(machine_tree.root)))

    machine_tree.write(f"{PACKAGE}/energy_uj", "900000000\n")

    assert cpu_values(source)["power_watts"] is None


def test_that_a_busy_core_shows_as_load() -> None:
    load, stop = CpuLoad(psutil), threading.Event()
    spent = psutil.cpu_times().user
    worker = threading.Thread(target=lambda: [sum(range(1000)) for _ in iter(stop.is_set, True)])
    worker.start()
    # Until the system has counted it, in steps of a hundredth of a second.
    while psutil.cpu_times().user - spent < 0.1:
        stop.wait(0.01)
    percent = load.percent()
    stop.set()
    worker.join()

    assert percent is not None
    assert 0 < percent <= 100


def test_that_a_cpu_that_never_rests_is_no_impossible_one() -> None:
    dropped = Judge.dropped_count
    loads = {load_percent(worked_s / 100, 0.0) for worked_s in range(1, 3000)}
    assert loads == {100.0}
    assert load_percent(0.3, -0.01) == 100.0
    assert load_percent(0.0, 0.0) is None
    assert Judge.dropped_count == dropped


def test_that_without_psutil_nothing_is_reported() -> None:
    assert CpuLoad(None).percent() is None


class Hidden:
    """psutil in a container that hides /proc/stat."""

    def cpu_times(self) -> None:
        raise PermissionError(13, "Permission denied", "/proc/stat")


def test_that_hidden_times_are_no_load() -> None:
    assert CpuLoad(Hidden()).percent() is None


@pytest.mark.parametrize("bad", ["", "none\n", "-5\n"])
def test_that_a_senseless_sensor_is_not_reported(machine_tree: MachineTree, bad: str) -> None:
    machine_tree.write("sys/class/hwmon/hwmon0/name", "coretemp\n")
    machine_tree.write("sys/class/hwmon/hwmon0/temp1_input", bad)

    values = cpu_values(CpuSource(Files(str(machine_tree.root))))

    assert values["temperature_celsius"] is None
