"""``accelgui check``, on this machine and on made ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.command import Ran, run
from standins.drivers import together

from accelgui import words
from accelgui.cli.layout import columns
from accelgui.diagnosis import examine
from accelgui.model.chain import CHAINS, Accelerator
from accelgui.model.snapshot import Snapshot
from accelgui.model.wire import from_json
from accelgui.words.verdicts import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from standins.drivers import CudaDriver, NvmlDriver
    from standins.machines import MachineTree


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A real check of this machine with the real TensorFlow, its GPUs hidden."""
    return run(tmp_path_factory.mktemp("check"), "check", "--json", CUDA_VISIBLE_DEVICES="-1")


def test_that_json_is_one_document_and_all_of_stdout(here: Ran) -> None:
    document = here.document
    assert list(document) == ["schema", "verdict", "chain", "devices", "findings", "snapshot"]
    assert document["schema"] == 1
    assert document["verdict"]["cpu_works"] is True
    assert document["verdict"]["framework"] == "tensorflow"
    links = [link.value for link in CHAINS[Accelerator.NVIDIA]]
    assert [state["link"] for state in document["chain"]] == links


def test_that_without_an_operation_on_an_accelerator_the_check_is_not_good(here: Ran) -> None:
    assert here.document["verdict"]["status"] in {"no_accelerator", "not_accelerated"}
    assert here.code == 2


def test_that_a_finding_has_all_its_members(here: Ran) -> None:
    for finding in here.document["findings"]:
        assert set(finding) >= {
            "code", "severity", "title", "cause", "evidence", "remedy", "link", "confidence",
        }  # fmt: skip
        assert all(set(e) == {"source", "line", "text"} for e in finding["evidence"])
        assert all(set(r) == {"text", "command"} for r in finding["remedy"])


def test_that_the_snapshot_can_be_read_back(here: Ran) -> None:
    snapshot = from_json(Snapshot, here.document["snapshot"])
    assert snapshot.machine is not None
    assert snapshot.machine.devices[0].key == "cpu"
    assert here.document["devices"][0]["key"] == "cpu"


def test_that_progress_off_a_terminal_is_silent(here: Ran) -> None:
    assert here.notes == ""


def test_that_a_made_machine_without_driver_is_explained(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu()
    ran = run(machine_tree.root.parent, "check", "--json", "--sysroot", str(machine_tree.root))
    assert ran.code == 2
    assert ran.document["verdict"]["status"] == "not_accelerated"
    assert [finding["code"] for finding in ran.document["findings"]] == ["driver_not_installed"]
    first = ran.document["findings"][0]
    assert first["remedy"][0]["command"] == "sudo ubuntu-drivers install"
    statuses = [state["status"] for state in ran.document["chain"]]
    assert statuses == ["passed", "broken", *["not_reached"] * 9]


@pytest.mark.parametrize("generation", ["v3", "v5e"])
def test_that_a_made_tpu_machine_has_the_chain_of_a_tpu(
    machine_tree: MachineTree, generation: str
) -> None:
    machine_tree.tpu(generation, count=1)
    ran = run(machine_tree.root.parent, "check", "--json", "--sysroot", str(machine_tree.root))
    links = [state["link"] for state in ran.document["chain"]]
    assert links == [link.value for link in CHAINS[Accelerator.TPU]]
    assert ran.document["findings"][0]["code"] == "libtpu_library_missing"


def test_that_the_text_says_everything_in_80_columns(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu(driver="nouveau").nvidia_user_space().secure_boot(on=True)
    ran = run(machine_tree.root.parent, "check", "--sysroot", str(machine_tree.root))
    assert ran.code == 2
    lines = ran.out.splitlines()
    assert lines[0].startswith("✗ ")
    assert "Acceleration chain" in lines
    assert any(line.split() == ["✗", "Kernel", "driver", "broken"] for line in lines)
    assert any(line.split() == ["·", "Device", "files", "not", "reached"] for line in lines)
    assert "\x1b" not in ran.out
    # Commands stay whole, so that they can be copied.
    assert all(columns(line) <= 80 for line in lines if not line.startswith(" " * 8))


def test_that_the_words_come_in_the_asked_language(machine_tree: MachineTree) -> None:
    root = str(machine_tree.root)
    ran = run(machine_tree.root.parent, "--language", "zh_CN", "check", "--json", "--sysroot", root)
    document = ran.document
    snapshot = from_json(Snapshot, document["snapshot"])
    words.set_language("zh_CN")
    try:
        assert document["verdict"]["text"] == sentence(examine(snapshot), snapshot)
    finally:
        words.set_language("en")
    assert document["findings"][0]["code"] == "no_accelerator_present"


def test_that_a_terminal_that_knows_no_signs_gets_plain_ones(machine_tree: MachineTree) -> None:
    machine_tree.pci_gpu()
    ran = run(
        machine_tree.root.parent,
        "check",
        "--sysroot",
        str(machine_tree.root),
        PYTHONIOENCODING="ascii",
    )
    assert ran.code == 2
    assert ran.out.isascii()
    assert "x Kernel driver" in ran.out


def test_that_a_gpu_whose_cuda_does_not_start_is_explained(
    nvml: NvmlDriver, libcuda: CudaDriver, tmp_path: Path
) -> None:
    nvml.install_gpus(1)
    libcuda.fail("cuInit", 802)
    ran = run(tmp_path, "check", "--json", "--framework", "jax", **together(nvml, libcuda))
    assert ran.code == 2
    assert ran.document["verdict"]["status"] == "not_accelerated"
    codes = [finding["code"] for finding in ran.document["findings"]]
    assert codes == ["fabric_manager_not_running", "framework_not_installed"]
    assert ran.document["devices"][1]["name"] == "NVIDIA H200"


def test_that_an_nvml_that_hangs_is_given_up_and_told(nvml: NvmlDriver, tmp_path: Path) -> None:
    nvml.install_gpus(1)
    nvml.hang("nvmlInitWithFlags")
    asked = ["check", "--json", "--framework", "jax", "--timeout", "6"]
    ran = run(tmp_path, *asked, **nvml.environment)
    answer = ran.document["snapshot"]["machine"]["nvidia"]["nvml"]
    assert (answer["call"], answer["timed_out"]) == ("nvmlInit", True)
    assert "probe_timed_out" in {finding["code"] for finding in ran.document["findings"]}
    assert ran.document["verdict"]["status"] == "not_accelerated"
    assert ran.notes == ""
