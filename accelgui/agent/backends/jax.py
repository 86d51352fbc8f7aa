"""JAX on CPU, CUDA and TPU."""

from __future__ import annotations

import logging
from importlib import metadata
from typing import TYPE_CHECKING, Any, Callable, Optional

import jax
import jax.numpy as jnp
import numpy as np

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
from accelgui.agent.backends.jax_operations import MATMUL_ENTRIES, OPERATIONS
from accelgui.model.snapshot import FrameworkDevice

if TYPE_CHECKING:
    from collections.abc import Mapping

# What jax calls the arithmetic of float32 products; "highest" is all 24 bits on every device.
_PRECISION = {"tf32": "tensorfloat32"}

_PLUGINS = "jax_plugins"


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
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        *operands: Any,
        stride: int = 1,
        entry: Optional[str] = None,
    ) -> Any:
        """Do one operation on `device`; see Backend.run."""
        operate = MATMUL_ENTRIES[entry] if entry else OPERATIONS[operation]
        # The rounding of a cast is what is checked, so that the device has to do it.
        fed = "float32" if operation == "cast" else dtype
        with jax.default_matmul_precision(_PRECISION.get(dtype, "highest")):
            tensors = [self._tensor(operand, fed, device) for operand in operands]
            if operation == "cast":
                tensors = [tensor.astype(element(dtype)) for tensor in tensors]
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
        """Return jax.vjp's product; see Backend.gradient.

        Compiled as a whole, as in training, which takes a third of the time of step by step.
        """
        with jax.default_matmul_precision(_PRECISION.get(dtype, "highest")):
            tensors = [self._tensor(operand, dtype, device) for operand in operands]
            weights = self._tensor(cotangent, dtype, device)
            numbers = [n for n, tensor in enumerate(tensors) if _is_floating(tensor)]

            def pulled(weights: Any, *tensors: Any) -> Any:
                def operate(*floating: Any) -> Any:
                    given = dict(zip(numbers, floating))
                    merged = [given.get(n, tensor) for n, tensor in enumerate(tensors)]
                    return OPERATIONS[operation](*merged, **options(operation, stride))

                result, pull = jax.vjp(operate, *(tensors[n] for n in numbers))
                return pull(weights.reshape(result.shape).astype(result.dtype))

            gradients = jax.jit(pulled)(weights, *tensors)
        return tuple(_array(gradient, device) for gradient in gradients)

    def random(self, kind: str, device: FrameworkDevice, seed: int, count: int) -> Any:
        """Draw with a key made of the seed; see Backend.random."""
        draw = jax.random.uniform if kind == "uniform" else jax.random.normal
        with jax.default_device(self._placed[device.name]):
            return _array(draw(jax.random.key(seed), (count,), dtype=jnp.float32), device)

    def filled(self, device: FrameworkDevice, words: int, pattern: int) -> Any:
        """Fill memory; see Backend.filled."""
        with jax.default_device(self._placed[device.name]):
            return jnp.full((words,), signed(pattern), dtype=jnp.int32).block_until_ready()

    def count_changed(self, block: Any, pattern: int) -> int:
        """Read it again; see Backend.count_changed."""
        return int(jnp.count_nonzero(block != signed(pattern)))

    def set_deterministic(self, *, enabled: bool) -> bool:  # noqa: ARG002 - There is no switch.
        """Say that XLA takes this as a flag at its start only."""
        return False

    @property
    def operations(self) -> Mapping[str, Callable[..., Any]]:
        """The calls by operation."""
        return OPERATIONS

    @property
    def entries(self) -> tuple[str, ...]:
        """Other public names of the product of two matrices."""
        return tuple(MATMUL_ENTRIES)

    def _tensor(self, operand: Any, dtype: str, device: FrameworkDevice) -> Any:
        array = carried(operand, dtype)
        if array.dtype.kind == "f":
            # Here, where it costs nothing: XLA compiles a conversion for each dtype and shape.
            array = array.astype(jnp.dtype(element(dtype)))
        return jax.device_put(array, self._placed[device.name])

    def integer_matmul(self, device: FrameworkDevice, a: Matrix, b: Matrix) -> tuple[Matrix, str]:
        """Return a · b in float32 as JAX does it by default, and where it was made."""
        target = self._placed[device.name]
        left, right = (jax.device_put(np.asarray(x, np.float32), target) for x in (a, b))
        result = jnp.matmul(left, right)
        return np.asarray(result).tolist(), _place(result)


def _is_floating(tensor: Any) -> bool:
    return bool(jnp.issubdtype(tensor.dtype, jnp.floating))


def _array(result: Any, device: FrameworkDevice) -> Any:
    """Return a result as NumPy holds it, if it was made where it should have been."""
    require_device(device.name, _place(result))
    array = np.asarray(result)
    if _is_floating(result) and result.dtype.name not in {"float64", "float32", "float16"}:
        return array.astype(np.float32)
    return array


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
