"""GPUs of other makers than NVIDIA, and what a framework needs for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY


SIGNS = (
    sign(
        "built_without_mps",
        "with support for mps",
        r"not linked with support for mps",
        says="apple_gpu_needs_plugin",
    ),
    sign(
        "built_without_xpu",
        ("not compiled with xpu", "with support for xpu"),
        r"not (?:compiled|linked) with (?:support for )?XPU",
        says="intel_gpu_needs_plugin",
    ),
    sign(
        "no_xpu",
        "no xpu devices",
        r"No XPU devices are available",
        says="intel_gpu_needs_plugin",
    ),
    sign(
        "macos_too_old",
        "mps not available",
        r"MPS not available because the current MacOS version",
        says="apple_gpu_needs_plugin",
    ),
    # No driver of NVIDIA's is for any macOS of these years.
    sign("libcuda_of_macos", "libcuda.dylib", says="no_accelerator_present"),
    sign(
        "amd_gpu",
        ("advanced micro devices", "[amd/ati]", "radeon", "amd instinct"),
        r"(?:VGA|Display|3D)[^\n]{0,40}(?:Advanced Micro Devices|AMD/ATI)|Radeon|AMD Instinct",
    ),
    sign(
        "intel_gpu",
        ("intel corporation", "intel(r) arc", "intel arc", "iris xe"),
        r"(?:VGA|Display|3D)[^\n]{0,40}Intel Corporation|Intel(?:\(R\))? Arc|Iris(?:\(R\))? Xe",
    ),
    sign(
        "apple_gpu",
        ("apple m1", "apple m2", "apple m3", "apple m4", "apple silicon", "mps"),
        r"Apple M[1-9]|Apple Silicon|chipset model: Apple",
    ),
    sign(
        "rocm_library",
        (
            "libamdhip",
            "librocblas",
            "libmiopen",
            "libhipblas",
            "librccl",
            "libhsa-runtime",
            "libroctx",
            "librocfft",
            "librocsolver",
            "libhiprtc",
        ),
        r"(?P<libraries>lib(?:amdhip64|rocblas|MIOpen|hip\w+|rccl|hsa-runtime64|roctx64|roc\w+)\.so"
        r"[.\d]*): cannot open shared object",
        says="cuda_library_not_found",
    ),
    sign(
        "rocm_no_agent",
        ("no agent", "no hsa agent", "hsa_status_error"),
        r"ROCm[^\n]{0,20}no (?:HSA )?agents?\b",
        says="amd_gpu_needs_rocm_build",
    ),
    sign("rocm_path", ("/opt/rocm", "hip_visible_devices", "rocm-smi", "rocminfo")),
    sign(
        "rocm_absent",
        ("rocm", "hip"),
        r"(?:No ROCm|ROCm[^\n]{0,20}not (?:found|installed)|"
        r"HIP runtime not found|libamdhip64\.so[^\n]{0,30}cannot open)",
    ),
)


def other_makers(clues: Clues) -> Iterator[Candidate]:
    """A GPU of another maker, and a build that knows none of it."""
    trouble = clues.first(
        "torch_no_driver",
        "torch_no_cuda",
        "no_gpu_list",
        "false",
        "no_cuda_drivers",
        "cuinit",
        "jax_fallback",
        "rocm_absent",
        "kernel_driver_absent",
        "no_device",
        "ignore_cudart",
        "missing",
        "insufficient",
    )
    if trouble is None or clues.has(
        "smi", "smi_gpu", "lspci_nvidia", "gpu_listed", "arch", "amd_list"
    ):
        return
    for name, code in (
        ("amd_gpu", "amd_gpu_needs_rocm_build"),
        ("intel_gpu", "intel_gpu_needs_plugin"),
        ("apple_gpu", "apple_gpu_needs_plugin"),
    ):
        if clue := clues.first(name):
            yield likely(code, [clue, trouble])
            return
    if clues.has("macos") and clues.has("no_gpu_list"):
        yield likely("apple_gpu_needs_plugin", [trouble], framework="tensorflow")


RULES: tuple[Rule, ...] = (other_makers,)
