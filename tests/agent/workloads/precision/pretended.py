"""A device acted out in NumPy, right in every dtype, and the ways in which it can be wrong."""

# ruff: noqa: ARG002 - It computes in the same way wherever it is told to.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from accelgui.agent.backends.base import DTYPES, Backend
from accelgui.agent.workloads.precision.formats import FORMATS, Format, operand_format
from accelgui.agent.workloads.precision.operations.windows import patches
from accelgui.agent.workloads.precision.references import followed_gradients, reference
from accelgui.agent.workloads.precision.running_error import rounding
from accelgui.model.snapshot import FrameworkDevice

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.agent.workloads.precision.formats import Array

    Arrays = tuple[Array, ...]

CPU = FrameworkDevice("cpu", "cpu")
GPU = FrameworkDevice("gpu:0", "gpu:0", "Pretended H200", "9.0")

# What NumPy's result is kept in; bfloat16 and TF32 live in float32.
_CARRIER = {"float64": np.float64, "float16": np.float16}


class Pretended(Backend):
    """Computes as hardware does: narrow operands, a float32 accumulator, one rounding at the end.

    `fault` gets each result with the number of the call and returns what the device would.
    """

    framework = "pretended"
    version = "1.0"

    def __init__(self, fault: Callable[[Array, int], Array] | None = None) -> None:
        self.calls = 0
        self._fault = fault

    def build(self) -> dict[str, str]:
        return {}

    def devices(self) -> tuple[FrameworkDevice, ...]:
        return (CPU, GPU)

    def dtypes(self, device: FrameworkDevice) -> tuple[str, ...]:
        return DTYPES if device == GPU else tuple(name for name in DTYPES if name != "tf32")

    def run(
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        *operands: Any,
        stride: int = 1,
        entry: str | None = None,
    ) -> Any:
        self.calls += 1
        result = self.compute(operation, dtype, operands, stride)
        return result if self._fault is None else self._fault(result, self.calls)

    def gradient(
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        cotangent: Any,
        *operands: Any,
        stride: int = 1,
    ) -> tuple[Any, ...]:
        self.calls += 1
        found = followed_gradients(operation, cotangent, operands, rounding(dtype, "gpu"), stride)
        form = operand_format(dtype)
        results = [form.round(each.value).astype(_CARRIER.get(dtype, np.float32)) for each in found]
        if self._fault is not None:
            results[0] = self._fault(results[0], self.calls)
        return tuple(results)

    def random(self, kind: str, device: FrameworkDevice, seed: int, count: int) -> Any:
        rng = np.random.default_rng(seed)
        drawn = rng.random(count) if kind == "uniform" else rng.standard_normal(count)
        return drawn.astype(np.float32)

    def filled(self, device: FrameworkDevice, words: int, pattern: int) -> Any:
        return np.full(words, pattern, np.uint32)

    def count_changed(self, block: Any, pattern: int) -> int:
        return int(np.count_nonzero(block != pattern))

    def set_deterministic(self, *, enabled: bool) -> bool:
        return False

    @property
    def entries(self) -> tuple[str, ...]:
        return ("matmul", "@")

    def compute(
        self, operation: str, dtype: str, operands: tuple[Array, ...], stride: int
    ) -> Array:
        if dtype == "int8":
            return reference(operation, operands, stride).astype(np.int32)
        form = FORMATS["tf32"] if dtype == "tf32" else operand_format(dtype)
        accumulator = np.float64 if dtype == "float64" else np.float32
        with np.errstate(all="ignore"):
            if operation == "cast":
                return form.round(operands[0]).astype(_CARRIER.get(dtype, np.float32))
            held = tuple(held_in(form, operand, accumulator) for operand in operands)
            result = reference(operation, held, stride)
            if dtype in {"float16", "bfloat16"}:
                result = form.round(result)
                result = np.where(np.abs(result) > form.largest, np.sign(result) * np.inf, result)
            return result.astype(_CARRIER.get(dtype, np.float32))

    def integer_matmul(
        self, device: FrameworkDevice, a: list[list[float]], b: list[list[float]]
    ) -> tuple[list[list[float]], str]:
        product = np.array(a) @ np.array(b)
        product = product if self._fault is None else self._fault(product, 1)
        return product.tolist(), device.name


class Narrowed(Pretended):
    """Says float32 and computes in something less."""

    def __init__(self, name: str, where: str, *, truncate: bool, label: str = "float32") -> None:
        super().__init__()
        self._form = FORMATS[name]
        self._where = where
        self._truncate = truncate
        self._label = label

    def compute(
        self, operation: str, dtype: str, operands: tuple[Array, ...], stride: int
    ) -> Array:
        if dtype != self._label:
            return super().compute(operation, dtype, operands, stride)
        if "in" in self._where:
            operands = tuple(
                x if x.dtype.kind == "i" else self._form.round(x, truncate=self._truncate)
                for x in operands
            )
        with np.errstate(divide="ignore"):  # What rounds to 0 has the logarithm −∞.
            result = super().compute(operation, dtype, operands, stride)
        if "out" in self._where:
            result = self._form.round(result, truncate=self._truncate).astype(result.dtype)
        return result


