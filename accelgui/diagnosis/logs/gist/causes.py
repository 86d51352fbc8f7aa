"""What a complaint about a part mostly comes from.

Each row: a cause, the parts that the passage must name, the complaints of which it must hold one,
and how much that speaks for the cause. A part with "@" may be named anywhere in the log.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One row of the table; `weight` from 1 (one cause of many) to 9 (hardly another)."""

    code: str
    parts: tuple[str, ...]
    elsewhere: tuple[str, ...]
    complaints: tuple[str, ...]
    weight: int


def _row(code: str, parts: str, complaints: str, weight: int) -> Row:
    named = parts.split()
    return Row(
        code,
        tuple(part for part in named if not part.startswith("@")),
        tuple(part[1:] for part in named if part.startswith("@")),
        tuple(complaints.split()),
        weight,
    )


ROWS: tuple[Row, ...] = tuple(
    _row(*row)
    for row in (
        # The device and its state.
        ("gpu_fell_off_bus", "gpu", "lost", 7),
        ("gpu_fell_off_bus", "gpu bus", "lost unloaded", 6),
        ("gpu_hardware_fault_ecc", "ecc", "hurt", 7),
        ("gpu_reset_needed_row_remap", "ecc", "unloaded", 4),
        ("gsp_firmware_failure", "gsp", "failed timeout unloaded missing", 7),
        ("driver_packages_inconsistent", "gsp", "mismatch", 8),
        ("fabric_manager_not_running", "fabric", "unloaded missing mismatch failed", 6),
        ("mig_enabled_without_instances", "mig", "missing none failed unsupported", 6),
        ("exclusive_compute_mode", "exclusive", "busy failed denied", 6),
        ("exclusive_compute_mode", "gpu", "busy", 4),
        ("thermal_throttling", "heat", "slowed", 7),
        ("power_throttling", "power", "slowed", 6),
        ("hardware_slowdown", "gpu", "slowed", 3),
        ("pcie_link_degraded", "link", "slowed", 6),
        ("gpu_asleep", "asleep", "unloaded failed lost", 5),
        ("amd_gpu_needs_rocm_build", "amd", "missing none unbuilt unsupported", 3),
        ("intel_gpu_needs_plugin", "intel", "missing none unbuilt unsupported", 3),
        ("apple_gpu_needs_plugin", "apple", "missing none unbuilt", 3),
        ("operation_fails_on_device", "apple", "unsupported", 6),
        ("operation_fails_on_device", "intel", "unsupported", 4),
        # Kernel driver and device nodes.
        ("other_kernel_driver_owns_gpu", "other_owner", "busy mismatch failed existing", 6),
        ("open_kernel_module_unsupported_gpu", "open_module", "unsupported mismatch missing", 6),
        ("gpu_dropped_by_driver_branch", "gpu legacy", "unsupported", 6),
        ("gpu_dropped_by_driver_branch", "driver legacy", "unsupported", 6),
        ("secure_boot_rejects_module", "secure_boot", "rejected", 7),
        ("secure_boot_rejects_module", "module secure_boot", "failed unloaded", 6),
        ("kernel_module_not_built_for_kernel", "module", "unbuildable missing", 5),
        ("driver_packages_inconsistent", "package", "mismatch missing failed", 4),
        ("driver_upgraded_not_reloaded", "driver", "mismatch", 4),
        ("driver_upgraded_not_reloaded", "nvml", "mismatch", 5),
        ("driver_upgraded_not_reloaded", "module driver", "mismatch", 5),
        ("driver_module_not_loaded", "driver", "unloaded", 4),
        ("driver_module_not_loaded", "module", "unloaded", 5),
        ("driver_module_not_loaded", "monitor", "unloaded", 4),
        ("driver_not_installed", "driver", "missing none", 4),
        ("device_nodes_missing", "node", "missing", 6),
        ("device_permission_denied", "node", "denied", 7),
        ("device_permission_denied", "gpu", "denied", 4),
        ("device_permission_denied", "nvml", "denied", 4),
        ("uvm_module_not_loaded", "uvm", "missing unloaded failed", 6),
        ("uvm_broken_after_suspend", "gpu suspend", "failed unloaded missing none", 5),
        # Containers, WSL, virtual machines.
        ("container_toolkit_not_installed", "container_toolkit", "missing", 6),
        ("nvidia_runtime_not_default", "kubernetes nvml", "missing", 7),
        ("nvidia_runtime_not_default", "kubernetes", "none missing", 4),
        ("nvidia_runtime_not_default", "kubernetes container_toolkit", "missing unloaded", 5),
        ("docker_daemon_cannot_see_host_driver", "vm_daemon", "missing none failed", 6),
        ("image_contains_driver_libs", "container existing_library", "existing", 6),
        ("image_contains_driver_libs", "container libcuda", "existing", 7),
        ("image_contains_driver_libs", "container nvml", "existing", 7),
        ("image_contains_driver_libs", "container_toolkit", "existing", 5),
        ("toolkit_no_cgroups_enabled", "cgroup container", "denied failed missing", 4),
        ("container_cgroup_device_access_revoked", "container nvml", "lost denied", 6),
        ("container_started_without_gpus", "container", "none", 5),
        ("container_started_without_gpus", "gpu @container", "none", 3),
        ("container_started_without_gpus", "libcuda @container", "missing", 5),
        ("container_started_without_gpus", "driver @container", "missing", 4),
        ("driver_capabilities_without_compute", "libcuda @capabilities", "missing", 7),
        ("wsl_or_gpupv_host_driver_libs_missing", "wsl", "missing failed unloaded", 5),
        ("libcuda_not_on_loader_path", "libcuda @wsl", "missing", 7),
        # libcuda and the libraries.
        ("nvml_library_missing", "nvml", "missing", 5),
        ("libcuda_not_on_loader_path", "libcuda", "missing", 4),
        ("driver_not_installed", "libcuda", "missing", 5),
        ("driver_too_old_for_cuda", "driver", "too_old", 6),
        ("driver_too_old_for_cuda", "driver cuda_version", "unsupported mismatch too_old", 6),
        ("cuda_compat_libs_on_unsupported_gpu", "compat", "failed unsupported", 6),
        ("cudnn_version_mismatch", "cudnn", "mismatch too_old", 7),
        ("library_path_shadows_bundled_cuda", "loader_path", "mismatch", 6),
        ("library_path_shadows_bundled_cuda", "cuda_library @loader_path", "mismatch", 5),
        ("mixed_cuda_wheel_versions", "cuda_wheels", "mismatch", 6),
        ("mixed_cuda_wheel_versions", "cuda_library", "mismatch", 4),
        ("built_for_other_cuda_major", "cuda_version", "mismatch", 5),
        ("cuda_toolkit_incomplete", "toolkit_part", "missing", 6),
        ("cuda_libs_not_on_loader_path", "cuda_library @loader_path", "missing", 6),
        ("cuda_libs_not_on_loader_path", "cuda_library @cuda_wheels", "missing", 6),
        ("cuda_library_not_found", "cuda_library", "missing", 5),
        ("libdevice_not_found", "libdevice", "missing failed", 7),
        # The framework's build.
        ("tensorflow_gpu_package_removed", "tensorflow_gpu", "missing failed", 6),
        ("no_wheel_for_python_version", "wheel @framework", "missing failed unsupported", 5),
        ("numpy_abi_incompatible", "numpy", "mismatch", 7),
        ("numpy_abi_incompatible", "numpy import", "failed", 5),
        ("protobuf_incompatible", "protobuf", "mismatch failed too_old", 6),
        ("static_tls_exhausted", "tls", "failed exhausted", 8),
        ("cpu_lacks_avx", "instructions", "failed missing unsupported too_old", 6),
        ("x86_python_under_rosetta", "rosetta", "failed mismatch missing", 7),
        ("plugin_version_mismatch", "plugin", "mismatch too_old missing", 5),
        ("torch_xla_version_mismatch", "xla_bridge", "mismatch", 7),
        ("gpu_arch_not_in_build", "arch", "unsupported missing too_old mismatch", 6),
        ("cpu_only_build", "gpu", "unbuilt", 6),
        ("cpu_only_build", "framework", "unbuilt", 5),
        ("aarch64_wheel_cpu_only", "arm @framework", "unbuilt none", 5),
        ("aarch64_wheel_cpu_only", "gpu @arm @framework", "unbuilt", 7),
        ("framework_not_installed", "framework", "absent_module", 7),
        ("framework_import_fails", "framework import", "missing mismatch failed", 4),
        # At run time.
        ("wrong_cuda_visible_devices", "visible", "none failed missing", 5),
        ("wrong_jax_platform_name", "jax_platform", "failed missing", 5),
        ("gpu_memory_held_by_other_process", "gpu memory", "busy", 5),
        ("gpu_memory_preallocation", "handle", "failed exhausted", 5),
        ("gpu_out_of_memory", "gpu", "exhausted", 6),
        ("gpu_out_of_memory", "memory", "exhausted", 4),
        # Only where it is called an error: programs do without much that a GPU cannot do.
        ("operation_fails_on_device", "gpu", "unsupported", 2),
        ("wrong_results_on_device", "gpu", "wrong", 4),
        ("probe_timed_out", "tools", "timeout", 6),
        ("probe_timed_out", "driver", "timeout", 5),
        # TPU.
        ("tpu_runtime_not_selected", "tpu @colab", "missing none failed", 6),
        ("tpu_runtime_not_selected", "colab tpu", "missing none failed", 6),
        ("tpu_lockfile_stale", "lock @tpu", "busy failed existing", 6),
        ("sandbox_keeps_tpu_open", "sandbox @tpu", "busy failed", 8),
        ("tpu_held_by_other_process", "tpu", "busy", 7),
        ("tpu_held_by_other_process", "node @tpu", "busy", 7),
        ("tpu_container_network_isolated", "tpu_network tpu", "timeout failed missing", 5),
        ("tpu_node_architecture_unsupported", "tpu_node", "unsupported failed", 4),
        ("tpu_env_var_wrong", "tpu_settings", "failed mismatch missing", 4),
        ("tpu_runtime_version_mismatch", "tpu", "mismatch", 4),
        ("libtpu_library_missing", "libtpu", "missing", 7),
        ("libtpu_library_missing", "tpu", "missing none", 3),
        ("libtpu_framework_version_mismatch", "libtpu", "mismatch too_old", 7),
        ("tensorflow_without_tpu_support", "tpu framework", "missing none unbuilt unsupported", 4),
    )
)
