"""What a framework has to offer so that probes and workloads need not know which one it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from accelgui.agent.failures import FrameworkError

if TYPE_CHECKING:
    from accelgui.model.snapshot import FrameworkDevice

OPERATIONS = ("matmul", "conv2d", "sum", "softmax", "exp", "log", "tanh")

# Ampere was the first to have it.
_TF32_CAPABILITY = (8, 0)

# float32 with TF32 inputs is a dtype of its own here: "float32" always means TF32 off.
DTYPES = ("float64", "float32", "tf32", "float16", "bfloat16")

Matrix = list[list[float]]


class Backend(ABC):
    """One imported framework.

    `framework` is our name of it (tensorflow, pytorch, jax), `version` its own.
    """

    framework: str
    version: str

    @abstractmethod
    def build(self) -> dict[str, str]:
        """Return what the build says of itself: cuda_version, compute_capabilities and so on."""

    @abstractmethod
    def devices(self) -> tuple[FrameworkDevice, ...]:
        """Return what the framework lists: cpu first, then gpu:0…, tpu:0…; listed once, kept.

        `FrameworkDevice.name` is what the framework takes to place work there.
        """

    @abstractmethod
    def dtypes(self, device: FrameworkDevice) -> tuple[str, ...]:
        """Return the names out of DTYPES that `device` computes in, the widest first."""

    @abstractmethod
    def run(
        self, operation: str, dtype: str, device: FrameworkDevice, *operands: Any, stride: int = 1
    ) -> Any:
        """Do one of OPERATIONS on `device` and return the result as a NumPy array.

        Operands are NumPy arrays of any dtype whose values `dtype` holds exactly: they cross as
        `carrier(dtype)` and must not be rounded on the way. The result has the NumPy dtype of the
        same name, but bfloat16 comes back as the float32 that hold its values, as NumPy has no
        bfloat16 of its own.

        matmul: [m, k] · [k, n]. conv2d: NHWC [b, h, w, c] with HWIO [kh, kw, c, o], no padding,
        the same stride both ways. sum and softmax: over the last axis. exp, log, tanh: each
        element.

        Raises FrameworkError where the result was not made on `device`, and lets the framework's
        own exceptions through.
        """

    @abstractmethod
    def integer_matmul(self, device: FrameworkDevice, a: Matrix, b: Matrix) -> tuple[Matrix, str]:
        """Return a · b in float32 with whatever arithmetic is on by default, and where it was made.

        The proof of life of the framework probe: no device check here, the caller judges both.
        """

    def has_tf32(self, device: FrameworkDevice) -> bool:
        """Tell whether the hardware multiplies in TF32."""
        if device.compute_capability is None:
            return False
        major, minor = device.compute_capability.split(".")[:2]
        return (int(major), int(minor)) >= _TF32_CAPABILITY

    def lacks(self, error: Exception) -> bool:
        """Tell whether `error` says that the device has no such operation in that dtype."""
        return isinstance(error, NotImplementedError)


def carrier(dtype: str) -> str:
    """Return the NumPy dtype in which operands of `dtype` are handed over."""
    return "float64" if dtype == "float64" else "float32"


def require_device(wanted: str, ran_on: str) -> None:
    """Raise FrameworkError unless the result was made where it was asked for."""
    if wanted != ran_on:
        raise FrameworkError(f"the result was made on {ran_on}, not on {wanted}")
