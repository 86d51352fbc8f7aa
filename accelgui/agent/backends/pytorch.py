"""PyTorch 2; CUDA and, under the same names, ROCm."""

from __future__ import annotations

import sys
from typing import Any, Callable, Optional

import torch

from accelgui.agent.backends.base import Backend, Matrix, require_device
from accelgui.agent.backends.cpu import cpu_device
from accelgui.model.snapshot import FrameworkDevice

_DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "tf32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
}


def _conv2d(image: Any, kernel: Any, *, stride: int) -> Any:
    # NHWC and HWIO to PyTorch's NCHW and OIHW, and back.
    result = torch.nn.functional.conv2d(
        image.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=stride
    )
    return result.permute(0, 2, 3, 1)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "matmul": torch.matmul,
    "sum": lambda x: torch.sum(x, dim=-1),
    "softmax": lambda x: torch.softmax(x, dim=-1),
    "exp": torch.exp,
    "log": torch.log,
    "tanh": torch.tanh,
}


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
        """Return the CPU, then the GPUs."""
        if self._devices is None:
            self._devices = (cpu_device("cpu"), *_list_gpus())
        return self._devices

    def dtypes(self, device: FrameworkDevice) -> tuple[str, ...]:
        """Return all dtypes, TF32 only where the hardware has it."""
        return tuple(name for name in _DTYPES if name != "tf32" or self.has_tf32(device))

    def run(
        self, operation: str, dtype: str, device: FrameworkDevice, *operands: Any, stride: int = 1
    ) -> Any:
        """Do one operation on `device`; see Backend.run."""
        _set_tf32(enabled=dtype == "tf32")
        tensors = [torch.tensor(x, device=device.name).to(_DTYPES[dtype]) for x in operands]
        with torch.no_grad():
            if operation == "conv2d":
                result = _conv2d(*tensors, stride=stride)
            else:
                result = _OPERATIONS[operation](*tensors)
        require_device(device.name, str(result.device))
        if dtype == "bfloat16":
            result = result.to(torch.float32)
        return result.cpu().numpy()

    def integer_matmul(self, device: FrameworkDevice, a: Matrix, b: Matrix) -> tuple[Matrix, str]:
        """Return a · b in float32 as PyTorch does it by default, and where it was made."""
        left, right = (torch.tensor(x, dtype=torch.float32, device=device.name) for x in (a, b))
        result = torch.matmul(left, right)
        return result.tolist(), str(result.device)

    def lacks(self, error: Exception) -> bool:
        """Tell whether PyTorch says that it has no such kernel."""
        return super().lacks(error) or "not implemented for" in str(error)


def _list_gpus() -> list[FrameworkDevice]:
    if torch.cuda.is_available():
        return [_gpu(number) for number in range(torch.cuda.device_count())]
    if torch.version.cuda or torch.version.hip:
        try:
            torch.cuda.init()
        except Exception as error:  # noqa: BLE001 - Its words say why no GPU is available.
            sys.stderr.write(f"torch.cuda.init: {error}\n")
    return []


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
