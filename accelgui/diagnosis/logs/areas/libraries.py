"""The CUDA libraries: which were opened, which were not, and what lies about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.diagnosis.logs.versions import major
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule
    from accelgui.diagnosis.logs.signs import Clue

_CERTAIN = Confidence.CERTAIN

_NAME = r"(?:lib)?(?:cu[a-zA-Z]+|nv[a-zA-Z-]+|nccl)[\w-]*"
_FILE = rf"(?P<library>{_NAME}\.so(?:\.[\d.]*\d)?|(?:cu|nv)[\w]*\.dll)"

_FILE2 = _FILE.replace("<library>", "<library2>")

# The toolkit's own libraries; cuDNN and NCCL are packages of their own.
_TOOLKIT = ("cudart", "cublas", "cufft", "curand", "cusolver", "cusparse", "cupti", "nvrtc",
            "nvjitlink", "nvjpeg", "npp")  # fmt: skip
_NOT_CUDA = (
    "libnvinfer",
    "nvinfer",
    "libnvidia",
    "libcuda.so",
    "libnccl-",
    "nvcuda",
    "libcudadebugger",
)

SIGNS = (
    sign(
        "missing",
        (
            "could not load dynamic library",
            "could not dlopen library",
            "couldn't open cuda library",
            "could not load library",
            "failed to dlopen",
            "could not locate",
            "failed to load lib",
            "cannot load lib",
            "can't load lib",
            "unable to load lib",
            "unable to find lib",
            "cannot find lib",
            "could not find lib",
            "no libcu",
            "dynamic library: ",
            "dynamic library (",
        ),
        rf"(?:could not (?:load dynamic|dlopen|load|find|locate)(?: shared)?(?: library)?|couldn't"
        rf" open CUDA library|(?:failed to|cannot|can't|unable to) (?:dlopen|load|find|open)"
        rf"(?: shared| dynamic)?(?: library)?):? [`'\"]*{_FILE}|(?:Failed to find|third-party)"
        rf" dynamic library:? \(?{_FILE2}",
    ),
    sign(
        "missing_elf",
        (
            "cannot open shared object file",
            ".so not found",
            ".so was not found",
            ".so found",
            "could not be loaded",
        ),
        rf"{_FILE}(?:: cannot open shared object file| (?:was )?not found\b"
        rf"| could not be (?:loaded|found|opened))|\bNo {_FILE2} found",
    ),
    sign(
        "missing_dll",
        (".dll", "winerror 126"),
        rf"(?:could not (?:locate|load|find)|Failed to load)[^\n]{{0,40}}?{_FILE}",
    ),
    sign(
        "missing_any_of",
        ("unable to load any of", "could not find cuda_", "unable to load"),
        r"Unable to load any of \{(?P<library>libcu\w+\.so[\d.]*)"
        r"|Unable to load (?P<jax>CUDA|cuDNN|cuBLAS|cuFFT|cuSOLVER|cuSPARSE|CUPTI|NCCL)\. Is it"
        r" installed\?",
    ),
    sign(
        "opened",
        (
            "successfully opened dynamic library",
            "successfully opened cuda library",
            "loaded cudnn version",
        ),
        rf"Successfully opened (?:dynamic|CUDA) library {_FILE}|Loaded cuDNN version (?P<v>\d+)",
    ),
    # Libraries without a name, or of a program that says only which of its own did not load.
    sign("some_missing", "cannot dlopen some gpu libraries", r"Cannot dlopen some GPU libraries"),
    # Bitsandbytes found no CUDA, took its part for the CPU and misses the rest.
    sign(
        "bitsandbytes_cpu",
        "libbitsandbytes_cpu",
        r"libbitsandbytes_cpu\.(?:so|dll)[^\n]{0,4}: undefined symbol|module[^\n]{0,20} has no"
        r" attribute 'cget_|libbitsandbytes_cpu[^\n]{0,200}cget_",
    ),
    # Programs that compile for the GPU as they run.
    sign(
        "runtime_compiler_missing",
        ("toolkit installation not detected", "nvrtc64_", "failed to load builtins"),
        r"CUDA SDK Toolkit installation NOT detected",
        says="cuda_library_not_found",
    ),
    sign("ignore_cudart", "ignore above cudart dlerror"),
    sign("stub", "cudart_stub", None),
    sign(
        "no_cuda_drivers",
        "could not find cuda drivers",
        r"Could not find cuda drivers on your machine",
    ),
    sign(
        "tensorrt_imported",
        ("importerror: libnvinfer", "error loading shared libraries", "while loading shared"),
        r"(?:ImportError|while loading shared libraries): (?P<library>libnvinfer\w*\.so[.\d]*):"
        r" cannot",
    ),
    sign(
        "path_cures",
        "ld_library_path",
        r"LD_LIBRARY_PATH=[\"']?[^\n ]{0,80}(?:CONDA_PREFIX|site-packages|envs/[\w.-]+/lib)",
    ),
    sign("library_path", "ld_library_path", r"LD_LIBRARY_PATH\s*[:=]\s*(?P<path>[^\s;\"']{2,300})"),
    sign(
        "lying_about",
        ("libcud", "libcu", "libnvjit"),
        rf"(?P<folder>/[\w./+@-]{{1,160}}?)/{_FILE}(?:\s|$|\)|,)",
    ),
    sign(
        "listed_in",
        "ls ",
        r"\bls (?:-\w+ )?(?P<folder>/[\w./+@-]{3,160}/lib(?:64)?)/? (?P<listed>[^\n]{3,400})",
    ),
    sign("nvcc", "release ", r"Cuda compilation tools, release (?P<cuda>\d+\.\d+)"),
    sign("toolkit_folder", "cuda-", r"/usr/local/cuda-(?P<cuda>\d+\.\d+)"),
    sign(
        "conda_cuda",
        ("cudatoolkit", "cuda-toolkit", "cudnn "),
        r"(?:^|\s)(?P<name>cudatoolkit|cudnn|cuda-toolkit|cuda-cudart) +(?P<version>\d[\w.]*) +"
        r"\S+|nvidia-(?:cudnn|cublas|cuda-runtime)-cu\d\d +(?P<pip>[\d.]+)",
    ),
    sign(
        "build_cuda",
        ("cuda_version", "torch==", "+cu", "cuda used to build"),
        r"[\"']cuda_version[\"']: ?[\"'](?P<cuda>\d+\.\d+)|CUDA used to build PyTorch:"
        r" (?P<cuda2>\d+\.\d+)",
    ),
    # Advice that other programs give, for other reasons at times.
    # Said of a driver that is too old, and as well where no driver is to be seen at all.
)


def missing(clues: Clues) -> Iterator[Candidate]:
    """Some libraries were not opened; which ones, and what was, tells why."""
    if clues.has("gpu_listed", "gpu_computes"):
        return
    absent = _absent(clues)
    some = clues.first("some_missing")
    if not absent:
        yield from _unnamed(clues, some)
        return
    names = list(dict.fromkeys(_library(clue) for clue in absent))
    shown = [*absent[:4], *([some] if some else [])]
    parameters = {"libraries": ", ".join(names)}
    present = clues.all("opened")
    around = _lying_about(clues, names)
    other = _other_major(clues, names)
    conflict = clues.first("cudnn_loaded", "cudnn_torch", "symbol")
    if conflict:
        return
    if around:
        folders = ":".join(dict.fromkeys(clue["folder"] for clue in around))
        yield likely(
            "cuda_libs_not_on_loader_path", [*shown, *around[:2]], folders=folders, **parameters
        )
        yield possible("cuda_library_not_found", shown, **parameters)
    elif other:
        yield likely("built_for_other_cuda_major", [*shown, *other[:2]], **parameters)
        yield likely("cuda_library_not_found", shown, **parameters)
    elif rocm := clues.first("rocm_path"):
        yield likely("amd_gpu_needs_rocm_build", [rocm, *shown])
        yield possible("cuda_library_not_found", shown, **parameters)
    elif _is_single_of_toolkit(names, present):
        yield likely("cuda_toolkit_incomplete", [*shown, *present[:2]], **parameters)
        yield likely("cuda_library_not_found", shown, **parameters)
        yield possible("built_for_other_cuda_major", shown, **parameters)
    else:
        installed = clues.all("conda_cuda", "nvcc")
        if installed:
            yield likely("cuda_library_not_found", shown, **parameters)
            yield likely("cuda_libs_not_on_loader_path", [*shown, *installed[:2]], **parameters)
        else:
            yield likely("cuda_library_not_found", shown, **parameters)
            yield possible("cuda_libs_not_on_loader_path", shown, **parameters)
        if present:
            yield possible("cuda_toolkit_incomplete", [*shown, *present[:1]], **parameters)


def needed_tensorrt(clues: Clues) -> Iterator[Candidate]:
    """TensorFlow does without TensorRT; a program that imports it does not."""
    if clue := clues.first("tensorrt_imported"):
        yield likely("cuda_library_not_found", [clue], libraries=clue["library"])


def bitsandbytes(clues: Clues) -> Iterator[Candidate]:
    """Bitsandbytes looks for the CUDA libraries itself, and does with what it finds."""
    if clue := clues.first("bitsandbytes_cpu"):
        yield likely("cuda_library_not_found", [clue])
        yield likely("cuda_libs_not_on_loader_path", [clue])
        yield possible("cpu_only_build", [clue])


def no_cuda_runtime(clues: Clues) -> Iterator[Candidate]:
    """TensorFlow's words for "no libcudart": no CUDA, or no GPU that would want one."""
    clue = clues.first("no_cuda_drivers", "ignore_cudart")
    if clue is None or clues.has("gpu_listed", "gpu_computes", "other_framework_works"):
        return
    if clues.has("smi", "smi_gpu", "driver_seen", "cuda_version_found"):
        yield likely("cuda_library_not_found", [clue, *clues.all("smi")[:1]])
        yield possible("cuda_libs_not_on_loader_path", [clue])
    elif not clues.has("kernel_driver_absent", "no_contact", "some_missing", "no_device"):
        yield likely("cuda_library_not_found", [clue])
        yield likely("driver_not_installed", [clue])
        yield possible("no_accelerator_present", [clue])


