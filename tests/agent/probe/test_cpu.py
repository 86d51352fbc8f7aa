from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent.probe.cpu import look_at_cpu
from accelgui.agent.probe.files import Files
from accelgui.model.device import DeviceKind

if TYPE_CHECKING:
    from standins.machines import MachineTree


def cpu_of(tree: MachineTree) -> dict[str, object]:
    return {fact.name: fact.value for fact in look_at_cpu(Files(str(tree.root))).facts}


def test_that_the_cpu_is_named(machine_tree: MachineTree) -> None:
    device = look_at_cpu(Files(str(machine_tree.root)))

    assert (device.key, device.kind) == ("cpu", DeviceKind.CPU)
    assert device.name == "AMD EPYC 9654 96-Core Processor"


def test_that_cores_are_told_from_threads(machine_tree: MachineTree) -> None:
    values = cpu_of(machine_tree.cpu(cores=6, threads_per_core=2))

    assert values["cores_physical_count"] == 6
    assert values["cores_logical_count"] == 12
    assert values["sockets_count"] == 1


def test_that_vector_instructions_are_listed_oldest_first(machine_tree: MachineTree) -> None:
    machine_tree.cpu(flags="amx_bf16 fpu avx512_bf16 avx2 avx vmx")

    assert cpu_of(machine_tree)["instruction_sets"] == "avx avx2 avx512_bf16 amx_bf16"


def test_that_an_arm_cpu_tells_its_features(machine_tree: MachineTree) -> None:
    block = "processor\t: {}\nFeatures\t: fp asimd asimdhp sve bf16 i8mm\n"
    machine_tree.write("proc/cpuinfo", "\n".join(block.format(n) for n in range(4)))

    values = cpu_of(machine_tree)

    assert values["instruction_sets"] == "asimd asimdhp sve i8mm bf16"
    assert values["cores_logical_count"] == 4


def test_that_clocks_caches_and_memory_have_their_units(machine_tree: MachineTree) -> None:
    values = cpu_of(machine_tree)

    assert values["clock_base_hz"] == 2_400_000_000
    assert values["clock_max_hz"] == 3_700_000_000
    assert values["cache_l1d_bytes"] == 32 << 10
    assert values["cache_l3_bytes"] == 32 << 20
    assert values["memory_total_bytes"] == 64 << 30


def test_that_a_containers_memory_limit_shows_only_where_it_limits(
    machine_tree: MachineTree,
) -> None:
    limit = "sys/fs/cgroup/memory.max"

    assert cpu_of(machine_tree.write(limit, "max\n"))["memory_limit_bytes"] is None
    assert cpu_of(machine_tree.write(limit, f"{1 << 62}\n"))["memory_limit_bytes"] is None
    assert cpu_of(machine_tree.write(limit, f"{8 << 30}\n"))["memory_limit_bytes"] == 8 << 30


def test_that_every_numa_node_counts(machine_tree: MachineTree) -> None:
    machine_tree.write("sys/devices/system/node/online", "0-3,8\n")

    assert cpu_of(machine_tree)["numa_node_count"] == 5


def test_that_a_machine_that_tells_nothing_has_a_cpu_all_the_same(
    machine_tree: MachineTree,
) -> None:
    machine_tree.write("proc/cpuinfo", "")

    device = look_at_cpu(Files(str(machine_tree.root)))

    assert device.name == "CPU"
    assert cpu_of(machine_tree)["cores_logical_count"] is None
