"""CUDA libraries that were found, and are of another version than the build or their sisters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    # cuDNN.
    sign(
        "cudnn_loaded",
        ("loaded runtime cudnn library", "but source was compiled with"),
        r"Loaded runtime CuDNN library:? (?P<found>[\d.]+)[^\n]{0,40}? but source was compiled"
        r" with:? (?P<wanted>[\d.]+)",
    ),
    sign(
        "jax_found_older",
        "but jax was built against version",
        r"Found (?P<what>\w+) version (?P<found>\d+), but JAX was built against version"
        r" (?P<wanted>\d+)",
    ),
    sign("cudnn_jax", "cudnn installation found", r"Outdated cuDNN installation found"),
    sign(
        "cudnn_torch",
        "cudnn version incompatibility",
        r"cuDNN version incompatibility: PyTorch was compiled against \(?(?P<wanted>[\d, .]+)\)?"
        r" but found runtime version \(?(?P<found>[\d, .]+)",
    ),
    sign(
        "cudnn_mismatch",
        (
            "cudnn_status_version_mismatch",
            "sublibrary_version_mismatch",
            "cudnn_status_sublibrary",
            "cudnn_status_arch_mismatch",
            "mixed dnn version",
        ),
        r"CUDNN_STATUS_(?:SUBLIBRARY_)?VERSION_MISMATCH|SUBLIBRARY_LOADING_FAILED"
        r"|mixed dnn version",
        says="cudnn_version_mismatch",
    ),
    sign(
        "no_engine",
        (
            "unable to find an engine",
            "no valid execution plans",
            "failed to build execution plan",
            "unable to find a valid cudnn",
        ),
        r"GET was unable to find an engine|unable to find an engine to execute this computation|No"
        r" valid execution plans built|unable to find a valid cuDNN algorithm",
    ),
    sign(
        "cublas_refused",
        ("cublas_status_invalid_value", "cublas_status_not_supported"),
        r"CUBLAS_STATUS_(?:INVALID_VALUE|NOT_SUPPORTED)",
    ),
    sign("cufft_failed", "cufft_internal_error", r"CUFFT_INTERNAL_ERROR"),
    sign(
        "cudnn_symbol",
        "undefined symbol",
        r"libcudnn\w*\.so[.\d]*[^\n]{0,30}: (?:undefined symbol|symbol \w+ version)"
        r"|Could not load library libcudnn\w*\.so[.\d]*\. Error: [^\n]{0,80}undefined symbol",
    ),
    sign(
        "system_library",
        "loaded from a system path",
        r"librar(?:y|ies) [^\n]{0,60}loaded from a system path",
        says="library_path_shadows_bundled_cuda",
    ),
    sign(
        "path_blamed",
        "ld_library_path",
        r"LD_LIBRARY_PATH (?:contains|may contain|is set|has|includes)[^\n]{0,60}"
        r"(?:incompatible|conflicting|other|different|old)"
        r"|(?:conflicting|incompatible)[^\n]{0,60}LD_LIBRARY_PATH"
        r"|unset(?:ting)? LD_LIBRARY_PATH|removing[^\n]{0,30}LD_LIBRARY_PATH",
    ),
    # One library of another version than its sister.
    sign(
        "symbol",
        "undefined symbol",
        r"(?P<who>lib\w+\.so[.\d]*)[^\n]{0,4}: (?:error: symbol lookup error: )?"
        r"(?:undefined symbol|symbol): ?"
        r"(?P<symbol>__?nv\w+|cublas\w+|cusparse\w+|cusolver\w+|cufft\w+|cudnn\w+|nccl\w+|"
        r"_Z\w*(?:cu|nv)\w+)",
    ),
    sign(
        "cuda_version_error",
        "not defined in file",
        r"symbol (?P<symbol>\w+)[^\n]{0,12} version (?P<version>\S+) not defined in file"
        r" (?P<library>lib(?:cu|nv)\w+\.so[.\d]*)",
    ),
    sign("ldd", "=>", r"(?P<library>lib(?:cu|nv)\w+\.so[.\d]*) => (?P<path>/\S+)"),
    sign(
        "wheel",
        "nvidia-",
        r"nvidia-(?P<name>cublas|cuda-runtime|cuda-nvrtc|cuda-cupti|cusparse|"
        r"cusolver|cufft|nvjitlink|curand)-cu(?P<major>\d\d) *(?:==)? *(?P<version>\d+\.\d+\.\d+)",
    ),
    sign(
        "pip_conflict",
        "incompatible",
        r"requires nvidia-[\w-]+==(?P<wanted>[\d.]+)[^\n]{0,140},"
        r" but you have nvidia-[\w-]+ (?P<found>[\d.]+) which is incompatible",
        says="mixed_cuda_wheel_versions",
        confidence=Confidence.CERTAIN,
    ),
)


def cudnn(clues: Clues) -> Iterator[Candidate]:
    """A cuDNN was found, and it is not one for this build."""
    clue = clues.first("cudnn_loaded", "cudnn_torch", "cudnn_jax", "cudnn_symbol")
    if clue is None:
        return
    blamed = clues.first("path_blamed")
    parameters = {"found": clue["found"], "wanted": clue["wanted"]}
    if blamed:
        yield certain("library_path_shadows_bundled_cuda", [blamed, clue], **parameters)
        yield likely("cudnn_version_mismatch", [clue], **parameters)
    elif clue.sign == "cudnn_symbol":
        yield likely("cudnn_version_mismatch", [clue])
        yield likely("library_path_shadows_bundled_cuda", [clue])
    else:
        yield certain("cudnn_version_mismatch", [clue], **parameters)
        yield possible("library_path_shadows_bundled_cuda", [clue, *clues.all("library_path")[:1]])


def older_than_built_against(clues: Clues) -> Iterator[Candidate]:
    """JAX names the library, its version, and the version that it was built against."""
    for clue in clues.all("jax_found_older"):
        parameters = {"found": clue["found"], "wanted": clue["wanted"]}
        if clue["what"].lower() == "cudnn":
            yield certain("cudnn_version_mismatch", [clue], **parameters)
        elif clue["found"][:2] != clue["wanted"][:2]:
            yield likely("built_for_other_cuda_major", [clue])
            yield likely("library_path_shadows_bundled_cuda", [clue])
        else:
            yield likely("library_path_shadows_bundled_cuda", [clue])
            yield possible("mixed_cuda_wheel_versions", [clue])


def no_engine(clues: Clues) -> Iterator[Candidate]:
    """CuDNN knows no way to compute it: another version, mixed parts, or no room."""
    clue = clues.first("no_engine")
    if clue and not clues.has("cudnn_loaded", "cudnn_torch", "cudnn_jax", "cudnn_symbol", "arch"):
        yield likely("cudnn_version_mismatch", [clue])
        yield likely("library_path_shadows_bundled_cuda", [clue])
        yield possible("gpu_out_of_memory", [clue])


def torch_status(clues: Clues) -> Iterator[Candidate]:
    """PyTorch repeats a status of cuDNN that is not about memory."""
    clue = clues.first("torch_cudnn")
    if clue is None or clues.has("dnn_failed", "cudnn_mismatch", "launch_failed", "arch"):
        return
    yield likely("cudnn_version_mismatch", [clue])
    yield likely("operation_fails_on_device", [clue], message=clue.text[:200])
    yield possible("gpu_out_of_memory", [clue])


def refused(clues: Clues) -> Iterator[Candidate]:
    """Calls of the framework's own that its cuBLAS or cuFFT refuses, being another."""
    if clue := clues.first("cublas_refused"):
        if "NOT_SUPPORTED" in clue.text:
            yield likely("gpu_arch_not_in_build", [clue])
        yield likely("library_path_shadows_bundled_cuda", [clue])
        yield likely("operation_fails_on_device", [clue], message=clue.text[:200])
    if clue := clues.first("cufft_failed"):
        yield likely("gpu_arch_not_in_build", [clue])
        yield possible("library_path_shadows_bundled_cuda", [clue])
        yield possible("gpu_out_of_memory", [clue])


