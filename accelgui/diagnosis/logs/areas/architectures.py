"""The GPU's architecture, and whether the build has code for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY


# Compilers and libraries complain of an architecture for other reasons, too.
_STATED = re.compile(
    r"no kernel image|not compatible with the current|no longer supports this GPU|NoBinaryForGpu"
    r"|NO_BINARY_FOR_GPU|minimum (?:required )?cuda capability|kernel binaries compatible"
    r"|code object for|has no device code|too old to be supported|NoKernelImage",
    re.IGNORECASE,
)

SIGNS = (
    sign(
        "arch",
        (
            "no kernel image",
            "kernel image is invalid",
            "is not compatible with the current pytorch",
            "no longer supports this gpu",
            "minimum required cuda capability",
            "compatible with compute capability",
            "cuda_error_no_binary",
            "nobinaryforgpu",
            "invalid_ptx",
            "ptx jit compilation failed",
            "invalid device function",
            "unsupported gpu architecture",
            "sm_",
            "no binary for gpu",
            "unsupported architecture",
            "cudaerrornokernelimage",
            "minimum cuda capability",
            "--gpu-architecture",
            "gpu-architecture'",
            "no device code compatible",
            "triton gpu compiler",
            "cannot be compiled to future",
            "no binary for",
            "unable to find code object",
            "not a recognized processor",
            "no suitable kernel image",
            "cudnn_status_arch_mismatch",
            "arch conditional mma",
            "higher than default sm version",
            "not supported in this architecture",
            "supported for the current gpu",
            "minimum capability",
            "target_sm",
            "named symbol not found",
            "requires cuda_version",
        ),
        r"invalid value for --gpu-architecture|requires CUDA_VERSION >= \d+ to"
        r"|named symbol not found"
        r"|no kernel image is available"
        r"|with CUDA capability (?P<sm>sm_\d+) is not compatible"
        r"|PyTorch no longer supports this GPU|minimum (?:required )?Cuda capability"
        r"|not built with CUDA kernel binaries compatible with compute capability (?P<cc>[\d.a]+)"
        r"|kernel image is invalid"
        r"|NO_BINARY_FOR_GPU|NoBinaryForGpu|No binary for GPU|INVALID_PTX|PTX JIT compilation"
        r" failed"
        r"|invalid device function"
        r"|(?:unsupported|Unknown) (?:gpu|CUDA) architecture|NoKernelImageForDevice"
        r"|Value '(?P<ptx>(?:sm|compute)_\d+\w?)' is not defined for option 'gpu-(?:name|arch)"
        r"|has no device code compatible with CUDA arch|too old to be supported by the triton"
        r"|cannot be compiled to future architecture|Unable to find code object for"
        r"|'gfx\w+' is not a recognized processor|no suitable kernel image"
        r"|CUDNN_STATUS_ARCH_MISMATCH|Arch conditional MMA instruction|higher than default SM"
        r" version"
        r"|not supported in this architecture|not supported for the current GPU|Minimum"
        r" capability: ?\d",
    ),
    # A program's own floor: the GPU is below it, or above what it was made for.
    sign(
        "capability_below",
        (
            "compute capability",
            "compute_cap",
            "compute cap ",
            "cuda capability",
            "cuda arch",
            "only supports ampere",
            "only supported on ampere",
            "gpus or newer",
            "(too old)",
            "not yet supported",
            "no supported gpu(s)",
            "on an incompatible device",
            "gpu is too old",
            "requires .target",
            "not supported on sm",
            "does not support sm",
            "unsupported sm",
            "gpu sm",
            "compute compatibility",
            "no supported gpu compute",
            "supports sm",
            "pre-hopper",
            "pre-ampere",
            "pre-ada",
            "support sm",
            "do not support efficient",
            "bf16",
            "bfloat16",
        ),
        r"capability[^\n]{0,40}\(too old\)|compute capability[^\n]{0,60}(?:too (?:low|old)|not"
        r" (?:found|in\b)|is (?:lower|less|below)|is"
        r" not supported|"
        r"not supported|unsupported)"
        r"|(?:requires?|need|needs|at least|minimum|only supported on)[^\n]{0,50}(?:compute"
        r" cap(?:ability)?|CUDA arch)[^\n]{0,30}\d"
        r"|(?:compute cap(?:ability)?)[^\n]{0,20}\d\.\d\)?[^\n]{0,20}(?:or (?:higher|newer|above|"
        r"greater|later)|is required|and above)"
        r"|only support(?:s|ed on)? (?:\w+ ){0,3}(?:Volta|Turing|Ampere|Ada|Hopper|Blackwell)"
        r"|(?:Volta|Turing|Ampere|Ada|Hopper|Blackwell)[^\n]{0,20}GPUs? or (?:newer|later|higher)"
        r"|GPU,? which is not yet supported|No supported GPU\(s\) detected|generated on an"
        r" incompatible"
        r" device|GPU is too old|requires \.target sm_\d+|(?:unsupported|not supported on|does not"
        r" support)"
        r" (?:GPU )?SM ?_?\d+|GPU SM \d+ is not supported|only supports? (?:GPUs? with )?sm_?\d\d"
        r"|(?:device|GPU|setup|hardware|card) (?:does not|doesn't) supports? b(?:f|float)16"
        r"|cannot be enabled on Pre-\w+|No supported GPU compute capabilities"
        r"|minimum required CUDA compute compatibility|not support efficient \w+ computation"
        r"|b(?:f|float)16[^\n]{0,60}(?:only supported|not supported|n't supported"
        r"|n't support|requires?)[^\n]{0,60}(?:GPU|Ampere|supported device|compute cap"
        r"|on this device"
        r"|on your (?:device|GPU|hardware))",
        says="gpu_arch_not_in_build",
    ),
    sign(
        "amd_unsupported",
        (
            "amdgpu is not supported",
            "unsupported gfx",
            "gfx version",
            "rocm does not support",
            "support for gfx",
            "none of build targets",
        ),
        r"amdgpu is not supported[^\n]{0,200}?gpu_type=(?P<gfx>gfx\w+)|amdgpu is not supported"
        r"|unsupported gfx|gfx version[^\n]{0,30}not supported|no (?:\w+ )?support for gfx"
        r"|none of (?:the )?build targets are available",
        says="gpu_arch_not_in_build",
    ),
    sign("jit_from_ptx", "jit-compiled from ptx", None),
    sign(
        "amd_list",
        "amdgpu version",
        r"with AMDGPU version ?: ?(?P<gfx>gfx\w+)[^\n]{0,6}The supported AMDGPU versions are"
        r" (?P<list>gfx[\w, ]+)",
    ),
    sign(
        "amd_isa",
        "amdgpu isa",
        r"with AMDGPU ISA:? (?P<gfx>gfx ?\w+)",
        says="gpu_arch_not_in_build",
        confidence=_CERTAIN,
    ),
    sign(
        "rocblas",
        ("tensilelibrary", "rocblas error"),
        r"rocBLAS error: Cannot read [^\n]{0,120}TensileLibrary(?:[^\n]{0,80}(?P<gfx>gfx\w+))?",
        says="gpu_arch_not_in_build",
    ),
)


def architecture(clues: Clues) -> Iterator[Candidate]:
    """The build has no code for this GPU."""
    compiled_by_driver = {clue.line for clue in clues.all("ptxas")}
    shown = [clue for clue in clues.all("arch") if clue.line not in compiled_by_driver]
    if shown:
        arches = [seen["sm"] or seen["cc"] for seen in shown]
        capability = next((text for text in arches if text), None)
        if capability and capability.startswith("sm_"):
            number = re.sub(r"\D", "", capability)
            capability = f"{number[:-1]}.{number[-1]}"
        surely = certain if any(_STATED.search(clue.text) for clue in shown) else likely
        yield surely(
            "gpu_arch_not_in_build",
            [*shown, *clues.all("jit_from_ptx")][:4],
            capability=capability,
        )
    for clue in clues.all("amd_list"):
        listed = re.findall(r"gfx[0-9a-f]+", clue["list"])
        if clue["gfx"] in listed:
            yield certain("framework_gpu_allowlist_bug", [clue])
        else:
            yield certain(
                "gpu_arch_not_in_build", [clue], capability=clue["gfx"], built_for=clue["list"]
            )


RULES: tuple[Rule, ...] = (architecture,)
