"""Rules of a framework that was told not to see the accelerator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error
from accelgui.diagnosis.rules import libcuda
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

# The probe's own words in the log.
_LISTS_NONE = r"lists no devices: (?P<message>.*)"

_IDENTIFIER_CHARACTERS = len("GPU-00000000-0000-0000-0000-000000000000")
_GPU_PLATFORMS = {"cuda", "gpu", "rocm"}


def hidden_by_variable(case: Case) -> Finding | None:
    """CUDA_VISIBLE_DEVICES names no GPU that exists, and the framework lists none."""
    value = case.environment.get("CUDA_VISIBLE_DEVICES")
    if value is None or not case.has_nvidia or case.framework_lists_accelerator:
        return None
    if libcuda.hidden_by_variable(case) is not None:
        return None
    if not hides_all(value, _gpu_count(case), _identifiers(case)):
        return None
    evidence = Evidence("CUDA_VISIBLE_DEVICES", value or "set, but empty")
    return error(
        "wrong_cuda_visible_devices",
        Link.FRAMEWORK_LISTS,
        evidence,
        # What a tree of files has written down need not hold for every program.
        confidence=Confidence.CERTAIN if case.is_live else Confidence.LIKELY,
        value=value,
    )


def hides_all(value: str, count: int | None, identifiers: frozenset[str] = frozenset()) -> bool:
    """Say whether a value of CUDA_VISIBLE_DEVICES leaves no device.

    CUDA takes the entries up to the first that names no device. Names of devices by UUID ("GPU-",
    "MIG-") are taken as right, unless a whole one is none of `identifiers`; `count` None means that
    the number of GPUs is not known.
    """
    first = value.split(",", maxsplit=1)[0].strip()
    if first.startswith("GPU-") and len(first) == _IDENTIFIER_CHARACTERS and identifiers:
        return first.lower() not in identifiers
    if first.startswith(("GPU-", "MIG-")):
        return False
    if not (first.isascii() and first.isdecimal()):
        return True
    return count is not None and int(first[:9]) >= count


def jax_platform(case: Case) -> Finding | None:
    """JAX was told by name to use another backend."""
    framework = case.framework
    if framework is None or framework.name != "jax" or case.framework_lists_accelerator:
        return None
    if not case.has_accelerator:
        return None
    for name in ("JAX_PLATFORMS", "JAX_PLATFORM_NAME"):
        value = case.environment.get(name)
        if value and not _names_accelerator(case, value):
            return error(
                "wrong_jax_platform_name",
                Link.FRAMEWORK_LISTS,
                Evidence(name, value),
                confidence=Confidence.CERTAIN if case.is_live else Confidence.LIKELY,
                variable=name,
                value=value,
            )
    return None


def listing_fails(case: Case) -> Finding | None:
    """Asked for its devices, the framework raised: the driver's error, mostly."""
    framework = case.framework
    if framework is None or not framework.imported or framework.devices or framework.timed_out:
        return None
    match = first_match(case, _LISTS_NONE)
    if match is None or not case.has_accelerator:
        return None
    return error(
        "device_listing_fails",
        Link.FRAMEWORK_LISTS,
        match.evidence,
        confidence=Confidence.LIKELY,
        message=match.groups.get("message", ""),
    )


def _names_accelerator(case: Case, value: str) -> bool:
    wanted = {part.strip().lower() for part in value.split(",")}
    usable = _GPU_PLATFORMS if case.has_nvidia else set()
    return bool(wanted & (usable | ({"tpu"} if case.has_tpu else set())))


def _identifiers(case: Case) -> frozenset[str]:
    """Return the UUIDs of all GPUs, none where one of them does not tell its own."""
    told = [(gpu.uuid or "").lower() for gpu in case.nvidia.gpus]
    return frozenset(told) if all(told) else frozenset()


def _gpu_count(case: Case) -> int | None:
    counts = [case.nvidia.nvml_device_count, len(case.nvidia_gpus) or None]
    return next((count for count in counts if count), None)


RULES: tuple[Rule, ...] = (hidden_by_variable, jax_platform, listing_fails)
