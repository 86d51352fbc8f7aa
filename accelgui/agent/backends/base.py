"""What a framework has to offer so that probes and workloads need not know which one it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Callable, Optional

from accelgui.agent.failures import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accelgui.model.snapshot import FrameworkDevice

# Ampere was the first to have it.
_TF32_CAPABILITY = (8, 0)

# float32 with TF32 inputs is a dtype of its own here: "float32" always means TF32 off.
DTYPES = ("float64", "float32", "tf32", "float16", "bfloat16")

# For casts, and for products where framework and device have them.
NARROW_DTYPES = ("float8_e4m3fn", "float8_e5m2", "int8")

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

    def limit_threads(self, count: int) -> bool:
        """Compute on the CPU with at most `count` threads; says whether that took any away."""
        del count
        return False

    @abstractmethod
    def dtypes(self, device: FrameworkDevice) -> tuple[str, ...]:
        """Return the names out of DTYPES that `device` computes in, the widest first."""

    @abstractmethod
    def run(
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        *operands: Any,
        stride: int = 1,
        entry: Optional[str] = None,
    ) -> Any:
        """Do one operation on `device` and return the result as a NumPy array.

        Operands are NumPy arrays whose values `dtype` holds exactly: they cross as
        `carrier(dtype)` and must not be rounded on the way ("cast" is the exception: rounding is
        what it is for). Arrays of integers are indices and stay such. The result has the NumPy
        dtype of the same name, but bfloat16 and float8 come back as the float32 that hold their
        values, as NumPy has neither, and products of int8 in a wider integer.

        matmul: [..., m, k] · [..., k, n], by way of `entry` out of `entries` if given.
        conv2d: NHWC [b, h, w, c] with HWIO [kh, kw, c, o], no padding, the same stride both ways;
        conv2d_nchw: the same with images [b, c, h, w]. attention: [b, heads, t, d] three times.
        sum, mean, cumsum, softmax, logsumexp: over the last axis. layer_norm (last axis) and
        batch_norm (all but the last): data, scale, offset, ε = 2⁻¹⁰. max_pool, average_pool: NHWC,
        3×3, stride 2, no padding. gather: table [n, c], indices. scatter_add, segment_sum: target
        [n, c], indices [m], updates [m, c]. mlp_loss: mean((tanh(x·w₁)·w₂ − targets)²). All
        others: each element.

        Raises FrameworkError where the result was not made on `device`, and lets the framework's
        own exceptions through.
        """

    @abstractmethod
    def gradient(
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        cotangent: Any,
        *operands: Any,
        stride: int = 1,
    ) -> tuple[Any, ...]:
        """Return the gradients of Σ cotangent · result with respect to each floating operand."""

    @abstractmethod
    def random(self, kind: str, device: FrameworkDevice, seed: int, count: int) -> Any:
        """Return `count` float32 numbers, "uniform" in [0, 1) or "normal", drawn on `device`."""

    @abstractmethod
    def filled(self, device: FrameworkDevice, words: int, pattern: int) -> Any:
        """Return memory of `device` that holds `pattern` in each of its 32-bit words."""

    @abstractmethod
    def count_changed(self, block: Any, pattern: int) -> int:
        """Return how many words of what `filled` returned are not `pattern`, counted there."""

    @abstractmethod
    def set_deterministic(self, *, enabled: bool) -> bool:
        """Ask for operations that repeat bit by bit; False where there is no such switch.

        Switching off again is not promised: ask for it last.
        """

    @property
    def operations(self) -> Mapping[str, Callable[..., Any]]:
        """The framework's calls by operation, for scripts that quote them."""
        return {}

    @property
    def entries(self) -> tuple[str, ...]:
        """Other public names of the product of two matrices, for `run`."""
        return ()

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


def signed(pattern: int) -> int:
    """Return 32 bits as the int32 that has them."""
    return pattern - (1 << 32) if pattern >= 1 << 31 else pattern


def element(dtype: str) -> str:
    """Return the dtype in which `dtype` is fed to the framework: TF32 is fed with float32."""
    return "float32" if dtype == "tf32" else dtype


def options(operation: str, stride: int) -> dict[str, int]:
    """Return what an operation takes besides operands."""
    return {"stride": stride} if operation.startswith("conv2d") else {}


def require_device(wanted: str, ran_on: str) -> None:
    """Raise FrameworkError unless the result was made where it was asked for."""
    if wanted != ran_on:
        raise FrameworkError(f"the result was made on {ran_on}, not on {wanted}")
