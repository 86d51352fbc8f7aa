"""Causes that the same words may come from: named behind the likeliest one, where none is sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import Candidate
from accelgui.diagnosis.logs.codes import PLACES
from accelgui.model.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED_AT_LEAST = 3

_LIKE: dict[str, tuple[str, ...]] = {
    "gpu_fell_off_bus": ("gsp_firmware_failure", "open_kernel_module_unsupported_gpu"),
    "gsp_firmware_failure": ("gpu_fell_off_bus", "driver_packages_inconsistent"),
    "gpu_hardware_fault_ecc": ("gpu_reset_needed_row_remap", "operation_fails_on_device"),
    "gpu_reset_needed_row_remap": ("gpu_hardware_fault_ecc",),
    "exclusive_compute_mode": ("gpu_memory_held_by_other_process", "operation_fails_on_device"),
    "fabric_manager_not_running": ("driver_packages_inconsistent",),
    "gpu_dropped_by_driver_branch": ("open_kernel_module_unsupported_gpu",),
    "open_kernel_module_unsupported_gpu": ("gpu_dropped_by_driver_branch", "gsp_firmware_failure"),
    "kernel_module_not_built_for_kernel": (
        "driver_module_not_loaded",
        "secure_boot_rejects_module",
    ),
    "other_kernel_driver_owns_gpu": (
        "driver_module_not_loaded",
        "kernel_module_not_built_for_kernel",
    ),
    "driver_packages_inconsistent": (
        "driver_upgraded_not_reloaded",
        "kernel_module_not_built_for_kernel",
    ),
    "driver_upgraded_not_reloaded": ("driver_packages_inconsistent", "image_contains_driver_libs"),
    "driver_module_not_loaded": ("kernel_module_not_built_for_kernel", "driver_not_installed"),
    "driver_not_installed": ("driver_module_not_loaded", "container_started_without_gpus"),
    "container_toolkit_not_installed": (
        "docker_daemon_cannot_see_host_driver",
        "nvidia_runtime_not_default",
    ),
    "container_started_without_gpus": ("container_toolkit_not_installed", "driver_not_installed"),
    "docker_daemon_cannot_see_host_driver": (
        "container_toolkit_not_installed",
        "driver_not_installed",
    ),
    "nvidia_runtime_not_default": ("container_toolkit_not_installed", "driver_not_installed"),
    "container_cgroup_device_access_revoked": (
        "toolkit_no_cgroups_enabled",
        "device_permission_denied",
    ),
    "toolkit_no_cgroups_enabled": (
        "container_cgroup_device_access_revoked",
        "device_permission_denied",
    ),
    "image_contains_driver_libs": ("driver_upgraded_not_reloaded", "driver_packages_inconsistent"),
    "wsl_or_gpupv_host_driver_libs_missing": ("libcuda_not_on_loader_path", "driver_not_installed"),
    "device_permission_denied": ("device_nodes_missing", "toolkit_no_cgroups_enabled"),
    "device_nodes_missing": ("driver_module_not_loaded", "device_permission_denied"),
    "uvm_module_not_loaded": ("uvm_broken_after_suspend", "device_nodes_missing"),
    "uvm_broken_after_suspend": ("uvm_module_not_loaded", "device_permission_denied"),
    "nvml_library_missing": ("driver_not_installed", "container_started_without_gpus"),
    "libcuda_not_on_loader_path": ("driver_not_installed", "driver_capabilities_without_compute"),
    "driver_capabilities_without_compute": ("libcuda_not_on_loader_path",),
    "cuda_compat_libs_on_unsupported_gpu": (
        "driver_upgraded_not_reloaded",
        "cuda_compat_libs_shadow_newer_driver",
    ),
    "cuda_compat_libs_shadow_newer_driver": (
        "driver_upgraded_not_reloaded",
        "cuda_compat_libs_on_unsupported_gpu",
    ),
    "driver_too_old_for_cuda": ("cuda_compat_libs_shadow_newer_driver", "gpu_arch_not_in_build"),
    "cuda_library_not_found": ("cuda_libs_not_on_loader_path", "built_for_other_cuda_major"),
    "cuda_libs_not_on_loader_path": ("cuda_library_not_found", "built_for_other_cuda_major"),
    "cuda_toolkit_incomplete": ("cuda_library_not_found", "built_for_other_cuda_major"),
    "built_for_other_cuda_major": ("cuda_library_not_found", "cuda_libs_not_on_loader_path"),
    "cudnn_version_mismatch": ("library_path_shadows_bundled_cuda", "gpu_memory_preallocation"),
    "library_path_shadows_bundled_cuda": ("mixed_cuda_wheel_versions", "cudnn_version_mismatch"),
    "mixed_cuda_wheel_versions": ("library_path_shadows_bundled_cuda", "framework_import_fails"),
    "framework_import_fails": ("library_path_shadows_bundled_cuda", "cpu_lacks_avx"),
    "plugin_version_mismatch": ("framework_import_fails",),
    "cpu_lacks_avx": ("framework_import_fails",),
    "numpy_abi_incompatible": ("framework_import_fails",),
    "protobuf_incompatible": ("framework_import_fails",),
    "gpu_arch_not_in_build": ("driver_too_old_for_cuda", "framework_gpu_allowlist_bug"),
    "cpu_only_build": ("cuda_library_not_found", "driver_not_installed"),
    "aarch64_wheel_cpu_only": ("cpu_only_build",),
    "windows_native_gpu_unsupported": ("cpu_only_build", "cuda_library_not_found"),
    "framework_not_installed": ("framework_import_fails",),
    "no_wheel_for_python_version": ("tensorflow_gpu_package_removed",),
    "amd_gpu_needs_rocm_build": ("gpu_arch_not_in_build", "cpu_only_build"),
    "intel_gpu_needs_plugin": ("cpu_only_build",),
    "apple_gpu_needs_plugin": ("cpu_only_build", "plugin_version_mismatch"),
    "wrong_cuda_visible_devices": ("container_started_without_gpus", "driver_module_not_loaded"),
    "wrong_jax_platform_name": ("cpu_only_build",),
    "gpu_memory_preallocation": ("gpu_memory_held_by_other_process", "cudnn_version_mismatch"),
    "gpu_memory_held_by_other_process": ("gpu_out_of_memory", "gpu_memory_preallocation"),
    "gpu_out_of_memory": ("gpu_memory_held_by_other_process",),
    "operation_fails_on_device": ("gpu_arch_not_in_build", "gpu_hardware_fault_ecc"),
    "wrong_results_on_device": ("operation_fails_on_device", "gpu_hardware_fault_ecc"),
    "probe_timed_out": ("gpu_fell_off_bus", "gsp_firmware_failure"),
    "tpu_runtime_not_selected": (
        "tpu_node_architecture_unsupported",
        "tensorflow_without_tpu_support",
    ),
    "tpu_node_architecture_unsupported": ("tpu_runtime_not_selected",),
    "tpu_held_by_other_process": ("tpu_lockfile_stale", "sandbox_keeps_tpu_open"),
    "tpu_lockfile_stale": ("tpu_held_by_other_process", "sandbox_keeps_tpu_open"),
    "tpu_container_network_isolated": ("tpu_env_var_wrong", "tpu_runtime_not_selected"),
    "tpu_env_var_wrong": ("tpu_container_network_isolated",),
    "tpu_runtime_version_mismatch": ("libtpu_framework_version_mismatch",),
    "libtpu_library_missing": ("libtpu_framework_version_mismatch", "tpu_runtime_not_selected"),
    "libtpu_framework_version_mismatch": ("torch_xla_version_mismatch", "plugin_version_mismatch"),
    "torch_xla_version_mismatch": ("libtpu_framework_version_mismatch", "framework_import_fails"),
}


def alternatives(ordered: Sequence[Candidate]) -> list[Candidate]:
    """Return what else the evidence of the likeliest cause may come from; `ordered` as shown."""
    first = next(iter(ordered), None)
    if first is None or first.confidence is Confidence.CERTAIN:
        return []
    named = {c.code for c in ordered if PLACES[c.code][0] is Severity.ERROR}
    others = [code for code in _LIKE.get(first.code, ()) if code not in named]
    return [
        Candidate(code, Confidence.POSSIBLE, first.clues, place=10 + place)
        for place, code in enumerate(others[: max(0, _NAMED_AT_LEAST - len(named))])
    ]
