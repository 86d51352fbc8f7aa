"""Packages of one family, PyTorch's above all, that were not made for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "family_of_two_cudas",
        "compiled with different cuda",
        r"compiled with different CUDA (?:major )?versions",
        says="mixed_cuda_wheel_versions",
    ),
    sign(
        "cupy_twice",
        "multiple cupy packages are installed",
        says="mixed_cuda_wheel_versions",
    ),
    # PyTorch's own libraries come and go with its releases; its extensions are linked to them.
    sign(
        "torch_part_missing",
        ("libtorch", "libc10", "torch_cuda", "torch_cpu"),
        r"(?P<library>(?:lib)?(?:torch|c10)\w*\.(?:so|dll|dylib))[^\n]{0,10}?"
        r"(?::|['\"] or one of its dependencies) ?(?:cannot open shared object"
        r"|[^\n]{0,40}not found)"
        r"|Library not loaded: [^\n]{0,80}(?P<library2>lib(?:torch|c10)\w*\.dylib)",
    ),
    sign(
        "torch_wheel_for_arm",
        "aarch64.whl",
        r"Downloading (?P<wheel>(?:torch|tensorflow)-[\w.]+-[\w.-]*aarch64\.whl)",
        says="aarch64_wheel_cpu_only",
        confidence=Confidence.POSSIBLE,
    ),
)


def extension_of_another_release(clues: Clues) -> Iterator[Candidate]:
    """An extension asks for a part of PyTorch that this release does not have."""
    if clue := clues.first("torch_part_missing"):
        yield likely("framework_import_fails", [clue], framework="pytorch", error=clue.text)
        yield possible("mixed_cuda_wheel_versions", [clue])


RULES: tuple[Rule, ...] = (extension_of_another_release,)
