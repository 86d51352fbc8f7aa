"""TensorFlow 2.19 and later."""

from __future__ import annotations

from typing import Any, Callable, Optional

import numpy as np
import tensorflow as tf

from accelgui.agent.backends.base import Backend, Matrix, carrier, require_device
from accelgui.agent.backends.cpu import cpu_device
from accelgui.model.snapshot import FrameworkDevice

_OPERATIONS: dict[str, Callable[..., Any]] = {
    "matmul": tf.linalg.matmul,
    "sum": lambda x: tf.math.reduce_sum(x, axis=-1),
    "softmax": tf.nn.softmax,
    "exp": tf.math.exp,
    "log": tf.math.log,
    "tanh": tf.math.tanh,
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
        self, operation: str, dtype: str, device: FrameworkDevice, *operands: Any, stride: int = 1
    ) -> Any:
        """Do one operation eagerly on `device`; see Backend.run."""
        # The same switch picks multi-pass float32 on a TPU.
        tf.config.experimental.enable_tensor_float_32_execution(dtype == "tf32")
        element = tf.dtypes.as_dtype("float32" if dtype == "tf32" else dtype)
        arrays = [np.asarray(operand, carrier(dtype)) for operand in operands]
        with tf.device(device.name):
            tensors = [tf.cast(tf.convert_to_tensor(array), element) for array in arrays]
            if operation == "conv2d":
                result = tf.nn.conv2d(*tensors, strides=stride, padding="VALID")
            else:
                result = _OPERATIONS[operation](*tensors)
        require_device(device.name, _place(result))
        array = result.numpy()
        return array.astype(np.float32) if dtype == "bfloat16" else array

    def integer_matmul(self, device: FrameworkDevice, a: Matrix, b: Matrix) -> tuple[Matrix, str]:
        """Return a · b in float32 as TensorFlow does it by default, and where it was made."""
        with tf.device(device.name):
            left, right = (tf.convert_to_tensor(x, tf.float32) for x in (a, b))
            result = tf.linalg.matmul(left, right)
        return result.numpy().tolist(), _place(result)

    def lacks(self, error: Exception) -> bool:
        """Tell whether TensorFlow says that it has no such kernel."""
        missing = (tf.errors.UnimplementedError, tf.errors.NotFoundError)
        return super().lacks(error) or isinstance(error, missing)


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
