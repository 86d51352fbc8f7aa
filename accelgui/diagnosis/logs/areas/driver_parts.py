"""Parts of the driver that CUDA misses as it starts: in guests and containers, mostly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY


SIGNS = (
    sign(
        "symbol_not_found",
        ("named symbol not found", "cuda_error_not_found"),
        r"(?:cudaGetDeviceCount|cuInit|initializ|GPU memory usage)[^\n]{0,200}named symbol not"
        r" found|error 500\b[^\n]{0,4} ?named symbol|cuInit[^\n]{0,20} CUDA_ERROR_NOT_FOUND",
    ),
    sign(
        "video_library",
        ("nvcuvid", "libnvidia-encode", "nvencodeapi"),
        r"(?:cannot|could not|can't|unable to|failed to) (?:load|open|find|dlopen)[^\n]{0,20}"
        r"(?P<library>lib(?:nvcuvid|nvidia-encode)\.so[.\d]*)"
        r"|(?P<library2>lib(?:nvcuvid|nvidia-encode)\.so[.\d]*): cannot open",
    ),
    sign(
        "jit_compiler",
        (
            "jit compiler library not found",
            "jit_compiler_not_found",
            "jitcompilernotfound",
            "ptxjitcompiler",
        ),
        r"JIT compiler library not found|JIT_?COMPILER_?NOT_?FOUND"
        r"|libnvidia-ptxjitcompiler\.so[.\d]*[^\n]{0,40}(?:cannot open|not found)",
    ),
)


def without_compiler(clues: Clues) -> Iterator[Candidate]:
    """The driver's compiler of PTX is a library of its own, which containers may lack."""
    clue = clues.first("jit_compiler")
    if clue is None:
        return
    if clues.has("wsl"):
        yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue])
    if clues.has("docker", "container_host", "container_prompt", "capabilities"):
        yield likely("driver_capabilities_without_compute", [clue])
    yield likely("driver_packages_inconsistent", [clue])
    yield possible("wsl_or_gpupv_host_driver_libs_missing", [clue])


def without_video(clues: Clues) -> Iterator[Candidate]:
    """The driver's video codecs come into containers only where their capability is asked for."""
    if clue := clues.first("video_library"):
        yield likely("driver_capabilities_without_compute", [clue])
        yield possible("driver_packages_inconsistent", [clue])


def incomplete_driver(clues: Clues) -> Iterator[Candidate]:
    """CUDA does not start for want of a part of the driver, which hosts hand to their guests."""
    clue = clues.first("symbol_not_found")
    answers = {seen["cuda"].upper(): seen for seen in clues.all("smi")}
    if clue is None and clues.has("wsl"):
        clue = answers.get("ERR!")
    if clue is not None:
        yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue])
        yield possible("driver_packages_inconsistent", [clue])
    elif (without := answers.get("N/A")) and clues.has(
        "docker", "container_host", "container_prompt", "container_hint"
    ):
        yield likely("driver_capabilities_without_compute", [without])
    elif broken := answers.get("ERR!"):
        yield possible("libcuda_not_on_loader_path", [broken])
        yield possible("driver_packages_inconsistent", [broken])


RULES: tuple[Rule, ...] = (
    without_compiler,
    without_video,
    incomplete_driver,
)
