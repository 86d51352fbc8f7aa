"""What is masked before it is handed on must be diagnosed as the machine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from diagnosis import test_machine_trees, test_python_trees, test_seldom_trees
from diagnosis.trees import Tree, seen

from accelgui.diagnosis import examine
from accelgui.runs.saved import masked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from accelgui.model.snapshot import Snapshot

CASES = test_machine_trees.CASES | test_python_trees.CASES | test_seldom_trees.CASES


def told(snapshot: Snapshot) -> list[tuple[object, ...]]:
    verdict = examine(snapshot)
    findings = [(f.code, f.severity, f.link, f.confidence) for f in verdict.findings]
    return [*findings, *((state.link, state.status) for state in verdict.chain)]


@pytest.mark.parametrize("broken", [case[1] for case in CASES.values()], ids=CASES)
def test_that_masking_changes_no_diagnosis(
    broken: Callable[[Tree], object], tmp_path: Path
) -> None:
    tree = Tree(tmp_path / "machine")
    broken(tree.write("etc/hostname", "zephyr17\n"))
    snapshot = seen(tree)
    assert told(masked(snapshot)) == told(snapshot)
