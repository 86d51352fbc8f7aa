"""TensorFlow 2.19 and later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

import numpy as np
import tensorflow as tf

from accelgui.agent.backends.base import (
    Backend,
    Matrix,
    element,
    options,
    require_device,
    signed,
)
from accelgui.agent.backends.carriers import carried
from accelgui.agent.backends.cpu import cpu_device
from accelgui.agent.backends.tensorflow_operations import MATMUL_ENTRIES, OPERATIONS
from accelgui.model.snapshot import FrameworkDevice

if TYPE_CHECKING:
    from collections.abc import Mapping

_DTYPES = {
    "float8_e4m3fn": tf.dtypes.experimental.float8_e4m3fn,
    "float8_e5m2": tf.dtypes.experimental.float8_e5m2,
    "int8": tf.int8,
}


class TensorFlowBackend(Backend):
    """TensorFlow; GPU memory grows as needed instead of being taken whole."""

    framework = "tensorflow"

    def __init__(self) -> None:
        self.version = str(tf.__version__)
        self._devices: Optional[tuple[FrameworkDevice, ...]] = None

    def build(self) -> dict[str, str]:
        """Return tf.sysconfig.get_build_info() as text, with the usual name for architectures."""
        facts = dict(tf.sysconfig.get_build_info())
        architectures = facts.pop("cuda_compute_capabilities", None)
        build = {str(name): str(value) for name, value in facts.items()}
        if architectures:
            build["compute_capabilities"] = ",".join(map(str, architectures))
        return build

    def devices(self) -> tuple[FrameworkDevice, ...]:
        """Return the CPU, then GPUs, then TPU cores."""
        if self._devices is None:
            self._devices = _list_devices()
        return self._devices

    def dtypes(self, device: FrameworkDevice) -> tuple[str, ...]:
        """Return all dtypes, but neither float64 nor float16 on a TPU, TF32 where there is any."""
        if device.key.startswith("tpu"):
            return ("float32", "bfloat16")
        names = ("float64", "float32", "tf32", "float16", "bfloat16")
        return tuple(name for name in names if name != "tf32" or self.has_tf32(device))

    def run(
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        *operands: Any,
        stride: int = 1,
        entry: Optional[str] = None,
    ) -> Any:
        """Do one operation eagerly on `device`; see Backend.run."""
        _set_tf32(dtype)
        operate = MATMUL_ENTRIES[entry] if entry else OPERATIONS[operation]
        with tf.device(device.name):
            tensors = [_tensor(operand, dtype) for operand in operands]
            result = operate(*tensors, **options(operation, stride))
        return _array(result, device)

    def gradient(
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        cotangent: Any,
        *operands: Any,
        stride: int = 1,
    ) -> tuple[Any, ...]:
        """Differentiate with a tape; see Backend.gradient."""
        _set_tf32(dtype)
        with tf.device(device.name):
            tensors = [_tensor(operand, dtype) for operand in operands]
            watched = [tensor for tensor in tensors if tensor.dtype.is_floating]
            with tf.GradientTape() as tape:
                tape.watch(watched)
                result = OPERATIONS[operation](*tensors, **options(operation, stride))
            output_gradients = tf.reshape(_tensor(cotangent, dtype), result.shape)
            gradients = tape.gradient(result, watched, output_gradients)
            # The gradient of tf.gather is a list of rows to be added up.
            gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        return tuple(_array(gradient, device) for gradient in gradients)

    def random(self, kind: str, device: FrameworkDevice, seed: int, count: int) -> Any:
        """Draw with the global generator that a seed starts; see Backend.random."""
        tf.random.set_seed(seed)
        draw = tf.random.uniform if kind == "uniform" else tf.random.normal
        with tf.device(device.name):
            return _array(draw([count]), device)

    def filled(self, device: FrameworkDevice, words: int, pattern: int) -> Any:
        """Fill memory; see Backend.filled."""
        with tf.device(device.name):
            return tf.fill([words], tf.constant(signed(pattern), tf.int32))

    def count_changed(self, block: Any, pattern: int) -> int:
        """Read it again; see Backend.count_changed."""
        with tf.device(block.device):
            return int(tf.math.count_nonzero(tf.not_equal(block, signed(pattern))))

    def set_deterministic(self, *, enabled: bool) -> bool:
        """Have TensorFlow pick deterministic kernels; there is no public way back."""
        if enabled:
            tf.config.experimental.enable_op_determinism()
        return enabled

    @property
    def operations(self) -> Mapping[str, Callable[..., Any]]:
        """The calls by operation."""
        return OPERATIONS

    @property
    def entries(self) -> tuple[str, ...]:
        """Other public names of the product of two matrices."""
        return tuple(MATMUL_ENTRIES)

    def integer_matmul(self, device: FrameworkDevice, a: Matrix, b: Matrix) -> tuple[Matrix, str]:
        """Return a · b in float32 as TensorFlow does it by default, and where it was made."""
        with tf.device(device.name):
            left, right = (tf.convert_to_tensor(x, tf.float32) for x in (a, b))
            result = tf.linalg.matmul(left, right)
        return result.numpy().tolist(), _place(result)

    def lacks(self, error: Exception) -> bool:
        """Tell whether TensorFlow says that it has no such kernel."""
        missing = (tf.errors.UnimplementedError, tf.errors.NotFoundError)
        if super().lacks(error) or isinstance(error, missing):
            return True
        # Said before any kernel is looked for.
        return "is not in the list of allowed values" in str(error)


def _set_tf32(dtype: str) -> None:
    # The same switch picks multi-pass float32 on a TPU.
    tf.config.experimental.enable_tensor_float_32_execution(dtype == "tf32")


def _tensor(operand: Any, dtype: str) -> Any:
    tensor = tf.convert_to_tensor(carried(operand, dtype))
    if not tensor.dtype.is_floating:
        return tensor
    return tf.cast(tensor, _DTYPES.get(dtype) or tf.dtypes.as_dtype(element(dtype)))


def _array(result: Any, device: FrameworkDevice) -> Any:
    """Return a result as NumPy holds it, if it was made where it should have been."""
    require_device(device.name, _place(result))
    if result.dtype.is_floating and result.dtype.name not in {"float64", "float32", "float16"}:
        return result.numpy().astype(np.float32)
    return result.numpy()


def _list_devices() -> tuple[FrameworkDevice, ...]:
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    found = [cpu_device("/device:CPU:0")]
    found += [_gpu(gpu, number) for number, gpu in enumerate(gpus)]
    found += [
        FrameworkDevice(f"tpu:{number}", f"/device:TPU:{number}")
        for number in range(_start_tpu() if _has_tpu_system() else 0)
    ]
    return tuple(found)


def _gpu(gpu: Any, number: int) -> FrameworkDevice:
    details = tf.config.experimental.get_device_details(gpu)
    capability = details.get("compute_capability")
    return FrameworkDevice(
        key=f"gpu:{number}",
        name=f"/device:GPU:{number}",
        description=details.get("device_name"),
        compute_capability=".".join(map(str, capability)) if capability else None,
    )


def _has_tpu_system() -> bool:
    # Only the tensorflow-tpu wheel on a TPU VM lists it; others cannot start a TPU at all.
    return bool(tf.config.list_physical_devices("TPU_SYSTEM"))


def _start_tpu() -> int:
    """Start the TPU system of this machine and return how many cores it has."""
    # Creating this resolver always succeeds: what follows is the real test.
    resolver = tf.distribute.cluster_resolver.TPUClusterResolver("local")
    tf.tpu.experimental.initialize_tpu_system(resolver)
    return len(tf.config.list_logical_devices("TPU"))


def _place(tensor: Any) -> str:
    """Return where a tensor's memory is, e.g. /device:GPU:0, without job and task."""
    return "/device:" + str(tensor.backing_device).rpartition("/device:")[2]
