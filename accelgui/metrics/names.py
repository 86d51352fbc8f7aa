"""How values are called in Prometheus: DCGM-exporter's names where they mean the same.

DCGM-exporter's names and units are those of its etc/default-counters.csv and
etc/dcp-metrics-included.csv; DCGM takes them from the same NVML calls as the samplers.
"""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 / 1024.0**2
_MEGA = 1e-6
_PERCENT = 0.01


@dataclass(frozen=True)
class Name:
    """A value of a sample, its metric, what it says, and the factor from our unit to its own.

    `kind` is "gauge", "counter" (told with `_total` behind the name) or "unknown".
    """

    value: str
    metric: str
    help: str
    factor: float = 1.0
    kind: str = "gauge"


# What a GPU's sample does not hold, but what follows from it or is told beside it.
MEMORY_FREE, XID = "memory_free_bytes", "xid"

# OpenMetrics knows no counter without "_total", so DCGM's counters have the type "unknown" here.
GPU: tuple[Name, ...] = (
    Name("utilisation_percent", "DCGM_FI_DEV_GPU_UTIL", "GPU utilization (in %)."),
    Name("memory_utilisation_percent", "DCGM_FI_DEV_MEM_COPY_UTIL", "Memory utilization (in %)."),
    Name("encoder_percent", "DCGM_FI_DEV_ENC_UTIL", "Encoder utilization (in %)."),
    Name("decoder_percent", "DCGM_FI_DEV_DEC_UTIL", "Decoder utilization (in %)."),
    Name("memory_used_bytes", "DCGM_FI_DEV_FB_USED", "Memory used (in MiB).", _MIB),
    Name(MEMORY_FREE, "DCGM_FI_DEV_FB_FREE", "Memory free (in MiB).", _MIB),
    Name(
        "memory_reserved_bytes",
        "DCGM_FI_DEV_FB_RESERVED",
        "Memory that the driver keeps for itself (in MiB).",
        _MIB,
    ),
    Name("memory_total_bytes", "DCGM_FI_DEV_FB_TOTAL", "Memory of the GPU (in MiB).", _MIB),
    Name("temperature_celsius", "DCGM_FI_DEV_GPU_TEMP", "GPU temperature (in C)."),
    Name("memory_temperature_celsius", "DCGM_FI_DEV_MEMORY_TEMP", "Memory temperature (in C)."),
    Name("power_watts", "DCGM_FI_DEV_POWER_USAGE", "Power draw (in W)."),
    Name(
        "energy_joules",
        "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
        "Energy since the driver was loaded (in mJ).",
        1e3,
        "unknown",
    ),
    Name("clock_sm_hz", "DCGM_FI_DEV_SM_CLOCK", "SM clock frequency (in MHz).", _MEGA),
    Name("clock_memory_hz", "DCGM_FI_DEV_MEM_CLOCK", "Memory clock frequency (in MHz).", _MEGA),
    Name("fan_percent", "DCGM_FI_DEV_FAN_SPEED", "Fan speed (in % of full speed)."),
    Name(
        "clocks_event_reasons",
        "DCGM_FI_DEV_CLOCKS_EVENT_REASONS",
        "Why clocks are held back (bits of nvmlClocksEventReason).",
    ),
    Name(
        "ecc_corrected_count",
        "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL",
        "Corrected memory errors since the driver was loaded.",
        kind="unknown",
    ),
    Name(
        "ecc_uncorrected_count",
        "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
        "Uncorrected memory errors since the driver was loaded.",
        kind="unknown",
    ),
    Name(
        XID,
        "DCGM_FI_DEV_XID_ERRORS",
        "The last fault (Xid) that the driver reported; absent while it reported none.",
    ),
    Name(
        "sm_activity_percent",
        "DCGM_FI_PROF_SM_ACTIVE",
        "The ratio of cycles in which an SM has work.",
        _PERCENT,
    ),
    Name(
        "tensor_activity_percent",
        "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
        "The ratio of cycles in which the tensor cores are busy.",
        _PERCENT,
    ),
    Name(
        "memory_bandwidth_percent",
        "DCGM_FI_PROF_DRAM_ACTIVE",
        "The ratio of the memory's bandwidth in use.",
        _PERCENT,
    ),
    Name(
        "pcie_sent_bytes_per_s",
        "accelgui_gpu_pcie_sent_bytes_per_second",
        "What the GPU sends over PCIe, from looks of 20 ms.",
    ),
    Name(
        "pcie_received_bytes_per_s",
        "accelgui_gpu_pcie_received_bytes_per_second",
        "What the GPU receives over PCIe, from looks of 20 ms.",
    ),
    Name(
        "nvml_error_code",
        "accelgui_gpu_nvml_error_code",
        "Why the GPU tells nothing (nvmlReturn_t, 15 for a lost one); absent while it tells.",
    ),
)

