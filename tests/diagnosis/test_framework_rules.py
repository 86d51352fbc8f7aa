"""Each cause in the framework: what shows it, and the near miss that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from diagnosis.snapshots import (
    CPU_RIGHT,
    bare_machine,
    cpu_tensorflow,
    host,
    machine,
    snapshot,
    tensorflow,
    tpu_machine,
)

from accelgui.diagnosis import examine
from accelgui.diagnosis.rules.framework_build import is_covered
from accelgui.diagnosis.rules.framework_lists import hides_all
from accelgui.model.chain import Link
from accelgui.model.finding import Severity
from accelgui.model.snapshot import Library, OperationResult

if TYPE_CHECKING:
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Framework, Machine

NO_KERNEL = "INTERNAL: no kernel image is available for execution on the device"
NO_LIBRARIES = (
    "W gpu_device.cc:2433] Cannot dlopen some GPU libraries. Please make sure the missing"
    " libraries mentioned above are installed properly."
)
NO_CUDNN = (
    "W dso_loader.cc:55] Could not load dynamic library 'libcudnn.so.9'; dlerror: libcudnn.so.9:"
    " cannot open shared object file: No such file or directory"
)
NO_TENSORRT = "Could not load dynamic library 'libnvinfer.so.8'; dlerror: libnvinfer.so.8: cannot"
NO_TPU_OP = "No OpKernel was registered to support Op 'ConfigureDistributedTPU'"
ARM = machine(host=host(machine="aarch64"))
WINDOWS = machine(host=host(system="Windows", machine="AMD64"))
CPU_BUILD = cpu_tensorflow(build={"is_cuda_build": "False"})


def failing(error: str, **changes: object) -> Framework:
    failed = OperationResult("gpu:0", ran=False, error=error)
    return tensorflow(operations=(CPU_RIGHT, failed), **changes)


def not_importing(error: str, **changes: object) -> Framework:
    return cpu_tensorflow(
        imported=False, import_error=error, devices=(), operations=(), build={}, **changes
    )


CASES: dict[str, tuple[str, Machine, Framework, Framework]] = {
    "absent / there": (
        "framework_not_installed",
        machine(),
        cpu_tensorflow(installed=False, imported=None, devices=(), operations=()),
        tensorflow(),
    ),
    "an import that raises / that waits": (
        "framework_import_fails",
        machine(),
        not_importing("ImportError: no such thing"),
        cpu_tensorflow(imported=None, devices=(), operations=()),
    ),
    "an import that crashes / built for another NumPy": (
        "framework_import_fails",
        machine(),
        not_importing("killed by signal 11"),
        not_importing("AttributeError: _ARRAY_API not found"),
    ),
    "NumPy of another major version / a missing module": (
        "numpy_abi_incompatible",
        machine(),
        not_importing("ValueError: numpy.dtype size changed, may indicate binary incompatibility"),
        not_importing("ModuleNotFoundError: No module named 'numpy'"),
    ),
    "protobuf of another version / a missing protobuf": (
        "protobuf_incompatible",
        machine(),
        not_importing("TypeError: Descriptors cannot be created directly."),
        not_importing("ModuleNotFoundError: No module named 'google'"),
    ),
    "no room for thread-local storage / no room on the disk": (
        "static_tls_exhausted",
        machine(),
        not_importing("ImportError: libgomp.so.1: cannot allocate memory in static TLS block"),
        not_importing("OSError: No space left on device"),
    ),
    "illegal instruction / abort": (
        "cpu_lacks_avx",
        machine(),
        not_importing("killed by signal 4"),
        not_importing("killed by signal 6"),
    ),
    "an import that hangs / that fails": (
        "probe_timed_out",
        machine(),
        not_importing("no answer within 60 s", timed_out=True),
        not_importing("ImportError: no such thing"),
    ),
    "a build without CUDA / with it": ("cpu_only_build", machine(), CPU_BUILD, cpu_tensorflow()),
    "a build without CUDA on ARM / with it": (
        "aarch64_wheel_cpu_only",
        ARM,
        CPU_BUILD,
        cpu_tensorflow(),
    ),
    "TensorFlow on Windows / PyTorch on Windows": (
        "windows_native_gpu_unsupported",
        WINDOWS,
        CPU_BUILD,
        cpu_tensorflow(name="pytorch", build={"is_cuda_build": "False"}),
    ),
    "no kernel for the GPU / another error": (
        "gpu_arch_not_in_build",
        machine(),
        failing(NO_KERNEL),
        failing("INTERNAL: something else"),
    ),
    "an architecture newer than the build / PTX for it": (
        "gpu_arch_not_in_build",
        machine(),
        cpu_tensorflow(build={"compute_capabilities": "sm_70,sm_80"}),
        cpu_tensorflow(build={"compute_capabilities": "sm_70,compute_80"}),
    ),
    "libraries missing, not named / TensorRT missing": (
        "cuda_library_not_found",
        machine(),
        cpu_tensorflow(log=(NO_LIBRARIES,)),
        cpu_tensorflow(log=(NO_TENSORRT,)),
    ),
    "cuDNN missing, named / nothing missing": (
        "cuda_library_not_found",
        machine(),
        cpu_tensorflow(log=(NO_CUDNN, NO_LIBRARIES)),
        cpu_tensorflow(log=("I Successfully opened dynamic library libcudnn.so.9",)),
    ),
    "a library of the import's error / of somebody else": (
        "cuda_library_not_found",
        machine(),
        not_importing("ImportError: libcudart.so.12: cannot open shared object file"),
        not_importing("ImportError: libGL.so.1: cannot open shared object file"),
    ),
    "cuDNN missing with a GPU / without one": (
        "cuda_library_not_found",
        machine(),
        cpu_tensorflow(log=(NO_CUDNN,)),
        cpu_tensorflow(),
    ),
    "cuDNN outside of the loader's path / nowhere": (
        "cuda_libs_not_on_loader_path",
        machine(libraries=(Library("libcudnn.so.9", "/opt/conda/lib/libcudnn.so.9", "path"),)),
        cpu_tensorflow(log=(NO_CUDNN,)),
        cpu_tensorflow(log=(NO_CUDNN.replace("cudnn", "cufft"),)),
    ),
    "the framework says that the driver is old / that it is new": (
        "driver_too_old_for_cuda",
        machine(),
        failing("CUDA driver version is insufficient for CUDA runtime version"),
        failing("CUDA driver version is 13.0"),
    ),
    "all GPUs hidden / one of them seen": (
        "wrong_cuda_visible_devices",
        machine(host=host(environment={"CUDA_VISIBLE_DEVICES": "3"})),
        cpu_tensorflow(),
        tensorflow(),
    ),
    "JAX told to use the CPU / to use CUDA": (
        "wrong_jax_platform_name",
        machine(host=host(environment={"JAX_PLATFORMS": "cpu"})),
        cpu_tensorflow(name="jax"),
        cpu_tensorflow(),
    ),
    "an operation that raises / that runs": (
        "operation_fails_on_device",
        machine(),
        failing("INTERNAL: something else"),
        tensorflow(),
    ),
    "an operation without memory / without kernel": (
        "gpu_memory_held_by_other_process",
        machine(),
        failing("CUDA_ERROR_OUT_OF_MEMORY: out of memory"),
        failing(NO_KERNEL),
    ),
    "no libdevice / no memory": (
        "libdevice_not_found",
        machine(),
        failing("INTERNAL: libdevice not found at ./libdevice.10.bc"),
        failing("CUDA_ERROR_OUT_OF_MEMORY"),
    ),
    "a wrong result / a right one": (
        "wrong_results_on_device",
        machine(),
        tensorflow(operations=(CPU_RIGHT, OperationResult("gpu:0", ran=True, right=False))),
        tensorflow(),
    ),
    "a wrong result on the CPU / a right one": (
        "wrong_results_on_device",
        bare_machine(),
        cpu_tensorflow(operations=(OperationResult("cpu", ran=True, right=False),)),
        cpu_tensorflow(),
    ),
    "plain TensorFlow on a TPU / its build for TPUs": (
        "tensorflow_without_tpu_support",
        tpu_machine(),
        cpu_tensorflow(),
        cpu_tensorflow(distribution="tensorflow-tpu"),
    ),
    "no operation for TPUs / another error": (
        "tensorflow_without_tpu_support",
        tpu_machine(),
        cpu_tensorflow(distribution="tensorflow-tpu", log=(NO_TPU_OP,)),
        cpu_tensorflow(distribution="tensorflow-tpu", log=("Socket closed",)),
    ),
    "NUMA node unknown / known": (
        "numa_node_unknown",
        machine(),
        tensorflow(log=("successful NUMA node read from SysFS had negative value (-1), but",)),
        tensorflow(),
    ),
    "registered twice / once": (
        "duplicate_plugin_registration",
        machine(),
        tensorflow(log=("E Unable to register cuDNN factory: Attempting to register factory",)),
        tensorflow(log=("I registered cuDNN",)),
    ),
    "the driver compiles / ptxas does": (
        "ptxas_driver_fallback",
        machine(),
        tensorflow(log=("W Relying on driver to perform ptx compilation.",)),
        tensorflow(),
    ),
}


def findings(there: Machine, framework: Framework) -> dict[str, Finding]:
    return {f.code: f for f in examine(snapshot(there, framework)).findings}


@pytest.mark.parametrize(("code", "there", "framework", "_near"), CASES.values(), ids=CASES)
def test_that_the_cause_is_found(
    code: str, there: Machine, framework: Framework, _near: Framework
) -> None:
    assert code in findings(there, framework)
    assert findings(there, framework)[code].evidence


@pytest.mark.parametrize(("code", "there", "_framework", "near"), CASES.values(), ids=CASES)
def test_that_the_near_miss_is_another_matter(
    code: str, there: Machine, _framework: Framework, near: Framework
) -> None:
    assert code not in findings(there, near)


def test_that_a_missing_library_is_named_with_the_line_that_names_it() -> None:
    finding = findings(machine(), cpu_tensorflow(log=("first", NO_CUDNN)))["cuda_library_not_found"]
    assert finding.parameters["libraries"] == "libcudnn.so.9"
    assert finding.evidence[0].line == 2
    assert finding.link is Link.CUDA_LIBRARIES


def test_that_missing_libraries_without_a_gpu_are_no_trouble() -> None:
    assert list(findings(bare_machine(), cpu_tensorflow(log=(NO_CUDNN, NO_LIBRARIES)))) == [
        "no_accelerator_present"
    ]


def test_that_a_better_reason_replaces_the_bare_failure_of_an_operation() -> None:
    assert "operation_fails_on_device" not in findings(machine(), failing(NO_KERNEL))


def test_that_the_signal_of_a_crashed_import_is_kept() -> None:
    crashed = not_importing("killed by signal 11")
    finding = findings(machine(), crashed)["framework_import_fails"]
    assert finding.parameters["signal"] == "11"
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("value", "count", "expected"),
    [
        ("0", 1, False),
        ("0,9", 1, False),
        ("1", 1, True),
        ("-1", 8, True),
        ("", 8, True),
        ("9,0", 8, True),
        ("none", 8, True),
        ("GPU-8d2f", 1, False),
        ("MIG-8d2f", 1, False),
        ("3", None, False),
        ("٣", 8, True),
    ],
)
def test_that_cuda_reads_its_variable_up_to_the_first_bad_entry(
    value: str, count: int | None, expected: bool
) -> None:
    assert hides_all(value, count) is expected


@pytest.mark.parametrize(
    ("capability", "built_for", "expected"),
    [
        ("8.9", "sm_80", True),
        ("8.0", "sm_89", False),
        ("9.0", "sm_80,sm_86", False),
        ("9.0", "sm_80,compute_80", True),
        ("12.0", "sm_90,compute_90", True),
        ("12.0", "sm_90", False),
        ("12.1", "sm_120", True),
        ("10.0", "sm_90a,sm_100a", True),
        ("10.3", "sm_100a", False),
        ("7.5", "compute_90", False),
        ("gfx942", "sm_90", True),
    ],
)
def test_that_machine_code_serves_its_major_version_and_ptx_all_later_ones(
    capability: str, built_for: str, expected: bool
) -> None:
    assert is_covered(capability, built_for) is expected
