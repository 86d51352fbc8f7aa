"""Which devices a program was told to use, by variables and by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN = Confidence.CERTAIN


_HIDING = {"-1", "", "none", "nodevfiles", "void"}


SIGNS = (
    sign(
        "visible",
        ("cuda_visible_devices", "hip_visible_devices", "rocr_visible_devices"),
        r"(?:CUDA|HIP|ROCR)_VISIBLE_DEVICES(?: ?[=:] ?| is set to |['\"]\] ?= ?|['\"] ?, ?)"
        r"(?P<value>['\"]?(?:-?\d[\d, ]*|NoDevFiles|none|void|GPU-[\w-]+|MIG-[\w/-]+)"
        r"['\"]?|['\"]{2})",
    ),
    sign("visible_empty", "cuda_visible_devices=", r"CUDA_VISIBLE_DEVICES=(?:\s|$)"),
    sign(
        "visible_hides",
        "hides all gpus",
        r"CUDA_VISIBLE_DEVICES[^\n]{0,60}hides all GPUs",
        says="wrong_cuda_visible_devices",
        confidence=_CERTAIN,
    ),
    sign(
        "invalid_device_id",
        (
            "invalid device id",
            "invalid_device",
            "device ordinal",
            "device_count() is",
            "machine only has",
            "requested cuda device",
            "device < num_gpus",
        ),
        r"Invalid device id|CUDA_ERROR_INVALID_DEVICE|invalid device ordinal"
        r"|on CUDA device \d+ but torch\.cuda\.device_count\(\) is \d"
        r"|machine only has:? (?:\[\d|\d+ GPU)"
        r"|requested CUDA device could not be loaded|device < num_gpus INTERNAL ASSERT",
    ),
    sign(
        "jax_platform",
        ("jax_platforms", "jax_platform_name"),
        r"(?:export |env: )?(?P<variable>JAX_PLATFORM(?:S|_NAME))(?:['\"]\])?"
        r" ?[=:] ?['\"]?(?P<value>\w+)\b(?!['\"]? to (?:skip|automatically))",
    ),
    sign(
        "jax_unknown_backend",
        "unknown backend",
        r"Unknown backend:? ['\"]?(?P<name>\w+)['\"]? requested|Unknown backend (?P<name2>\w+)",
    ),
    sign(
        "jax_not_in_platforms",
        "not in the list of known backends",
        r"['\"]?(?P<name>\w+)['\"]? is not in the list of known backends",
    ),
)


def hidden(clues: Clues) -> Iterator[Candidate]:
    """CUDA_VISIBLE_DEVICES names no GPU."""
    trouble = clues.first(
        "no_device",
        "torch_no_gpus",
        "cuinit",
        "false",
        "no_gpu_list",
        "invalid_device_id",
        "gpu_wanted",
    )
    for clue in clues.all("visible", "visible_empty"):
        value = clue["value"].strip("'\" ").lower()
        if value in _HIDING:
            yield certain(
                "wrong_cuda_visible_devices", [clue, *([trouble] if trouble else [])], value=value
            )
            return
    if (ordinal := clues.first("invalid_device_id")) and not clues.has("visible"):
        yield likely("wrong_cuda_visible_devices", [ordinal])
    setting = clues.first("visible")
    said = ("torch_no_gpus", "no_device", "invalid_device_id", "gpu_wanted", "false")
    if setting and trouble and clues.has(*said):
        value = setting["value"].strip("'\" ")
        yield likely("wrong_cuda_visible_devices", [setting, trouble], value=value)


def jax_platform(clues: Clues) -> Iterator[Candidate]:
    """JAX was told by name which backend to use."""
    unknown = clues.first("jax_unknown_backend", "jax_not_in_platforms")
    for clue in clues.all("jax_platform"):
        value = clue["value"].lower()
        if value == "cpu" or unknown:
            yield likely(
                "wrong_jax_platform_name",
                [clue, *([unknown] if unknown else [])],
                variable=clue["variable"],
                value=clue["value"],
            )
            return
    if unknown and not clues.has("jax_cpu_only"):
        name = (unknown["name"] or unknown["name2"]).lower()
        if name in {"gpu", "cuda"}:
            yield likely("cpu_only_build", [unknown], framework="jax")
            yield likely("wrong_jax_platform_name", [unknown], value=name)
        elif name == "tpu":
            yield likely("libtpu_library_missing", [unknown])
            yield likely("wrong_jax_platform_name", [unknown], value=name)
        else:
            yield likely("wrong_jax_platform_name", [unknown], value=name)


RULES: tuple[Rule, ...] = (
    hidden,
    jax_platform,
)