def sisters(clues: Clues) -> Iterator[Candidate]:
    """A library found a sister of another version: by a path set, or from mixed packages."""
    clue = clues.first("symbol", "cuda_version_error")
    if clue is None or clues.has("cudnn_symbol"):
        return
    wheels = clues.all("wheel")
    releases = {
        ".".join(wheel["version"].split(".")[:2])
        for wheel in wheels
        if wheel["name"] in {"cuda-runtime", "cuda-nvrtc", "cuda-cupti", "nvjitlink"}
    }
    system = [seen for seen in clues.all("ldd") if "site-packages" not in seen["path"]]
    path = clues.first("path_blamed", "library_path")
    if system or (path and len(releases) < 2):
        yield likely(
            "library_path_shadows_bundled_cuda", [clue, *system[:1], *([path] if path else [])]
        )
        yield possible("mixed_cuda_wheel_versions", [clue])
    elif len(releases) > 1:
        yield certain("mixed_cuda_wheel_versions", [clue, *wheels[:4]])
    else:
        yield likely("library_path_shadows_bundled_cuda", [clue])
        yield likely("mixed_cuda_wheel_versions", [clue])


RULES: tuple[Rule, ...] = (
    cudnn,
    older_than_built_against,
    no_engine,
    torch_status,
    refused,
    sisters,
)
