"""CuDNN, cuBLAS and cuSOLVER that do not start: for want of memory, mostly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

# A device with this share free has no lack of memory.
_FREE_SHARE = 0.5

SIGNS = (
    sign(
        "dnn_failed",
        (
            "cudnn_status_not_initialized",
            "cudnn_status_alloc_failed",
            "cudnn_status_internal_error",
            "could not create cudnn handle",
            "dnn library initialization failed",
            "dnn library is not found",
            "failed to get convolution algorithm",
            "could not create cudnn",
            "could not initialize cudnn",
            "no algorithm worked",
            "cudnn convolution algorithm",
            "autotuning failed",
            "cudnn launch failure",
        ),
        r"could not (?:create cudnn handle|initialize cudnn)"
        r"|DNN library (?:initialization failed|is not found)"
        r"|Failed to get convolution algorithm|No algorithm worked!|Failed to determine best cudnn"
        r" convolution algorithm|cuDNN launch failure|CUDNN_STATUS_(?:NOT_INITIALIZED|ALLOC_FAILED|"
        r"INTERNAL_ERROR)",
    ),
    sign(
        "blas_failed",
        (
            "cublas_status_not_initialized",
            "cublas_status_alloc_failed",
            "failed to create cublas handle",
            "blas xgemm",
            "gemm launch",
            "gemv launch",
            "gemmbatched launch",
            "cublascreate",
            "blas support",
            "cublas runtime error",
        ),
        r"failed to create cublas handle|CUBLAS_STATUS_(?:NOT_INITIALIZED|ALLOC_FAILED)"
        r"|Blas \w?GEM[MV]\w* launch failed|without BLAS support|cublasCreate"
        r"|cublas runtime error : (?:library not initialized|resource allocation)",
    ),
    sign(
        "solver_failed",
        ("cusolver_status_internal_error", "gpusolver", "cusolverdncreate"),
        r"gpusolverDnCreate|cusolverDnCreate|CUSOLVER_STATUS_(?:INTERNAL_ERROR|ALLOC_FAILED)",
    ),
    sign(
        "free_now",
        "memory usage",
        r"Memory usage: (?P<free>\d+) bytes free, (?P<total>\d+) bytes total",
    ),
    sign("torch_cublas", "when calling", r"CUDA error: CU\w+_STATUS_\w+,? when calling"),
    sign("torch_cudnn", "cudnn error", r"cuDNN error: (?P<status>CUDNN_STATUS_\w+)"),
)


def library_without_room(clues: Clues) -> Iterator[Candidate]:
    """CuDNN and cuBLAS need memory of their own, and say "not initialised" when there is none."""
    clue = clues.first("dnn_failed", "blas_failed", "solver_failed")
    if clue is None or clues.has(
        "cudnn_loaded",
        "cudnn_torch",
        "cudnn_jax",
        "too_old",
        "cudnn_mismatch",
        "jax_too_old",
        "arch",
        "missing_any_of",
    ):
        return
    is_torch = clues.has("speaks_of_pytorch", "torch_cudnn", "torch_cublas")
    if is_torch and not clues.has("tf_words"):
        # PyTorch takes no memory beforehand: what is taken, the work has taken.
        yield likely("gpu_out_of_memory", [clue])
        if clues.has("torch_cudnn"):
            yield likely("cudnn_version_mismatch", [clue])
            yield possible("library_path_shadows_bundled_cuda", [clue])
        else:
            yield likely("gpu_memory_held_by_other_process", [clue])
            yield possible("library_path_shadows_bundled_cuda", [clue])
        return
    if any(name in clue.text.lower() for name in ("tensorrt", "onnxruntime", "cudnn failure")):
        # It takes no memory beforehand, and brings no cuDNN of its own.
        yield likely("cudnn_version_mismatch", [clue])
        yield possible("cuda_library_not_found", [clue])
        yield possible("gpu_out_of_memory", [clue])
        return
    if _has_room(clues):
        shown = [clue, *clues.all("free_now")[:1]]
        yield likely("cudnn_version_mismatch", shown)
        yield likely("driver_too_old_for_cuda", shown)
        yield possible("gpu_memory_preallocation", shown)
        return
    shown = [clue, *clues.all("free_now", "growth", "tf_allocate")[:3]]
    yield likely("gpu_memory_preallocation", shown)
    yield possible("gpu_memory_held_by_other_process", [clue])
    yield possible("cudnn_version_mismatch", [clue])


def _has_room(clues: Clues) -> bool:
    clue = clues.first("free_now")
    if clue is None:
        return False
    total = int(clue["total"][:18])
    return total > 0 and int(clue["free"][:18]) / total > _FREE_SHARE


RULES: tuple[Rule, ...] = (library_without_room,)
