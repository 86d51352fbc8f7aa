"""Builds without CUDA, in the words of the programs that were built so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from accelgui.diagnosis.logs.clues import Rule

SIGNS = (
    sign(
        "built_without",
        (
            "compiled without",
            "built without",
            "compile without",
            "not compiled",
            "n't compiled",
            "not built with",
            "not been built with",
            "not been compiled",
            "n't built with",
            "n't build with",
            "implementation for device cuda",
            "please compile with -d",
            "not enabled in this build",
            "cpu version",
            "cpu-only",
            "cpu only",
            "use_cuda",
            "dlib_use_cuda",
            "without gpu offload",
            "without cublas",
            "without cuda",
            "without rocm",
            "not implemented for gpu",
            "no cuda support",
            "splits its backend",
            "bitsandbytes_cpu",
            "from the 'cuda' backend",
            "requires the gpu version",
            "no gpu support",
            "without hip",
            "cuda support is not",
            "gpu support is not",
            "cuda backend is not",
            "gpu is not enabled",
            "cuda is not enabled",
            "requires cuda extension",
            "no registered platform called",
            "native library functionality",
            "forgot to compile",
            "compiles with with_gpu",
            "task type [gpu]",
            "have nccl built in",
        ),
        r"(?:compiled?|built|build) without (?:\w+ ){0,2}(?:CUDA|GPU|cuBLAS|ROCm|HIP|Metal|Vulkan)"
        r"|(?:not|n't) (?:been )?(?:compiled|built|build|linked|installed) (?:with|for|to use)"
        r" (?:\w+"
        r" ){0,2}(?:CUDA|"
        r"GPU|cuBLAS|ROCm|HIP)|(?:CUDA|GPU)[^\n]{0,30} (?:was|is) not enabled in this build"
        r"|installed (?:the )?CPU[- ](?:only )?version|(?:this is|have) (?:a|the) CPU[- ]only"
        r"|CPU[- ]only (?:build|version|binary|wheel|package) (?:of|is|was|detected|installed)"
        r"|(?:re)?(?:compile|build) with [^\n]{0,20}(?:USE_CUDA(?!_DSA)|USE_GPU)"
        r"|implementation for device cuda:\d not found|compile with -D\w*(?:CUDA|GPU)\w*=ON"
        r"|DLIB_USE_CUDA\)? ?False|without GPU offload|is not implemented for GPU"
        r"|(?<!:)No CUDA support|Cannot initialize CUDA without"
        r"|Could not run '[\w:.]+' with arguments"
        r" from"
        r" the 'CUDA' backend|requires the GPU version of|(?:CUDA|GPU) support is not (?:enabled|"
        r"built|compiled|available in this)|CUDA backend is not (?:built|enabled|compiled)"
        r"|\b(?:GPU|CUDA) is not enabled\b"
        r"|requires CUDA extensions?\b|no registered platform called ['\"]?(?:CUDA|OpenCL|HIP)"
        r"|native library functionality but it's not available|(?:CUDA|GPU"
        r"|cuBLAS)[^\n]{0,20} (?:was|is) not compiled in|forgot to compile the"
        r"|compiles with WITH_GPU|task type \[GPU\] not found"
        r"|n't have NCCL built in",
    ),
)

RULES: tuple[Rule, ...] = ()
