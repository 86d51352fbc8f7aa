"""Every cause that the rules tell has a test that triggers it and one that nearly does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from diagnosis import (
    test_framework_rules,
    test_machine_rules,
    test_machine_trees,
    test_python_trees,
    test_state_rules,
    test_tpu_rules,
)

import accelgui.diagnosis.rules as rules_package
from accelgui.words.findings import TEXTS

# Each holds CASES: the code first, then what triggers it, last its near miss.
MODULES = (
    test_framework_rules,
    test_machine_rules,
    test_machine_trees,
    test_python_trees,
    test_state_rules,
    test_tpu_rules,
)


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
