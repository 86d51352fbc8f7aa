"""``accelgui check --save`` on one machine, ``--from`` on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.command import Ran, run

if TYPE_CHECKING:
    from pathlib import Path

    from standins.machines import MachineTree


@pytest.fixture
def tree(machine_tree: MachineTree) -> MachineTree:
    machine_tree.write("etc/hostname", "zephyr17\n")
    return machine_tree.pci_gpu()


def check(tree: MachineTree, *arguments: str) -> Ran:
    return run(tree.root.parent, "check", "--json", *arguments)


def test_that_what_one_saved_another_diagnoses_alike(tree: MachineTree) -> None:
    file = tree.root.parent / "seen.json"
    saved = check(tree, "--sysroot", str(tree.root), "--save", str(file))
    assert "masked" in saved.notes
    assert "zephyr17" not in file.read_text()
    loaded = check(tree, "--from", str(file))
    assert loaded.code == saved.code == 2
    assert loaded.document["findings"] == saved.document["findings"]
    assert loaded.document["chain"] == saved.document["chain"]


def test_that_all_is_kept_where_that_is_asked_for(tree: MachineTree) -> None:
    file = tree.root.parent / "seen.json"
    check(tree, "--sysroot", str(tree.root), "--save", str(file), "--full")
    assert "zephyr17" in file.read_text()


def test_that_a_broken_file_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "seen.json"
    file.write_text("{")
    ran = run(tmp_path, "check", "--from", str(file))
    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.notes.splitlines()) == 1
    assert "holds no snapshot" in ran.notes


def test_that_a_folder_that_is_not_there_is_told_in_one_line(tree: MachineTree) -> None:
    missing = str(tree.root / "nowhere" / "seen.json")
    ran = check(tree, "--sysroot", str(tree.root), "--save", missing)
    assert ran.code == 2
    assert len(ran.notes.splitlines()) == 1
