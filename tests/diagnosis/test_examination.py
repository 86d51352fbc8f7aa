"""The verdict and the chain, at every stage of looking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diagnosis.snapshots import (
    CPU_LISTED,
    CPU_RIGHT,
    GPU_LISTED,
    GPU_RIGHT,
    H200,
    TPU_RIGHT,
    bare_machine,
    cpu_tensorflow,
    host,
    machine,
    node,
    nvidia,
    snapshot,
    tensorflow,
    tpu_machine,
    unloaded,
)

from accelgui.diagnosis import examine
from accelgui.model.chain import CHAINS, Accelerator, Link, LinkStatus
from accelgui.model.finding import Severity, VerdictStatus
from accelgui.model.snapshot import CallResult, FrameworkDevice, OperationResult

if TYPE_CHECKING:
    from accelgui.model.finding import Verdict

PASSED, BROKEN = LinkStatus.PASSED, LinkStatus.BROKEN
NOT_REACHED, UNKNOWN = LinkStatus.NOT_REACHED, LinkStatus.UNKNOWN


def statuses(verdict: Verdict) -> dict[Link, LinkStatus]:
    return {state.link: state.status for state in verdict.chain}


def test_that_nothing_looked_at_is_nothing_known() -> None:
    verdict = examine(snapshot())
    assert set(statuses(verdict).values()) == {UNKNOWN}
    assert verdict.findings == ()
    assert verdict.cpu_works is None


def test_that_a_right_operation_on_the_gpu_makes_it_accelerated() -> None:
    verdict = examine(snapshot(machine(), tensorflow()), "tensorflow")
    assert verdict.status is VerdictStatus.ACCELERATED
    assert verdict.device == "gpu:0"
    assert verdict.cpu_works is True
    assert verdict.findings == ()
    expected = dict.fromkeys(CHAINS[Accelerator.NVIDIA], PASSED) | {Link.SPEED: UNKNOWN}
    assert statuses(verdict) == expected


def test_that_a_listed_gpu_is_not_yet_a_working_one() -> None:
    verdict = examine(snapshot(machine(), tensorflow(operations=(CPU_RIGHT,))))
    assert verdict.status is VerdictStatus.NOT_ACCELERATED
    assert statuses(verdict)[Link.FRAMEWORK_LISTS] is PASSED
    assert statuses(verdict)[Link.OPERATION_RUNS] is UNKNOWN
    assert verdict.device is None


def test_that_a_machine_seen_before_its_framework_is_known_so_far() -> None:
    verdict = examine(snapshot(machine()), "tensorflow")
    assert verdict.framework == "tensorflow"
    assert statuses(verdict)[Link.LIBCUDA] is PASSED
    assert statuses(verdict)[Link.CUDA_LIBRARIES] is UNKNOWN
    assert statuses(verdict)[Link.FRAMEWORK_BUILD] is UNKNOWN


def test_that_a_machine_without_accelerator_breaks_at_the_device() -> None:
    verdict = examine(snapshot(bare_machine(), cpu_tensorflow()))
    assert verdict.status is VerdictStatus.NO_ACCELERATOR
    assert [finding.code for finding in verdict.findings] == ["no_accelerator_present"]
    assert verdict.findings[0].severity is Severity.INFO
    assert verdict.cpu_works is True
    assert statuses(verdict)[Link.DEVICE] is BROKEN
    assert set(list(statuses(verdict).values())[1:]) == {NOT_REACHED}


def test_that_a_missing_driver_hides_its_consequences() -> None:
    verdict = examine(snapshot(machine(nvidia=unloaded()), cpu_tensorflow()))
    assert [finding.code for finding in verdict.findings] == ["driver_module_not_loaded"]
    links = statuses(verdict)
    assert links[Link.DEVICE] is PASSED
    assert links[Link.KERNEL_DRIVER] is BROKEN
    assert set(list(links.values())[2:]) == {NOT_REACHED}


def test_that_a_build_for_the_cpu_is_told_beside_a_missing_driver_and_after_it() -> None:
    build = {"is_cuda_build": "False"}
    verdict = examine(snapshot(machine(nvidia=unloaded()), cpu_tensorflow(build=build)))
    codes = [finding.code for finding in verdict.findings]
    assert codes == ["driver_module_not_loaded", "cpu_only_build"]


def test_that_a_missing_driver_is_reported_before_a_missing_toolkit() -> None:
    log = ("Could not load dynamic library 'libcudart.so.12'; dlerror: libcudart.so.12: cannot",)
    verdict = examine(snapshot(machine(nvidia=unloaded()), cpu_tensorflow(log=log)))
    assert verdict.findings[0].code == "driver_module_not_loaded"
    assert "cuda_library_not_found" not in {finding.code for finding in verdict.findings}


def test_that_trouble_beside_a_working_gpu_is_a_warning() -> None:
    lost = CallResult("nvmlInit", 12, "NVML_ERROR_LIBRARY_NOT_FOUND")
    broken = nvidia(nvml=lost, nvml_device_count=None)
    verdict = examine(snapshot(machine(nvidia=broken), tensorflow()))
    assert verdict.status is VerdictStatus.DEGRADED
    assert [(f.code, f.severity) for f in verdict.findings] == [
        ("nvml_library_missing", Severity.WARNING)
    ]
    assert statuses(verdict)[Link.NVML] is BROKEN
    assert statuses(verdict)[Link.RESULT_RIGHT] is PASSED


def test_that_a_broken_nvml_cuts_nothing_off() -> None:
    lost = CallResult("nvmlInit", 999, "NVML_ERROR_UNKNOWN")
    fabric = CallResult("cuInit", 802, "CUDA_ERROR_SYSTEM_NOT_READY")
    verdict = examine(snapshot(machine(nvidia=nvidia(nvml=lost, nvml_device_count=None))))
    assert statuses(verdict)[Link.NVML] is BROKEN
    assert statuses(verdict)[Link.LIBCUDA] is PASSED
    both = nvidia(nvml=lost, nvml_device_count=None, cuda=fabric, cuda_device_count=None)
    verdict = examine(snapshot(machine(nvidia=both)))
    assert statuses(verdict)[Link.LIBCUDA] is BROKEN
    assert [finding.code for finding in verdict.findings] == ["fabric_manager_not_running"]


def test_that_benign_noise_leaves_a_working_gpu_accelerated() -> None:
    log = ("W TF-TRT Warning: Could not find TensorRT",)
    verdict = examine(snapshot(machine(), tensorflow(log=log)))
    assert verdict.status is VerdictStatus.ACCELERATED
    assert [finding.code for finding in verdict.findings] == ["tensorrt_not_installed"]


def test_that_a_wrong_result_on_one_of_two_gpus_stays_an_error() -> None:
    wrong = OperationResult("gpu:1", ran=True, right=False, ran_on="/device:GPU:1")
    verdict = examine(snapshot(machine(), tensorflow(operations=(CPU_RIGHT, GPU_RIGHT, wrong))))
    assert verdict.status is VerdictStatus.DEGRADED
    assert [(f.code, f.severity) for f in verdict.findings] == [
        ("wrong_results_on_device", Severity.ERROR)
    ]


def test_that_an_operation_that_slipped_to_the_cpu_proves_nothing() -> None:
    slipped = OperationResult("gpu:0", ran=True, right=True, ran_on="/device:CPU:0")
    verdict = examine(snapshot(machine(), tensorflow(operations=(CPU_RIGHT, slipped))))
    assert verdict.status is VerdictStatus.NOT_ACCELERATED
    assert [finding.code for finding in verdict.findings] == ["operation_fails_on_device"]
    assert statuses(verdict)[Link.OPERATION_RUNS] is BROKEN


def test_that_a_gpu_under_wsl_needs_no_bus_and_no_module() -> None:
    wsl = nvidia(module_loaded=False, module_version=None, uvm_loaded=False, nodes=(node("dxg"),))
    there = machine(host=host(wsl=True), pci=(), nvidia=wsl)
    verdict = examine(snapshot(there, tensorflow()))
    assert verdict.status is VerdictStatus.ACCELERATED
    assert verdict.findings == ()


def test_that_a_working_tpu_has_a_chain_of_its_own() -> None:
    listed = (CPU_LISTED, FrameworkDevice("tpu:0", "TPU_0"))
    jax = cpu_tensorflow(name="jax", devices=listed, operations=(CPU_RIGHT, TPU_RIGHT))
    verdict = examine(snapshot(tpu_machine(), jax))
    assert verdict.accelerator is Accelerator.TPU
    assert verdict.status is VerdictStatus.ACCELERATED
    assert tuple(statuses(verdict)) == CHAINS[Accelerator.TPU]


def test_that_the_framework_that_works_is_chosen_when_none_is_named() -> None:
    pytorch = tensorflow(name="pytorch")
    broken = cpu_tensorflow(operations=())
    verdict = examine(snapshot(machine(), broken, pytorch))
    assert verdict.framework == "pytorch"
    assert verdict.status is VerdictStatus.ACCELERATED
    named = examine(snapshot(machine(), broken, pytorch), "tensorflow")
    assert named.framework == "tensorflow"
    assert named.status is VerdictStatus.NOT_ACCELERATED


def test_that_a_framework_that_hangs_is_told_on_a_machine_without_accelerator() -> None:
    hanging = cpu_tensorflow(imported=False, timed_out=True, operations=(), devices=())
    verdict = examine(snapshot(bare_machine(), hanging))
    assert "probe_timed_out" in {finding.code for finding in verdict.findings}


def test_that_a_sleeping_gpu_is_left_unknown() -> None:
    asleep = CallResult("nvmlInit", None, "not_called", "gpu_asleep")
    silent = nvidia(nvml=asleep, nvml_device_count=None, cuda=asleep, cuda_device_count=None)
    there = machine(pci=(replace(H200, runtime_status="suspended"),), nvidia=silent)
    verdict = examine(snapshot(there))
    assert [finding.code for finding in verdict.findings] == ["gpu_asleep"]
    assert statuses(verdict)[Link.LIBCUDA] is UNKNOWN


def test_that_details_are_facts_not_sentences() -> None:
    verdict = examine(snapshot(machine(), tensorflow()))
    details = {state.link: state.detail for state in verdict.chain}
    assert details[Link.KERNEL_DRIVER] == "580.65.06"
    assert details[Link.LIBCUDA] == "13.0"
    assert details[Link.FRAMEWORK_LISTS] == GPU_LISTED.name


def test_that_a_driver_whose_own_files_hang_is_the_first_broken_link() -> None:
    silent = CallResult("/proc/driver/nvidia/version", timed_out=True)
    verdict = examine(snapshot(machine(problems=(silent,))))
    first = verdict.findings[0]
    assert (first.code, first.link) == ("probe_timed_out", Link.KERNEL_DRIVER)
    assert first.evidence[0].text == "no answer"
    assert "probe_timed_out" not in {f.code for f in examine(snapshot(machine())).findings}
