"""Causes that only a running machine tells: its state, its processes, its variables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from diagnosis.snapshots import (
    CPU_LISTED,
    GPU_RIGHT,
    H200,
    PYTHON,
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
)

from accelgui.diagnosis import examine
from accelgui.model.finding import Severity, VerdictStatus
from accelgui.model.snapshot import (
    CallResult,
    Framework,
    Library,
    OperationResult,
    Package,
    Process,
    PythonContents,
    Snapshot,
)

GIB = 1 << 30
WHEEL = "/opt/venv/lib/python3.12/site-packages/nvidia/cudnn/lib/libcudnn.so.9"
CHOSEN = "/opt/cudnn/libcudnn.so.9"
NO_CUDNN = "Could not load dynamic library 'libcudnn.so.9'; dlerror: cannot open"
NO_CUDART = "Could not load dynamic library 'libcudart.so.12'; dlerror: cannot open"


def gpu(**facts: Any) -> Snapshot:
    """A machine that works, whose GPU reports facts."""
    return snapshot(machine(devices=(gpu_device(**facts),)), tensorflow())


def link(**changes: Any) -> Snapshot:
    wide = replace(H200, link_width=16, link_width_max=16, port_width_max=16)
    return snapshot(machine(pci=(replace(wide, **changes),)), tensorflow())


def used(memory_used_bytes: int, *processes: Process) -> Snapshot:
    device = gpu_device(memory_total_bytes=80 * GIB, memory_used_bytes=memory_used_bytes)
    return snapshot(machine(devices=(device,), processes=processes), tensorflow())


def failing(error: str, **changes: Any) -> Snapshot:
    operation = OperationResult("gpu:0", ran=False, error=error)
    return snapshot(machine(**changes), tensorflow(operations=(operation,)))


def mode(compute_mode: str, *processes: Process) -> Snapshot:
    seen = failing("CUDA error", devices=(gpu_device(compute_mode=compute_mode),))
    assert seen.machine is not None
    return replace(seen, machine=replace(seen.machine, processes=processes))


def absent(version: str) -> Snapshot:
    seen = snapshot(bare_machine(), Framework("tensorflow", installed=False))
    return replace(seen, python=replace(PYTHON, version=version))


def mac(python_machine: str, **changes: Any) -> Snapshot:
    there = bare_machine(host=host(system="Darwin", machine="arm64", **changes))
    seen = snapshot(there, cpu_tensorflow(imported=False, import_error="x", operations=()))
    return replace(seen, python=replace(PYTHON, machine=python_machine))


def two_cudnns(loaded: str) -> Snapshot:
    chosen = Library("libcudnn.so.9", CHOSEN, "LD_LIBRARY_PATH", "9.1.0")
    own = Library("libcudnn.so.9", WHEEL, "python", "9.3.0.75")
    framework = tensorflow(
        devices=(CPU_LISTED,), operations=(), loaded=(Library("libcudnn.so.9", loaded, "loaded"),)
    )
    seen = snapshot(machine(libraries=(chosen,)), framework)
    return replace(seen, contents=PythonContents(libraries=(own,)))


def logged(*lines: str, **changes: Any) -> Snapshot:
    framework = cpu_tensorflow(log=lines, **changes)
    return snapshot(machine(), framework)


def with_library(seen: Snapshot, name: str) -> Snapshot:
    assert seen.machine is not None
    library = Library(name, f"/usr/lib/{name}", "ldconfig")
    return replace(seen, machine=replace(seen.machine, libraries=(library,)))


def tpu(**hints: str) -> Snapshot:
    there = tpu_machine()
    return snapshot(replace(there, tpu=replace(there.tpu, hints=hints)))


def locked(line: str) -> Snapshot:
    there = tpu_machine()
    held = replace(there.tpu, lockfile_path="/tmp/libtpu_lockfile")
    jax = cpu_tensorflow(name="jax", distribution="jax", log=(line,))
    return snapshot(replace(there, tpu=held), jax)


def hosted(**variables: str) -> Snapshot:
    return snapshot(bare_machine(host=host(environment=variables)))


def answered(code: int, name: str, **changes: Any) -> Snapshot:
    answer = CallResult("cuInit", code, name)
    driver = nvidia(cuda=answer, cuda_device_count=None, **changes)
    return snapshot(machine(nvidia=driver), cpu_tensorflow())


def packages(*found: tuple[str, str]) -> PythonContents:
    return PythonContents(packages=tuple(Package(name, version) for name, version in found))


LOADED_CUBLAS = Library("libcublas.so.12", "/x/libcublas.so.12", "loaded")
STRANGER = Process(77, "gpu:0", "python", 79 * GIB)

CASES: dict[str, tuple[str, Snapshot, Snapshot]] = {
    "hot / idle": (
        "thermal_throttling",
        gpu(clocks_event_reasons="sw_thermal_slowdown"),
        gpu(clocks_event_reasons="gpu_idle"),
    ),
    "power brake / power cap": (
        "hardware_slowdown",
        gpu(clocks_event_reasons="hw_slowdown,hw_power_brake"),
        gpu(clocks_event_reasons="sw_power_cap"),
    ),
    "limit lowered / nothing holds": (
        "power_throttling",
        gpu(
            clocks_event_reasons="sw_power_cap",
            power_limit_enforced_watts=300.0,
            power_limit_default_watts=700.0,
        ),
        gpu(clocks_event_reasons="none"),
    ),
    "four lanes of sixteen / of four": (
        "pcie_link_degraded",
        link(link_width=4),
        link(link_width=4, port_width_max=4),
    ),
    "slow link at work / at rest": (
        "pcie_link_degraded",
        gpu(clocks_event_reasons="none", pcie_generation=3, pcie_generation_max=5),
        gpu(clocks_event_reasons="gpu_idle", pcie_generation=1, pcie_generation_max=5),
    ),
    "errors since the reset / long ago": (
        "gpu_hardware_fault_ecc",
        gpu(ecc_errors_uncorrected_since_reset_count=2),
        gpu(ecc_errors_uncorrected_since_reset_count=0, ecc_errors_uncorrected_count=5),
    ),
    "a row could not be remapped / it could": (
        "gpu_hardware_fault_ecc",
        gpu(row_remap_failed=True),
        gpu(row_remap_failed=False, rows_remapped_count=1),
    ),
    "pages wait / are retired": (
        "gpu_reset_needed_row_remap",
        gpu(retired_pages_pending=True),
        gpu(retired_pages_pending=False, retired_pages_corrected_count=3),
    ),
    "a stranger holds the memory / nobody is seen": (
        "gpu_memory_held_by_other_process",
        used(79 * GIB, STRANGER),
        used(79 * GIB),
    ),
    "a stranger holds nearly all / a little": (
        "gpu_memory_held_by_other_process",
        used(79 * GIB, STRANGER),
        used(9 * GIB, replace(STRANGER, memory_used_bytes=8 * GIB)),
    ),
    "exclusive and taken / exclusive and free": (
        "exclusive_compute_mode",
        mode("exclusive_process", STRANGER),
        mode("exclusive_process"),
    ),
    "closed to computing / open": (
        "exclusive_compute_mode",
        mode("prohibited"),
        mode("default", STRANGER),
    ),
    "cuDNN cannot start / another error": (
        "gpu_memory_preallocation",
        failing("UNKNOWN: Could not create cudnn handle: CUDNN_STATUS_INTERNAL_ERROR"),
        failing("INTERNAL: an assertion failed"),
    ),
    "Python too new / known": ("no_wheel_for_python_version", absent("3.15.0"), absent("3.12.4")),
    "x86 Python on Apple's chip / its own": (
        "x86_python_under_rosetta",
        mac("x86_64"),
        mac("arm64"),
    ),
    "another cuDNN was loaded / the wheel's": (
        "library_path_shadows_bundled_cuda",
        two_cudnns(CHOSEN),
        two_cudnns(WHEEL),
    ),
    "only cuDNN 8 is here / nothing is": (
        "cudnn_version_mismatch",
        with_library(logged(NO_CUDNN), "libcudnn.so.8"),
        logged(NO_CUDNN),
    ),
    "the runtime of CUDA 11 / nothing": (
        "built_for_other_cuda_major",
        with_library(logged(NO_CUDART), "libcudart.so.11.0"),
        logged(NO_CUDART),
    ),
    "others were loaded / none were": (
        "cuda_toolkit_incomplete",
        logged(NO_CUDNN, loaded=(LOADED_CUBLAS,)),
        logged(NO_CUDNN),
    ),
    "cuDNN older than the build's / the same": (
        "cudnn_version_mismatch",
        logged("Loaded runtime CuDNN library: 8.2.1 but source was compiled with: 8.6.0."),
        logged("Loaded cuDNN version 8600"),
    ),
    "a TPU asked for in Colab / a GPU": (
        "tpu_runtime_not_selected",
        hosted(COLAB_GPU="", JAX_PLATFORMS="tpu"),
        hosted(COLAB_GPU="", JAX_PLATFORMS="cpu"),
    ),
    "a TPU behind an address / on the bus": (
        "tpu_node_architecture_unsupported",
        replace(
            tpu(),
            machine=replace(
                tpu_machine(), tpu=replace(tpu_machine().tpu, chips=(), hints={
                    "XRT_TPU_CONFIG": "tpu_worker;0;10.0.0.2:8470"})
            ),
        ),
        tpu(TPU_NAME="local"),
    ),
    "a chip that is not here / that is": (
        "tpu_env_var_wrong",
        tpu(TPU_VISIBLE_CHIPS="0,1"),
        tpu(TPU_VISIBLE_CHIPS="0"),
    ),
    "a lock file that the library names / one that nobody names": (
        "tpu_lockfile_stale",
        locked("ABORTED: Internal error when accessing libtpu multi-process lockfile"
               " /tmp/libtpu_lockfile"),
        locked("JAX lists no devices"),
    ),
    "TensorRT is not here / it is": (
        "tensorrt_not_installed",
        logged("TF-TRT Warning: Could not find TensorRT"),
        logged("TensorRT 10.0.1 found"),
    ),
    "a CUDA below the build's / the build's": (
        "driver_near_its_limit",
        snapshot(machine(nvidia=nvidia(cuda_version="12.2")), tensorflow()),
        snapshot(machine(nvidia=nvidia(cuda_version="12.5")), tensorflow()),
    ),
    "CUDA fails by an unknown code / by a known one": (
        "cuda_initialization_fails",
        answered(36, "CUDA_ERROR_SOMETHING"),
        answered(804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"),
    ),
    "devices cannot be listed / are": (
        "device_listing_fails",
        logged("tensorflow lists no devices: InternalError: CUDA error", devices=()),
        logged("tensorflow lists no devices: InternalError: CUDA error"),
    ),
    "the empty tensorflow-gpu / no package": (
        "tensorflow_gpu_package_removed",
        replace(
            snapshot(machine(), Framework("tensorflow", installed=False)),
            contents=packages(("tensorflow-gpu", "2.12.0")),
        ),
        snapshot(machine(), Framework("tensorflow", installed=False)),
    ),
    "refused though open to all / closed by its mode": (
        "container_cgroup_device_access_revoked",
        snapshot(
            machine(
                host=host(container="docker"),
                nvidia=nvidia(nodes=(replace(node("nvidia0", usable=False), mode="0666"),)),
            ),
            cpu_tensorflow(),
        ),
        snapshot(
            machine(
                host=host(container="docker"),
                nvidia=nvidia(nodes=(replace(node("nvidia0", usable=False), mode="0660"),)),
            ),
            cpu_tensorflow(),
        ),
    ),
}  # fmt: skip


def codes(seen: Snapshot) -> list[str]:
    return [finding.code for finding in examine(seen).findings]


@pytest.mark.parametrize(("code", "seen", "_near"), CASES.values(), ids=CASES)
def test_that_the_cause_is_found(code: str, seen: Snapshot, _near: Snapshot) -> None:
    found = {finding.code: finding for finding in examine(seen).findings}
    assert code in found
    assert found[code].evidence


@pytest.mark.parametrize(("code", "_seen", "near"), CASES.values(), ids=CASES)
def test_that_the_near_miss_is_another_matter(code: str, _seen: Snapshot, near: Snapshot) -> None:
    assert code not in codes(near)


def test_that_what_works_but_should_not_be_left_is_a_warning() -> None:
    for seen in (gpu(clocks_event_reasons="hw_thermal_slowdown"), link(link_width=4)):
        verdict = examine(seen)
        assert verdict.status is VerdictStatus.DEGRADED
        assert {f.severity for f in verdict.findings} == {Severity.WARNING}


def test_that_a_power_cap_at_full_load_is_no_trouble() -> None:
    verdict = examine(gpu(clocks_event_reasons="sw_power_cap", power_limit_default_watts=700.0))
    assert verdict.status is VerdictStatus.ACCELERATED


def test_that_a_gpu_that_proves_itself_has_no_error_whatever_else_is_told() -> None:
    framework = tensorflow(log=(NO_CUDNN, NO_CUDART), operations=(GPU_RIGHT,))
    assert examine(snapshot(machine(), framework)).status is not VerdictStatus.NOT_ACCELERATED