def path_is_set_by_hand(clues: Clues) -> Iterator[Candidate]:
    """Somebody shows that the same command works with the environment's own folder on the path."""
    clue, without = clues.first("path_cures"), clues.first("no_gpu_list", "false")
    if clue and without and clues.has("gpu_listed", "true"):
        yield likely("cuda_libs_not_on_loader_path", [clue, without])


def _unnamed(clues: Clues, some: Clue | None) -> Iterator[Candidate]:
    """TensorFlow of late says that some are missing, and not which."""
    if some is None or clues.has("cudnn_loaded"):
        return
    installed = clues.all("conda_cuda", "nvcc")
    yield likely("cuda_library_not_found", [some])
    if installed:
        yield likely("cuda_libs_not_on_loader_path", [some, *installed[:2]])
        yield possible("built_for_other_cuda_major", [some, *installed[:2]])
    else:
        yield possible("cuda_libs_not_on_loader_path", [some])


def _absent(clues: Clues) -> list[Clue]:
    found = clues.all("missing", "missing_elf", "missing_dll", "missing_any_of")
    opened = {clue["library"] for clue in clues.all("opened")}
    return [
        clue
        for clue in found
        if not _library(clue).startswith(_NOT_CUDA) and _library(clue) not in opened
    ]


def _library(clue: Clue) -> str:
    return clue["library"] or clue["library2"] or clue["jax"]


