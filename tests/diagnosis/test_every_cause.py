"""Every cause that the rules tell has a test that triggers it and one that nearly does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from diagnosis import (
    test_container_trees,
    test_framework_rules,
    test_machine_rules,
    test_machine_trees,
    test_python_trees,
    test_state_rules,
    test_tpu_rules,
)

import accelgui.diagnosis.rules as rules_package
from accelgui.diagnosis.logs.codes import PLACES
from accelgui.words.findings import TEXTS

# Each holds CASES: the code first, then what triggers it, last its near miss.
MODULES = (
    test_container_trees,
    test_framework_rules,
    test_machine_rules,
    test_machine_trees,
    test_python_trees,
    test_state_rules,
    test_tpu_rules,
)

# No snapshot shows these; a log does, and the made logs hold one of each.
ONLY_IN_LOGS = {
    "host_out_of_memory": "a training's own words tell it, not the state of the machine",
    "absent_backend_probe": "harmless: said by a framework that goes on to work",
    "framework_gpu_allowlist_bug": "shown by what a build refuses, after it listed the GPU",
    "gpu_out_of_memory": "the proving operation is too small to ask for more than there is",
    "multi_process_tpu_notice": "harmless: said by the siblings of the process that has the chip",
    "sandbox_keeps_tpu_open": "the holder is outside the sandbox that is looked at",
    "tpu_container_network_isolated": "the network is asked by libtpu, never by a check",
    "tpu_runtime_version_mismatch": "the worker is another machine",
    "unused_framework_warning": "the check asks one framework, and means it",
    "virtual_display_device_probe": "harmless: said by the driver's discovery",
}
# No program writes these: they stand for an answer that the check itself got.
ONLY_ON_MACHINES = {
    "cuda_initialization_fails": "cuInit failed and none of the known causes was seen",
    "device_listing_fails": "asking a framework for its devices raised",
}


def rule_files() -> dict[str, list[str]]:
    """Return the files that tell each code."""
    files: dict[str, list[str]] = {}
    for path in sorted(Path(rules_package.__file__).parent.glob("[a-z]*.py")):
        for code in set(re.findall(r'"([a-z0-9_]+)"', path.read_text())) & set(TEXTS):
            files.setdefault(code, []).append(path.name)
    return files


@pytest.mark.parametrize("code", sorted(rule_files()))
def test_that_a_cause_of_the_rules_has_its_trigger_and_its_near_miss(code: str) -> None:
    modules = [module for module in MODULES if code in {case[0] for case in module.CASES.values()}]
    assert modules
    assert all(
        case[-1] is not case[-2]
        for module in modules
        for case in module.CASES.values()
        if case[0] == code
    )


def test_that_each_cause_is_told_by_rules_by_logs_or_by_both() -> None:
    by_rules = set(rule_files())
    assert by_rules.isdisjoint(ONLY_IN_LOGS)
    assert set(PLACES).isdisjoint(ONLY_ON_MACHINES)
    assert by_rules | set(ONLY_IN_LOGS) == set(PLACES) | set(ONLY_ON_MACHINES)