class ShortSums(Pretended):
    """Leaves out the last product of each sum."""

    def compute(
        self, operation: str, dtype: str, operands: tuple[Array, ...], stride: int
    ) -> Array:
        if operation in {"matmul", "conv2d"}:
            left, right = operands
            right = right.copy()
            flat = right.reshape(-1, right.shape[-1])
            flat[-1] = 0
            operands = (left, right)
        elif operation == "sum":
            operands = (operands[0][..., :-1],)
        return super().compute(operation, dtype, operands, stride)


def held_in(form: Format, operand: Array, accumulator: type) -> Array:
    """Return an operand as the device holds it; indices stay what they are."""
    operand = np.asarray(operand)
    return operand if operand.dtype.kind == "i" else form.round(operand).astype(accumulator)


def flip_bit(bit: int) -> Callable[[Array, int], Array]:
    """Flip a bit of the significand, counted from its lowest, in the middle element."""

    def fault(result: Array, _: int) -> Array:
        result = result.copy()
        bits = result.reshape(-1).view(f"u{result.itemsize}")
        # bfloat16 travels in the upper half of a float32.
        low = 16 if result.dtype == np.float32 and not np.any(bits & 0xFFFF) else 0
        bits[bits.size // 2] ^= np.array(1 << (bit + low), bits.dtype)
        return result

    return fault


def put(value: float) -> Callable[[Array, int], Array]:
    """Put a value into the last element."""

    def fault(result: Array, _: int) -> Array:
        result = result.copy()
        result.reshape(-1)[-1] = value
        return result

    return fault


def one_relative_error(size: float) -> Callable[[Array, int], Array]:
    """Have the largest element off by a part of itself."""

    def fault(result: Array, _: int) -> Array:
        result = result.copy()
        flat = result.reshape(-1)
        # The largest element that has room above it.
        at = np.argmax(np.where(np.abs(flat) < np.finfo(result.dtype).max / 4, np.abs(flat), 0))
        flat[at] *= result.dtype.type(1 + size)
        return result

    return fault


def scaled(result: Array, _: int) -> Array:
    """Have all elements off by a thousandth."""
    return np.asarray(result * result.dtype.type(1.001), result.dtype)


def transposed(result: Array, _: int) -> Array:
    """Give a square result transposed, any other with its axes read in the wrong order."""
    return np.ascontiguousarray(result.T).reshape(result.shape)


def unwritten_tile(result: Array, _: int) -> Array:
    """Leave a sixteenth of the elements at zero."""
    result = result.copy()
    flat = result.reshape(-1)
    flat[: max(1, flat.size // 16)] = 0
    return result


def row_missing(result: Array, _: int) -> Array:
    """Give one row too few."""
    return result[:-1]


def other_the_second_time(result: Array, call: int) -> Array:
    """Change the lowest bit of one element every other time."""
    return flip_bit(0)(result, call) if call % 2 == 0 else result


class TensorCore(Pretended):
    """Adds as the tensor cores of NVIDIA do: blocks aligned to their largest term and cut off.

    `block` products and the accumulator are cut to `kept_bits` below the exponent of the largest
    of them, added exactly, and cut to float32: V100 has 4 and 23, A100 8 and 24, H100 16 and 25
    (as modelled by MMA-Sim and FTTN from what the hardware puts out).
    """

    def __init__(self, block: int, kept_bits: int) -> None:
        super().__init__()
        self._block = block
        self._kept_bits = kept_bits

    def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
        if operation not in {"matmul", "conv2d"} or dtype in {"float64", "float32"}:
            return super().compute(operation, dtype, operands, stride)
        form = FORMATS[dtype]
        held = tuple(form.round(operand, truncate=dtype == "tf32") for operand in operands)
        left, right = held
        if operation == "conv2d":
            height, width, _, outputs = right.shape
            left, right = patches(left, height, width, stride), right.reshape(-1, outputs)
        rows = left.reshape(-1, left.shape[-1])
        block = max(1, self._block // 2) if dtype == "tf32" else self._block
        sums = self._accumulated(rows, right, block).reshape(*left.shape[:-1], right.shape[-1])
        if dtype != "tf32":
            sums = form.round(sums)
        return sums.astype(_CARRIER.get(dtype, np.float32))

    def _accumulated(self, left: Array, right: Array, block: int) -> Array:
        total = np.zeros((left.shape[0], right.shape[1]))
        for start in range(0, left.shape[1], block):
            part = slice(start, start + block)
            terms = np.concatenate(
                [left[:, part, None] * right[None, part, :], total[:, None, :]], 1
            )
            _, exponents = np.frexp(np.abs(terms).max(axis=1, keepdims=True))
            step = np.ldexp(1.0, exponents - 1 - self._kept_bits)
            total = (np.trunc(terms / step) * step).sum(axis=1)
            total = FORMATS["float32"].round(total, truncate=True)
        return total
