"""Programs that want a GPU and see none, in whatever words they say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from accelgui.diagnosis.logs.clues import Rule

_GPU = (
    r"(?:GPUs?|accelerators?|graphics cards?|XPUs?|(?:CUDA|ROCm|HIP|SYCL)(?:[- ](?:capable|enabled"
    r"|compatible|supported))? (?:GPU|device)s?)"
)
_OF_IT = r"(?: (?:devices?|cards?|backends?|resources?|hardware))?(?:\(s\))?"
_IS = r"(?:(?:was|were|is|are|has|have|been|could|can|be|currently) ){0,3}"
_SEEN = (
    r"(?:found|detected|available|present|visible|usable|accessible|identified|discovered|exists?"
    r"|left|recogni[sz]ed)"
)

SIGNS = (
    sign(
        "gpu_missed",
        (
            "no gpu",
            "no supported gpu",
            "no compatible",
            "no usable gpu",
            "no nvidia gpu",
            "no cuda",
            "no rocm",
            "no hip",
            "no accelerator",
            "no suitable gpu",
            "no visible cuda",
            "without accelerator",
            "without an accelerator",
            "without a gpu",
            "requires accelerator",
            "requires an accelerator",
            "needs a gpu",
            "gpu is needed",
            "gpu needed",
            "gpu required",
            "gpu is mandatory",
            "(not 'cpu')",
            "find any gpu",
            "find a gpu",
            "find gpu",
            "find any cuda dev",
            "find a cuda dev",
            "detect any gpu",
            "detect a gpu",
            "detect gpu",
            "detect any cuda",
            "detect cuda",
            "unable to detect it",
            "implemented on cpu",
            "ggml_vulkan: no devices",
            "devices found/left",
            "no current accelerator",
            "cuda environment is not correctly",
            "installed but cuda not available",
            "gpu not found",
            "gpus not found",
            "gpu was not",
            "gpus were not",
            "gpu could not",
            "gpus could not",
            "gpu cannot",
            "gpu that can",
            "cuda cannot be used",
            "cuda unavailable",
            "cuda must be available",
            "cuda is required",
            "needs a cuda",
            "needs an nvidia",
            "least one gpu",
            "least one cuda",
            "least 1 gpu",
            "to detect any",
            "to have a cuda",
            "to have an nvidia",
            "to have a gpu",
            "0 gpus",
            "gpus (0)",
            "has no gpu",
            "when none is available",
            "have no gpu",
        ),
        rf"^(?:(?!SKIP|raise \w)[^\n])*?(?:\bno (?:(?!drivers?\b|need\b)[\w/,-]+ ){{0,4}}{_GPU}"
        rf"{_OF_IT} {_IS}{_SEEN}\b"
        rf"|\bno visible {_GPU}|\b(?:has|have) no (?:[\w-]+ )?{_GPU}{_OF_IT}(?= (?:that|on"
        r"|to|available|installed)\b|[.,;!)]| ?$)"
        rf"|\b{_GPU}{_OF_IT} (?:was |were |is |are |could |can)?(?:not|n't) (?:be )?(?:found"
        r"|detected|available|usable|accessible|present|used\b)"
        r"|\bCUDA (?:cannot be used|unavailable|must be available|is required\b)"
        r"|(?:needs?|requires?|expected) at least (?:one|1|an?) (?:[\w-]+ )?GPU\b"
        rf"|able to detect (?:any |an? )?(?:[\w-]+ )?{_GPU}"
        rf"|(?:do|does|did)(?: not|n't) (?:seem|appear) to have an? (?:[\w-]+ )?{_GPU}"
        r"|\b0 (?:\w+ )?GPUs? (?:are |were |is )?(?:available|found|detected|visible)"
        r"|available GPUs \(0\)|access accelerator device when none is available"
        rf"|\b{_GPU}{_OF_IT} (?:is |are )?(?:needed|required|mandatory)\b"
        rf"|\b(?:requires?|needs?|without) (?:an? |any )?{_GPU}\b(?! ?(?:drivers?|support|toolkit"
        r"|extension|version|runtime|[\d>=]))"
        rf"|(?:fail(?:ed|s) to|unable to|could ?n[o']t|can(?:not|'t)) (?:find|detect|see|locate)"
        rf" (?:an? |any |your |the )?(?:[\w-]+ )?{_GPU}{_OF_IT}(?![\w ]*(?:driver|toolkit|librar"
        r"|lib\b|install|path|home|compiler|runtime|version))"
        r"|requires? (?:an? )?(?:GPU|device) [^\n]{0,60}\(not 'cpu'\)"
        r"|accelerator, we were unable to detect it|is not implemented on CPU"
        r"|ggml_vulkan: no devices found|no devices found/left|no current accelerator"
        r"|CUDA environment is not correctly set up|installed but CUDA not available)",
    ),
    # What hashcat and OpenCL's loader find of any maker's driver.
    sign(
        "no_platform",
        (
            "compatible platform found",
            "cuda installation found",
            "platform_not_found",
            "no opencl",
            "no compatible opencl",
        ),
        r"no opencl(?:, \w+)*,? or cuda (?:compatible platform|installation) found"
        r"|CL_PLATFORM_NOT_FOUND_KHR|No (?:compatible |suitable )?OpenCL (?:device"
        r"|platform)s? (?:was |were |is "
        r"|are )?(?:found|available)",
        says="driver_not_installed",
    ),
)

# A sign of this file says the same as one that rules ask for.
MEANS = {"gpu_missed": "gpu_wanted"}

RULES: tuple[Rule, ...] = ()
