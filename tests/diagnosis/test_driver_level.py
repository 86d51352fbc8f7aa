"""A driver that serves too little CUDA, only just enough, or not this GPU."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from diagnosis.snapshots import H200, machine, nvidia, snapshot, tensorflow
from diagnosis.trees import Tree, findings

from accelgui.diagnosis import examine
from accelgui.diagnosis.generations import generation
from accelgui.diagnosis.versions import cuda_of_driver, runs_with
from accelgui.model.finding import Confidence, Severity, VerdictStatus
from accelgui.words.findings import describe

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Machine

NOT_KNOWN = (
    "NVRM: The NVIDIA GPU 0000:01:00.0 (PCI ID: 10de:2b85) installed in this system is not"
    " supported by the NVIDIA 535.183.01 driver release."
)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "machine")


def serving(cuda: str) -> Machine:
    return machine(nvidia=nvidia(cuda_version=cuda))


def told(there: Machine, cuda: str = "12.5.1") -> dict[str, Finding]:
    framework = tensorflow(build={"is_cuda_build": "True", "cuda_version": cuda})
    return {finding.code: finding for finding in examine(snapshot(there, framework)).findings}


def pascal(driver: str) -> Machine:
    versions = nvidia(module_version=driver, installed_driver_version=driver)
    versions = replace(versions, module_on_disk_version=driver)
    return machine(pci=(replace(H200, device_id="1b80"),), nvidia=versions)


def test_that_a_driver_below_the_build_s_minor_version_works_and_is_warned_of() -> None:
    verdict = examine(snapshot(serving("12.2"), tensorflow()))
    assert verdict.status is VerdictStatus.DEGRADED
    (finding,) = verdict.findings
    assert finding.code == "driver_near_its_limit"
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.LIKELY)
    assert (finding.parameters["served"], finding.parameters["needed"]) == ("12.2", "12.5.1")


@pytest.mark.parametrize("cuda", ["12.5", "12.8", "13.0"])
def test_that_a_driver_at_or_above_the_build_is_no_matter(cuda: str) -> None:
    assert told(serving(cuda)) == {}


def test_that_a_driver_of_an_older_major_version_is_too_old_and_not_just_near() -> None:
    found = told(serving("11.8"))
    assert "driver_too_old_for_cuda" in found
    assert "driver_near_its_limit" not in found


def test_that_the_last_branch_for_a_gpu_is_information() -> None:
    finding = told(pascal("580.65.06"))["driver_near_its_limit"]
    assert (finding.severity, finding.confidence) == (Severity.INFO, Confidence.LIKELY)
    assert finding.parameters["generation"] == "Pascal"
    assert "580" in describe(finding).cause


def test_that_an_earlier_branch_for_the_same_gpu_is_no_matter() -> None:
    assert "driver_near_its_limit" not in told(pascal("570.86.16"))


def test_that_no_newer_driver_is_advised_where_none_serves_the_gpu(tree: Tree) -> None:
    tree.pci_gpu(device_id="1004", driver="nvidia").nvidia_module("470.256.02", is_open=False)
    tree.nvidia_user_space("470.256.02").nvidia_nodes().tensorflow()
    finding = findings(tree)["driver_too_old_for_cuda"]
    assert finding.parameters["generation"] == "Kepler"
    assert [remedy.command for remedy in describe(finding).remedies] == [None]


def test_that_a_gpu_newer_than_the_driver_is_told_from_the_kernel_s_log(tree: Tree) -> None:
    tree.blackwell("nvidia").nvidia_module("535.183.01").nvidia_user_space("535.183.01")
    tree.kernel_log(NOT_KNOWN)
    finding = findings(tree)["driver_too_old_for_gpu"]
    assert finding.severity is Severity.ERROR
    assert finding.confidence is Confidence.CERTAIN
    assert finding.parameters["branch"] == "570"


def test_that_a_driver_that_knows_the_gpu_is_not_too_old_for_it(tree: Tree) -> None:
    tree.blackwell("nvidia").nvidia_module("570.86.16").nvidia_user_space("570.86.16")
    assert "driver_too_old_for_gpu" not in findings(tree.nvidia_nodes())


@pytest.mark.parametrize(
    ("device_id", "name"),
    [
        ("0194", "Tesla"),
        ("0f02", "Fermi"),
        ("1004", "Kepler"),
        ("13c2", "Maxwell"),
        ("15f8", "Pascal"),
        ("1db4", "Volta"),
        ("2182", "Turing"),
        ("20b0", "Ampere"),
        ("2204", "Ampere"),
        ("2330", "Hopper"),
        ("2342", "Grace Hopper"),
        ("2684", "Ada"),
        ("2901", "Blackwell"),
        ("3182", "Blackwell"),
    ],
)
def test_that_a_generation_is_known_by_its_device_ids(device_id: str, name: str) -> None:
    found = generation(device_id)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("device_id", ["0020", "ffff", "", "what"])
def test_that_an_unknown_device_has_no_generation(device_id: str) -> None:
    assert generation(device_id) is None


@pytest.mark.parametrize(
    ("driver", "cuda"),
    [
        ("610.57.04", "13.3"),
        ("595.71.05", "13.2"),
        ("580.65.06", "13.0"),
        ("535.183.01", "12.2"),
        ("470.256.02", "11.4"),
        ("390.157", "9.1"),
        ("340.108", None),
    ],
)
def test_that_a_driver_serves_the_cuda_that_came_with_it(driver: str, cuda: str | None) -> None:
    assert cuda_of_driver(driver) == cuda


@pytest.mark.parametrize(
    ("built", "served", "runs"),
    [
        ("12.5.1", "12.2", True),
        ("12.5", "11.8", False),
        ("11.2", "13.0", True),
        ("10.2", "10.1", False),
        ("10", "10.1", None),
        (None, "12.2", None),
    ],
)
def test_that_minor_versions_matter_only_before_cuda_11(
    built: str | None, served: str, runs: bool | None
) -> None:
    assert runs_with(built, served) is runs