def _stem(name: str) -> str:
    return re.split(r"[.\d]", name.removeprefix("lib"), maxsplit=1)[0].lower()


def _lying_about(clues: Clues, names: list[str]) -> list[Clue]:
    """Return lines of ls, find or ldconfig that show a missing library in some folder."""
    return [
        clue
        for clue in clues.all("lying_about", "listed_in")
        if (clue["library"] in names or set(names).intersection(clue["listed"].split()))
        and "cannot open" not in clue.text.lower()
    ]


def _other_major(clues: Clues, names: list[str]) -> list[Clue]:
    """Return what shows a toolkit of another major version than the libraries asked for."""
    wanted = {
        major(name.partition(".so.")[2])
        for name in names
        if _stem(name) in {"cudart", "cublas", "cublaslt"}
    }
    wanted.discard(None)
    if not wanted:
        return []
    seen = [
        *clues.all("nvcc", "toolkit_folder"),
        *(
            clue
            for clue in clues.all("lying_about")
            if _stem(clue["library"]) in {"cudart", "cublas", "cublaslt"}
        ),
    ]
    found = [(clue, major(clue["cuda"] or clue["library"].partition(".so.")[2])) for clue in seen]
    if any(number in wanted for _, number in found):
        return []
    return [clue for clue, number in found if number is not None]


def _is_single_of_toolkit(names: list[str], opened: list[Clue]) -> bool:
    """Say whether most of the toolkit was opened and a library of the toolkit was not."""
    present = {_stem(clue["library"]) for clue in opened}
    absent = {_stem(name) for name in names}
    return (
        len(present & set(_TOOLKIT)) >= 2
        and len(absent) <= 2
        and any(stem in _TOOLKIT for stem in absent)
    )


RULES: tuple[Rule, ...] = (
    needed_tensorrt,
    missing,
    bitsandbytes,
    no_cuda_runtime,
    path_is_set_by_hand,
)
