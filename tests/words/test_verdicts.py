"""The verdict in a sentence that is true at every stage."""

from __future__ import annotations

import pytest
from diagnosis.snapshots import (
    CPU_RIGHT,
    bare_machine,
    cpu_tensorflow,
    gpu_device,
    host,
    machine,
    node,
    nvidia,
    snapshot,
    tensorflow,
    tpu_machine,
    unloaded,
)
from made import snapshots

from accelgui.diagnosis import examine
from accelgui.model.finding import VerdictStatus
from accelgui.model.snapshot import CallResult, OperationResult, PciDevice, Snapshot
from accelgui.words.verdicts import _inside, sentence, status_name

AMD = PciDevice("0000:03:00.0", "1002", "744c", "030000", driver="amdgpu")
NVML_UNKNOWN = CallResult("nvmlInit", 999, "NVML_ERROR_UNKNOWN")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (snapshot(), "Looking at this machine…"),
        (snapshot(bare_machine()), "This machine has no GPU or TPU."),
        (
            snapshot(bare_machine(), cpu_tensorflow()),
            "This machine has no GPU or TPU. TensorFlow 2.21.0 works on the CPU.",
        ),
        (
            snapshot(
                bare_machine(),
                cpu_tensorflow(operations=(OperationResult("cpu", ran=False, error="x"),)),
            ),
            "This machine has no GPU or TPU. TensorFlow 2.21.0 does not work on the CPU either.",
        ),
        (
            snapshot(
                bare_machine(),
                cpu_tensorflow(installed=False, version=None, imported=None, operations=()),
            ),
            "This machine has no GPU or TPU. TensorFlow is not installed.",
        ),
        (
            snapshot(bare_machine(pci=(AMD,)), cpu_tensorflow()),
            (
                "This machine has an AMD GPU, which the usual build of TensorFlow cannot use."
                " TensorFlow 2.21.0 works on the CPU."
            ),
        ),
        (
            snapshot(machine(), tensorflow()),
            "TensorFlow 2.21.0 runs on NVIDIA H200 and computes right.",
        ),
        (
            snapshot(machine(nvidia=nvidia(uvm_loaded=False, cuda=None))),
            "NVIDIA H200 is here. Whether TensorFlow can use it is not known yet.",
        ),
        (
            snapshot(machine(devices=(), nvidia=unloaded()), cpu_tensorflow()),
            (
                "An NVIDIA GPU is here, but TensorFlow 2.21.0 cannot use it: the NVIDIA driver"
                " is not loaded."
            ),
        ),
        (
            snapshot(machine(nvidia=nvidia(cuda=CallResult("cuInit", 3, "CUDA_ERROR_X")))),
            "NVIDIA H200 is here, but TensorFlow cannot use it: CUDA does not start.",
        ),
        (
            snapshot(machine(nvidia=nvidia(nvml=NVML_UNKNOWN, nvml_device_count=None))),
            "NVIDIA H200 is here. Whether TensorFlow can use it is not known yet.",
        ),
        (
            snapshot(tpu_machine(), cpu_tensorflow()),
            (
                "A TPU is here, but TensorFlow 2.21.0 cannot use it: this TensorFlow has no"
                " TPU support."
            ),
        ),
    ],
)
def test_that_the_sentence_is_true(seen: Snapshot, expected: str) -> None:
    assert sentence(examine(seen), seen) == expected


def test_that_warnings_are_counted() -> None:
    there = machine(devices=(gpu_device(row_remap_pending=True),))
    seen = snapshot(there, tensorflow())
    assert sentence(examine(seen), seen) == (
        "TensorFlow 2.21.0 runs on NVIDIA H200 and computes right, with 1 warning."
    )


def test_that_windows_lends_its_gpu_to_wsl() -> None:
    wsl = nvidia(module_loaded=None, nodes=(node("dxg"),))
    seen = snapshot(machine(host=host(wsl=True), pci=(), devices=(), nvidia=wsl))
    assert sentence(examine(seen), seen).startswith("Windows lends a GPU.")


def test_that_a_proof_stands_without_the_machine() -> None:
    seen = snapshot(None, tensorflow(operations=(CPU_RIGHT,)))
    assert sentence(examine(seen), seen) == "Looking at this machine…"


def test_that_every_status_has_words() -> None:
    assert len({status_name(status) for status in VerdictStatus}) == len(VerdictStatus)


def test_that_equal_devices_are_counted() -> None:
    seen = snapshots.accelerated(8)
    assert sentence(examine(seen), seen) == (
        "TensorFlow 2.21.0 runs on 8 × NVIDIA H200 and computes right."
    )


def test_that_a_name_with_an_apostrophe_keeps_its_capital() -> None:
    assert _inside("Windows' driver files are missing") == "Windows' driver files are missing"
    assert _inside("NVIDIA's driver is not installed") == "NVIDIA's driver is not installed"
    assert _inside("The driver is old") == "the driver is old"
