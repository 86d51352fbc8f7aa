from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent.probe.apart.nvml_calls import CALLS, MEMORY_CALLS
from accelgui.agent.probe.files import Files
from accelgui.agent.probe.machine import machine_in_files
from accelgui.words.fact_names import NAMES

if TYPE_CHECKING:
    from standins.machines import MachineTree


def test_that_every_fact_that_the_probe_tells_has_a_name_in_words(
    machine_tree: MachineTree,
) -> None:
    machine_tree.nvidia_machine(1).tpu("v5e", 1)
    devices = machine_in_files(Files(str(machine_tree.root))).devices
    told = {fact.name for device in devices for fact in device.facts}
    told |= {fact.name for call in (*CALLS, *MEMORY_CALLS) for fact in call.facts}

    assert told - set(NAMES) == set()