TPU: tuple[Name, ...] = (
    Name(
        "utilisation_percent",
        "accelgui_tpu_utilization_ratio",
        "Share of time in which the tensor cores are busy, 0 to 1.",
        _PERCENT,
    ),
    Name("memory_used_bytes", "accelgui_tpu_memory_used_bytes", "Memory of the chip in use."),
    Name("memory_total_bytes", "accelgui_tpu_memory_size_bytes", "Memory of the chip."),
    Name(
        "tensor_activity_percent",
        "accelgui_tpu_tensorcore_utilization_ratio",
        "How much of what the tensor cores can do is used, 0 to 1.",
        _PERCENT,
    ),
    Name(
        "throttle_score",
        "accelgui_tpu_throttle_score",
        "How much the chip is slowed down, 0 for not at all to 10.",
    ),
)

CPU: tuple[Name, ...] = (
    Name(
        "utilisation_percent",
        "accelgui_cpu_utilization_ratio",
        "Load of all cores together, 0 to 1.",
        _PERCENT,
    ),
    Name("temperature_celsius", "accelgui_cpu_temperature_celsius", "Temperature of the CPU."),
    Name("power_watts", "accelgui_cpu_power_watts", "Power of the CPU's packages (RAPL)."),
    Name(
        "energy_joules",
        "accelgui_cpu_energy_joules",
        "Energy of the CPU's packages (RAPL).",
        kind="counter",
    ),
)

HOST: tuple[Name, ...] = (
    Name(
        "memory_used_bytes",
        "accelgui_host_memory_used_bytes",
        "Memory in use, without what the system can give back.",
    ),
    Name("memory_total_bytes", "accelgui_host_memory_size_bytes", "Memory of the machine."),
    Name("swap_used_bytes", "accelgui_host_swap_used_bytes", "Swap in use."),
    Name("swap_total_bytes", "accelgui_host_swap_size_bytes", "Swap that there is."),
    Name(
        "disk_read_bytes_per_s",
        "accelgui_host_disk_read_bytes_per_second",
        "What is read from all disks.",
    ),
    Name(
        "disk_written_bytes_per_s",
        "accelgui_host_disk_written_bytes_per_second",
        "What is written to all disks.",
    ),
    Name(
        "network_received_bytes_per_s",
        "accelgui_host_network_received_bytes_per_second",
        "What comes over all networks.",
    ),
    Name(
        "network_sent_bytes_per_s",
        "accelgui_host_network_sent_bytes_per_second",
        "What goes over all networks.",
    ),
    Name(
        "run_memory_bytes", "accelgui_run_memory_bytes", "Memory of the run's process tree (RSS)."
    ),
    Name(
        "run_cpu_percent",
        "accelgui_run_cpu_cores",
        "Cores that the run's process tree keeps busy.",
        _PERCENT,
    ),
    Name(
        "run_disk_read_bytes_per_s",
        "accelgui_run_disk_read_bytes_per_second",
        "What the run reads from disks.",
    ),
    Name(
        "run_disk_written_bytes_per_s",
        "accelgui_run_disk_written_bytes_per_second",
        "What the run writes to disks.",
    ),
    Name(
        "run_network_received_bytes_per_s",
        "accelgui_run_network_received_bytes_per_second",
        "What the run's TCP connections receive.",
    ),
    Name(
        "run_network_sent_bytes_per_s",
        "accelgui_run_network_sent_bytes_per_second",
        "What the run's TCP connections send.",
    ),
    Name(
        "impossible_values_count",
        "accelgui_impossible_values",
        "Values that were left out because they cannot be.",
        kind="counter",
    ),
)

# Of the run under way: member of RunState, metric, what it says.
RUN: tuple[Name, ...] = (
    Name("progress_share", "accelgui_run_progress_ratio", "How much of the run is done, 0 to 1."),
    Name("step", "accelgui_run_step", "Steps done."),
    Name("epoch", "accelgui_run_epoch", "The epoch that is trained, from 1."),
    Name("loss", "accelgui_run_loss", "Loss of the last steps."),
    Name("accuracy", "accelgui_run_accuracy_ratio", "Accuracy of the last steps, 0 to 1."),
    Name("samples_per_second", "accelgui_run_samples_per_second", "Training throughput."),
)
