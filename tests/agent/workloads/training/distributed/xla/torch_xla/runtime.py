"""As torch_xla.runtime, for a machine with four TPU devices."""

from __future__ import annotations

is_spmd = False


def device_type() -> str:
    return "TPU"


def global_runtime_device_count() -> int:
    return 4


def use_spmd(auto: bool = False) -> None:
    global is_spmd  # noqa: PLW0603 - It is a switch of the process.
    is_spmd = True
