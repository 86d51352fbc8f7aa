"""JAX on CPU, CUDA and TPU."""

from __future__ import annotations

import logging
from importlib import metadata
from typing import Any, Callable, Optional

import jax
import jax.numpy as jnp
import numpy as np

from accelgui.agent.backends.base import Backend, Matrix, carrier, require_device
from accelgui.agent.backends.cpu import cpu_device
from accelgui.model.snapshot import FrameworkDevice

# What jax calls the arithmetic of float32 products; "highest" is all 24 bits on every device.
_PRECISION = {"tf32": "tensorfloat32"}

_PLUGINS = "jax_plugins"


def _conv2d(image: Any, kernel: Any, *, stride: int) -> Any:
    return jax.lax.conv_general_dilated(
        image, kernel, (stride, stride), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "matmul": jnp.matmul,
    "sum": lambda x: jnp.sum(x, axis=-1),
    "softmax": lambda x: jax.nn.softmax(x, axis=-1),
    "exp": jnp.exp,
    "log": jnp.log,
    "tanh": jnp.tanh,
}


class JaxBackend(Backend):
    """JAX; float64 is switched on, since it is checked as well."""

    framework = "jax"

    def __init__(self) -> None:
        self.version = str(jax.__version__)
        self._placed: dict[str, Any] = {}
        self._devices: Optional[tuple[FrameworkDevice, ...]] = None
        jax.config.update("jax_enable_x64", True)

    def build(self) -> dict[str, str]:
        """Return jaxlib's version and the plug-ins that bring other devices than the CPU."""
        plugins = _plugins()
        return {
            "jaxlib_version": metadata.version("jaxlib"),
            "plugins": ",".join(plugins),
            "is_cuda_build": str(any("cuda" in plugin for plugin in plugins)),
            "is_rocm_build": str(any("rocm" in plugin for plugin in plugins)),
        }

    def devices(self) -> tuple[FrameworkDevice, ...]:
        """Return the CPU, then what the default backend is, if it is another one."""
        if self._devices is None:
            _let_it_say_why_not()
            accelerators = [device for device in jax.local_devices() if device.platform != "cpu"]
            placed = [("cpu", cpu) for cpu in _cpus()[:1]]
            placed += [(f"{_kind(d)}:{number}", d) for number, d in enumerate(accelerators)]
            self._placed = {str(device): device for _, device in placed}
            self._devices = tuple(_described(key, device) for key, device in placed)
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
        """Do one operation on `device`; see Backend.run."""
        element = "float32" if dtype == "tf32" else dtype
        arrays = [np.asarray(operand, carrier(dtype)) for operand in operands]
        with jax.default_matmul_precision(_PRECISION.get(dtype, "highest")):
            placed = [jax.device_put(array, self._placed[device.name]) for array in arrays]
            tensors = [array.astype(element) for array in placed]
            if operation == "conv2d":
                result = _conv2d(*tensors, stride=stride)
            else:
                result = _OPERATIONS[operation](*tensors)
        require_device(device.name, _place(result))
        return np.asarray(result.astype(np.float32) if dtype == "bfloat16" else result)

    def integer_matmul(self, device: FrameworkDevice, a: Matrix, b: Matrix) -> tuple[Matrix, str]:
        """Return a · b in float32 as JAX does it by default, and where it was made."""
        target = self._placed[device.name]
        left, right = (jax.device_put(np.asarray(x, np.float32), target) for x in (a, b))
        result = jnp.matmul(left, right)
        return np.asarray(result).tolist(), _place(result)


def _plugins() -> list[str]:
    found = metadata.entry_points()
    # Python 3.9 has a mapping here, later ones an object to select from.
    plugins = found.select(group=_PLUGINS) if hasattr(found, "select") else found.get(_PLUGINS, ())
    return sorted({entry.name for entry in plugins})


def _cpus() -> list[Any]:
    try:
        return list(jax.local_devices(backend="cpu"))
    except RuntimeError:
        return []  # JAX_PLATFORMS names others only.


def _let_it_say_why_not() -> None:
    """Have the reasons why a backend is not used written to stderr; JAX keeps them to itself."""
    logger = logging.getLogger("jax._src.xla_bridge")
    logger.setLevel(logging.INFO)
    logger.addHandler(logging.StreamHandler())


def _kind(device: Any) -> str:
    return "tpu" if device.platform == "tpu" else "gpu"


def _described(key: str, device: Any) -> FrameworkDevice:
    if key == "cpu":
        return cpu_device(str(device))
    return FrameworkDevice(
        key=key,
        name=str(device),
        description=device.device_kind,
        compute_capability=getattr(device, "compute_capability", None),
    )


def _place(array: Any) -> str:
    return ",".join(sorted(str(device) for device in array.devices()))
