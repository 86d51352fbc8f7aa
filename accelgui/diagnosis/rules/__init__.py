"""The rules, by the link that they break, in the order of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rules import (
    architectures,
    containers,
    cuda_libraries,
    dependencies,
    device,
    device_nodes,
    driver_fit,
    driver_level,
    engines,
    framework_build,
    framework_import,
    framework_lists,
    hardware,
    kernel_driver,
    libcuda,
    memory,
    nvml,
    operation,
    other_makers,
    speed,
    tpu,
    tpu_environment,
    wheels,
)

if TYPE_CHECKING:
    from accelgui.diagnosis.rule import Rule

RULES: tuple[Rule, ...] = (
    # What can be done about a GPU of another maker says more than that it is not NVIDIA's.
    *other_makers.RULES,
    *device.RULES,
    *hardware.RULES,
    *driver_fit.RULES,
    *kernel_driver.RULES,
    *containers.RULES,
    *device_nodes.RULES,
    *nvml.RULES,
    *libcuda.RULES,
    *driver_level.RULES,
    *cuda_libraries.RULES,
    *wheels.RULES,
    *driver_level.LATER_RULES,
    *framework_import.RULES,
    *framework_build.RULES,
    *architectures.RULES,
    *dependencies.RULES,
    *framework_lists.RULES,
    *memory.RULES,
    *operation.RULES,
    *tpu_environment.RULES,
    *tpu.RULES,
    *speed.RULES,
    *engines.RULES,
)

# Errors that no earlier broken link can bring about: they stay to be mended when that one is.
INDEPENDENT_CODES = frozenset({
    "framework_not_installed",
    "framework_import_fails",
    "numpy_abi_incompatible",
    "protobuf_incompatible",
    "static_tls_exhausted",
    "cpu_lacks_avx",
    "cpu_only_build",
    "aarch64_wheel_cpu_only",
    "windows_native_gpu_unsupported",
    "tensorflow_without_tpu_support",
    "gpu_arch_not_in_build",
    "wrong_results_on_device",
    "tensorflow_gpu_package_removed",
    "x86_python_under_rosetta",
    "plugin_version_mismatch",
    "torch_xla_version_mismatch",
    "gpu_hardware_fault_ecc",
    "gpu_fell_off_bus",
    "gpu_reset_needed_row_remap",
})

__all__ = ["INDEPENDENT_CODES", "RULES"]
