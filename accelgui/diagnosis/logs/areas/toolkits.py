"""Programs that look for a CUDA toolkit, or found one of another version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from accelgui.diagnosis.logs.clues import Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY


SIGNS = (
    sign(
        "not_loaded_win",
        ("error 126", "error 127", "winerror 126", "loadlibrary failed", "winerror 193"),
        r"LoadLibrary failed with error 12[67][^\n]{0,300}(?:cuda|tensorrt)\w*\.dll"
        r"|(?:could not|unable to|failed to) load[^\n]{0,80}cuda\w*\.dll",
        says="cuda_library_not_found",
    ),
    sign(
        "ort_failed",
        "failed to create cudaexecutionprovider",
        says="cuda_library_not_found",
        confidence=Confidence.POSSIBLE,
    ),
    sign(
        "home_missing",
        (
            "cuda_home",
            "cuda_path",
            "cudahome",
            "cuda toolkit",
            "cuda_toolkit_root",
            "nvcc",
            "is not found, please",
            "cuda not found",
            "cuda is not found",
            "cuda was not found",
            "cudnn is not enabled",
            "libcudart functions",
            "runtime was not found",
            "runtime not found",
            "cudnn is not available",
        ),
        r"CUDA_HOME[^\n]{0,30}(?:not set|is not set|does not exist|is None|unset)"
        r"|(?:could not|couldn't|cannot|unable to|failed to) (?:find|locate"
        r"|detect)[^\n]{0,20}(?:CUDA"
        r" (?:toolkit|install\w*|compiler)|CUDA_HOME|CUDAToolkit|nvcc)"
        r"|\bCUDA (?:toolkit |runtime |librar(?:y|ies) |\[[^\]\n]{1,40}\][^\n]{0,60} )?(?:is |was"
        r" |are )?not found"
        r"|nvcc:? (?:command )?not found|cuDNN is not (?:enabled|available)"
        r"|libcudart functions unavailable|No CUDA (?:toolkit"
        r"|compiler)[^\n]{0,20}found"
        r"|No such file or directory:? [`'\"](?:/usr/local/cuda)?[\w/:.-]{0,60}nvcc",
        says="cuda_library_not_found",
    ),
    sign(
        "no_runtime_found",
        ("no cuda runtime library found", "appropriate cuda runtime"),
        r"No CUDA Runtime library found|could not find an appropriate CUDA runtime",
        says="cuda_library_not_found",
    ),
    sign(
        "headers_of_cuda",
        (".h: no such file", ".h' file not found", "cannot find -l"),
        r"(?:cuda\w*|cublas\w*|cudnn|cufft|curand|cusparse|cusolver\w*|nvrtc|nccl)\.h: No such"
        r"|cannot find -l(?:cudart|cublas\w*|cudnn|cufft|curand|cusparse|cusolver|nvrtc|nccl)\b",
        says="cuda_library_not_found",
    ),
    sign(
        "cudarc_missing",
        "dynamically load the",
        r"dynamically load the ?\\?['\"](?P<library>cu(?:blas|dnn|rand|sparse|solver|fft)\w*|nvrtc"
        r"|nccl)",
        says="cuda_library_not_found",
    ),
    sign(
        "zlibwapi", ("zlibwapi", "library libz.so", "zlib.so"), None, says="cuda_library_not_found"
    ),
    sign(
        "compiled_for_other",
        (
            "mismatches the version that was used",
            "version torch was compiled with",
            "available pre-compiled versions",
            "supported on cuda",
            "requires cuda >=",
        ),
        r"detected CUDA version \(?(?P<found>[\d.]+)\)? mismatches the version that was used to"
        r" compile"
        r"|Installed CUDA version (?P<found2>[\d.]+) does not match the version torch was compiled"
        r"|Available pre-compiled versions|only supported on CUDA \d[\d.]* (?:and|or) (?:above"
        r"|newer"
        r"|later|higher)|requires CUDA >=? ?\d",
        says="built_for_other_cuda_major",
    ),
    sign(
        "bnb_binary",
        ("cuda binary not found", "libbitsandbytes_cuda"),
        r"CUDA binary not found[^\n]{0,160}libbitsandbytes_cuda\d+|libbitsandbytes_cuda\d+\w*\.so: "
        r"cannot open",
        says="built_for_other_cuda_major",
    ),
    sign(
        "nvvm_missing",
        ("libnvvm", "nvvm.dll"),
        r"libNVVM cannot be found|libnvvm\.so[.\d]*: cannot open",
        says="cuda_library_not_found",
    ),
    sign(
        "libdevice",
        ("libdevice", "nvvm"),
        r"(?:can't find|could not find|couldn't find|cannot find|not found)[^\n]{0,80}libdevice"
        r"|libdevice[\w.]*[^\n]{0,40}(?:not found|is required|required by this HLO)"
        r"|libdevice not found",
        says="libdevice_not_found",
        confidence=_CERTAIN,
    ),
    sign(
        "jax_outdated_cuda",
        "outdated",
        r"Outdated (?P<what>CUDA|cuBLAS|cuFFT|cuSPARSE|cuSOLVER|"
        r"CUPTI) installation found",
        says="built_for_other_cuda_major",
    ),
    sign(
        "ort_needs",
        ("require cuda", "requires cuda", "require cudnn"),
        r"[Rr]equires? (?:cuDNN (?P<cudnn>\d+)[\w.*]* and )?CUDA (?P<cuda>\d+)",
    ),
)


RULES: tuple[Rule, ...] = ()
