"""PyTorch 2; CUDA and, under the same names, ROCm."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any, Callable, Optional

import torch

from accelgui.agent.backends.base import (
    DTYPES,
    Backend,
    Matrix,
    options,
    require_device,
    signed,
)
from accelgui.agent.backends.cpu import cpu_device
from accelgui.agent.backends.pytorch_operations import MATMUL_ENTRIES, OPERATIONS
from accelgui.model.snapshot import FrameworkDevice

if TYPE_CHECKING:
    from collections.abc import Mapping

_DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "tf32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float8_e4m3fn": torch.float8_e4m3fn,
    "float8_e5m2": torch.float8_e5m2,
    "int8": torch.int8,
}

_NOT_IN_NUMPY = {torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2}


class PyTorchBackend(Backend):
    """PyTorch; operations are done without gradients."""

    framework = "pytorch"

    def __init__(self) -> None:
        self.version = str(torch.__version__)
        self._devices: Optional[tuple[FrameworkDevice, ...]] = None

    def build(self) -> dict[str, str]:
        """Return the CUDA or ROCm version and the architectures that the build has kernels for."""
        facts = {
            "is_cuda_build": torch.version.cuda is not None,
            "is_rocm_build": torch.version.hip is not None,
            "cuda_version": torch.version.cuda,
            "rocm_version": torch.version.hip,
            "compute_capabilities": ",".join(_architectures()),
        }
        return {name: str(value) for name, value in facts.items() if value not in {None, ""}}

    def devices(self) -> tuple[FrameworkDevice, ...]:
        """Return the CPU, then the GPUs, then the TPUs that PyTorch/XLA has."""
        if self._devices is None:
            self._devices = (cpu_device("cpu"), *_list_gpus(), *_list_tpus())
        return self._devices

    def limit_threads(self, count: int) -> bool:
        """Take fewer threads; see Backend.limit_threads."""
        if torch.get_num_threads() <= count:
            return False
        torch.set_num_threads(count)
        return True

    def dtypes(self, device: FrameworkDevice) -> tuple[str, ...]:
        """Return all dtypes, but neither float64 nor float16 on a TPU, TF32 where there is any."""
        if device.key.startswith("tpu"):
            return ("float32", "bfloat16")
        return tuple(name for name in DTYPES if name != "tf32" or self.has_tf32(device))

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
        _set_tf32(enabled=dtype == "tf32")
        operate = MATMUL_ENTRIES[entry] if entry else OPERATIONS[operation]
        tensors = [_tensor(operand, dtype, device) for operand in operands]
        with torch.no_grad():
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
        """Differentiate by autograd; see Backend.gradient."""
        _set_tf32(enabled=dtype == "tf32")
        tensors = [_tensor(operand, dtype, device) for operand in operands]
        leaves = [tensor for tensor in tensors if tensor.is_floating_point()]
        for leaf in leaves:
            leaf.requires_grad_()
        result = OPERATIONS[operation](*tensors, **options(operation, stride))
        weights = _tensor(cotangent, dtype, device).reshape(result.shape)
        gradients = torch.autograd.grad(result, leaves, weights)
        return tuple(_array(gradient, device) for gradient in gradients)

    def random(self, kind: str, device: FrameworkDevice, seed: int, count: int) -> Any:
        """Draw with the global generator that a seed starts; see Backend.random."""
        torch.manual_seed(seed)
        draw = torch.rand if kind == "uniform" else torch.randn
        return _array(draw(count, device=device.name), device)

    def filled(self, device: FrameworkDevice, words: int, pattern: int) -> Any:
        """Fill memory; see Backend.filled."""
        return torch.full((words,), signed(pattern), dtype=torch.int32, device=device.name)

    def count_changed(self, block: Any, pattern: int) -> int:
        """Read it again; see Backend.count_changed."""
        return int(torch.count_nonzero(block != signed(pattern)))

    def set_deterministic(self, *, enabled: bool) -> bool:
        """Have PyTorch use deterministic algorithms where it has them, or any."""
        torch.use_deterministic_algorithms(enabled, warn_only=True)
        return True

    @property
    def operations(self) -> Mapping[str, Callable[..., Any]]:
        """The calls by operation."""
        return OPERATIONS

    @property
    def entries(self) -> tuple[str, ...]:
        """Other public names of the product of two matrices."""
        return tuple(MATMUL_ENTRIES)

    def integer_matmul(self, device: FrameworkDevice, a: Matrix, b: Matrix) -> tuple[Matrix, str]:
        """Return a · b in float32 as PyTorch does it by default, and where it was made."""
        left, right = (torch.tensor(x, dtype=torch.float32, device=device.name) for x in (a, b))
        result = torch.matmul(left, right)
        return result.tolist(), str(result.device)

    def lacks(self, error: Exception) -> bool:
        """Tell whether PyTorch says that it has no such kernel."""
        return super().lacks(error) or "not implemented for" in str(error)


def _tensor(operand: Any, dtype: str, device: FrameworkDevice) -> Any:
    # PyTorch is looked at without NumPy too.
    from accelgui.agent.backends.carriers import carried

    array = carried(operand, dtype)
    if array.dtype.kind == "i":
        return torch.tensor(array, device=device.name, dtype=torch.int64)
    return torch.tensor(array, device=device.name).to(_DTYPES[dtype])


def _array(result: Any, device: FrameworkDevice) -> Any:
    """Return a result as NumPy holds it, if it was made where it should have been."""
    require_device(device.name, str(result.device))
    result = result.detach()
    if result.dtype in _NOT_IN_NUMPY:
        result = result.to(torch.float32)
    return result.cpu().numpy()


def _list_gpus() -> list[FrameworkDevice]:
    if torch.cuda.is_available():
        return [_gpu(number) for number in range(torch.cuda.device_count())]
    if torch.version.cuda or torch.version.hip:
        try:
            torch.cuda.init()
        except Exception as error:  # noqa: BLE001 - Its words say why no GPU is available.
            sys.stderr.write(f"torch.cuda.init: {error}\n")
    return []


def _list_tpus() -> list[FrameworkDevice]:
    if importlib.util.find_spec("torch_xla") is None:
        return []
    try:
        from torch_xla import runtime

        count = runtime.global_runtime_device_count() if runtime.device_type() == "TPU" else 0
    except Exception as error:  # noqa: BLE001 - Its words say why no TPU is available.
        sys.stderr.write(f"torch_xla: {error}\n")
        return []
    return [FrameworkDevice(f"tpu:{number}", f"xla:{number}") for number in range(count)]


def _gpu(number: int) -> FrameworkDevice:
    major, minor = torch.cuda.get_device_capability(number)
    return FrameworkDevice(
        key=f"gpu:{number}",
        name=f"cuda:{number}",
        description=torch.cuda.get_device_name(number),
        # ROCm reports its gfx number here, which is no compute capability.
        compute_capability=f"{major}.{minor}" if torch.version.cuda else None,
    )


def _architectures() -> list[str]:
    # torch.cuda.get_arch_list() is empty where no GPU works, which is when the answer matters.
    flags = getattr(torch._C, "_cuda_getArchFlags", None)
    return (flags() or "").split() if flags else []


def _set_tf32(*, enabled: bool) -> None:
    torch.backends.cuda.matmul.allow_tf32 = enabled
    torch.backends.cudnn.allow_tf32 = enabled
    # The sums of float16 products stay in float32, as everywhere else.
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
