"""The causes that a log can show: the link of the chain that each breaks, and how much it matters.

The order is that of the chain, so that of two equally sure causes the earlier link's comes first.
"""

from __future__ import annotations

from accelgui.model.chain import Link
from accelgui.model.finding import Severity

_ERRORS: dict[Link, tuple[str, ...]] = {
    Link.DEVICE: (
        "gpu_fell_off_bus",
        "gpu_hardware_fault_ecc",
        "gpu_reset_needed_row_remap",
        "gsp_firmware_failure",
        "mig_enabled_without_instances",
        "fabric_manager_not_running",
        "amd_gpu_needs_rocm_build",
        "intel_gpu_needs_plugin",
        "apple_gpu_needs_plugin",
        "tpu_runtime_not_selected",
    ),
    Link.KERNEL_DRIVER: (
        "gpu_dropped_by_driver_branch",
        "driver_too_old_for_gpu",
        "open_kernel_module_unsupported_gpu",
        "secure_boot_rejects_module",
        "kernel_module_not_built_for_kernel",
        "other_kernel_driver_owns_gpu",
        "driver_packages_inconsistent",
        "driver_upgraded_not_reloaded",
        "driver_module_not_loaded",
        "driver_not_installed",
    ),
    Link.DEVICE_NODES: (
        "container_toolkit_not_installed",
        "docker_daemon_cannot_see_host_driver",
        "nvidia_runtime_not_default",
        "image_contains_driver_libs",
        "wsl_or_gpupv_host_driver_libs_missing",
        "container_cgroup_device_access_revoked",
        "toolkit_no_cgroups_enabled",
        "container_started_without_gpus",
        "device_permission_denied",
        "device_nodes_missing",
        "uvm_broken_after_suspend",
        "uvm_module_not_loaded",
    ),
    Link.NVML: ("nvml_library_missing",),
    Link.LIBCUDA: (
        "driver_capabilities_without_compute",
        "libcuda_not_on_loader_path",
        "cuda_compat_libs_on_unsupported_gpu",
        "cuda_compat_libs_shadow_newer_driver",
        "exclusive_compute_mode",
    ),
    Link.LIBTPU: (
        "libtpu_library_missing",
        "libtpu_framework_version_mismatch",
        "tpu_node_architecture_unsupported",
        "tpu_container_network_isolated",
        "tpu_env_var_wrong",
        "tpu_runtime_version_mismatch",
    ),
    Link.NOT_HELD: (
        "tpu_held_by_other_process",
        "tpu_lockfile_stale",
        "sandbox_keeps_tpu_open",
    ),
    Link.FRAMEWORK_BUILD: (
        "tensorflow_gpu_package_removed",
        "no_wheel_for_python_version",
        "aarch64_wheel_cpu_only",
        "windows_native_gpu_unsupported",
        "cpu_lacks_avx",
        "x86_python_under_rosetta",
        "protobuf_incompatible",
        "numpy_abi_incompatible",
        "static_tls_exhausted",
        "torch_xla_version_mismatch",
        "plugin_version_mismatch",
        "tensorflow_without_tpu_support",
        "framework_gpu_allowlist_bug",
        "gpu_arch_not_in_build",
        "cpu_only_build",
        "framework_import_fails",
        "framework_not_installed",
    ),
    Link.CUDA_LIBRARIES: (
        "library_path_shadows_bundled_cuda",
        "mixed_cuda_wheel_versions",
        "cudnn_version_mismatch",
        "driver_too_old_for_cuda",
        "built_for_other_cuda_major",
        "cuda_libs_not_on_loader_path",
        "cuda_toolkit_incomplete",
        "cuda_library_not_found",
        "libdevice_not_found",
    ),
    Link.FRAMEWORK_LISTS: ("wrong_cuda_visible_devices", "wrong_jax_platform_name"),
    Link.OPERATION_RUNS: (
        "gpu_memory_held_by_other_process",
        "gpu_memory_preallocation",
        "gpu_out_of_memory",
        "host_out_of_memory",
        "operation_fails_on_device",
        "probe_timed_out",
    ),
    Link.RESULT_RIGHT: ("wrong_results_on_device",),
}

_WARNINGS: dict[Link, tuple[str, ...]] = {
    Link.SPEED: (
        "hardware_slowdown",
        "thermal_throttling",
        "power_throttling",
        "pcie_link_degraded",
    ),
}

_NOTES: dict[Link, tuple[str, ...]] = {
    Link.DEVICE: (
        "no_accelerator_present",
        "gpu_asleep",
        "virtual_display_device_probe",
        "numa_node_unknown",
        "tpu_metrics_need_running_workload",
    ),
    Link.CUDA_LIBRARIES: (
        "driver_near_its_limit",
        "tensorrt_not_installed",
        "duplicate_plugin_registration",
        "ptxas_driver_fallback",
    ),
    Link.FRAMEWORK_BUILD: ("unused_framework_warning", "absent_backend_probe"),
    Link.NOT_HELD: ("multi_process_tpu_notice",),
}

# Said of machines where all is as it should be. The other notes are answers to a question.
BENIGN = frozenset({
    "virtual_display_device_probe",
    "numa_node_unknown",
    "tensorrt_not_installed",
    "duplicate_plugin_registration",
    "ptxas_driver_fallback",
    "unused_framework_warning",
    "absent_backend_probe",
    "multi_process_tpu_notice",
})

PLACES: dict[str, tuple[Severity, Link]] = {
    code: (severity, link)
    for severity, table in (
        (Severity.ERROR, _ERRORS),
        (Severity.WARNING, _WARNINGS),
        (Severity.INFO, _NOTES),
    )
    for link, codes in table.items()
    for code in codes
}

ORDER = tuple(PLACES)
