"""Drivers that are older than what the program was built for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely
from accelgui.diagnosis.logs.signs import sign
from accelgui.diagnosis.logs.versions import newer
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY


SIGNS = (
    sign(
        "too_old",
        (
            "driver on your system is too old",
            "driver is too old",
            "driver too old",
            "unsupported .version",
            "unsupported toolchain",
            "unsupported ptx version",
            "unsupported_ptx_version",
            "unsupportedptxversion",
            "newer nvidia driver",
            "please update your gpu driver",
            "callrequiresnewerdriver",
            "call_requires_newer_driver",
            "unsupported cuda version",
            "but it is too old",
            "driver missing function",
        ),
        r"NVIDIA driver on your system is too old(?: \(found version (?P<found>\d+)\))?"
        r"|driver (?:is )?too old|unsupported toolchain|driver was found,? but it is too old"
        r"|Unsupported \.version [\d.]+; current version is|UNSUPPORTED[ _]?PTX[ _]?VERSION"
        r"|requires? (?:a )?newer NVIDIA driver|update your GPU driver"
        r"|Call_?Requires_?Newer_?Driver|unsupported CUDA version: driver"
        r"|Driver missing function",
        says="driver_too_old_for_cuda",
        confidence=_CERTAIN,
    ),
    sign(
        "driver_to_update",
        (
            "newer cuda driver",
            "newer gpu driver",
            "newer driver",
            "requires cuda driver",
            "update your nvidia driver",
            "update your driver",
            "update the nvidia driver",
            "upgrade your driver",
            "upgrade your nvidia driver",
            "minimum driver version",
            "minimum required driver",
            "minimum required nvidia driver",
            "required driver version",
            "outdated driver",
            "nvenc api version",
            "this cuda driver",
            "not meet the requirement",
            "not new enough",
            "support cuda 1",
        ),
        r"requires? (?:a )?newer (?:CUDA |GPU |display )?driver|requires CUDA driver >"
        r"|(?:update|upgrade) (?:your|the) (?:NVIDIA |CUDA |display )?driver"
        r"|(?:minimum|required) (?:required )?(?:NVIDIA )?driver(?: version)?[^\n]{0,40}\d{3}\.\d+"
        r"[^\n]{0,60}(?:found|installed|current|detected|but)|minimum required Nvidia driver for"
        r"|Outdated driver\. Please|Driver does not support the required nvenc API"
        r"|not supported (?:with|by) this CUDA driver|driver[^\n]{0,40}(?:does not meet the"
        r" requirement|not new enough|(?:does not|doesn't) support CUDA \d)",
    ),
    sign(
        "built_for_driver",
        ("built for nvidia driver release", "requires driver", "requires nvidia driver"),
        r"(?:built for NVIDIA Driver Release|requires (?:NVIDIA )?driver(?: version)?)"
        r" (?P<wanted>\d{3}(?:\.\d+)*)"
        r"[^\d\n]{1,60}(?P<found>\d{3}(?:\.\d+)*)",
    ),
    sign(
        "insufficient",
        ("driver version is insufficient", "insufficientdriver", "insufficient_driver"),
        r"CUDA driver version is insufficient for CUDA runtime version|Insufficient_?Driver",
        says="driver_too_old_for_cuda",
    ),
    sign(
        "jax_too_old",
        ("older than the ptxas", "driver's cuda version"),
        r"driver's CUDA version is (?P<served>\d[\d.]*) which is older than the (?:ptxas|PTX)"
        r"[^\n]{0,24}\((?P<needed>[\d.]+)\)",
    ),
)


def older_than_compiler(clues: Clues) -> Iterator[Candidate]:
    """JAX's note of an old driver means nothing until a library fails to start."""
    clue = clues.first("jax_too_old")
    failed = clues.first("dnn_failed", "blas_failed", "launch_failed", "too_old", "insufficient")
    if clue and failed:
        parameters = {"served": clue["served"] or None, "needed": clue["needed"] or None}
        yield likely("driver_too_old_for_cuda", [clue, failed], **parameters)


def older_than_built_for(clues: Clues) -> Iterator[Candidate]:
    """A program names the driver that it wants, and the one that it found."""
    for clue in clues.all("built_for_driver"):
        if newer(clue["wanted"], clue["found"]):
            yield certain("driver_too_old_for_cuda", [clue], driver=clue["found"])
            return


def to_update(clues: Clues) -> Iterator[Candidate]:
    """Advice to update the driver, but for the compiler's, which is about speed."""
    about_speed = {clue.line for clue in clues.all("ptxas", "jax_too_old")}
    shown = [clue for clue in clues.all("driver_to_update") if clue.line not in about_speed]
    if shown:
        yield likely("driver_too_old_for_cuda", shown)


RULES: tuple[Rule, ...] = (older_than_compiler, older_than_built_for, to_update)
