"""Frameworks are loaded, devices chosen and work placed in one way, whichever framework it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from agent.real import bare_python, python_of
from agent.workloads.precision.pretended import CPU, GPU, Pretended

from accelgui.agent.backends import choose_device, load, one_line
from accelgui.agent.backends.base import require_device
from accelgui.agent.failures import FrameworkError, InputError, WorkError
from accelgui.model.snapshot import FrameworkDevice

PACKAGE = Path(sys.modules["accelgui"].__path__[0])

# Prints what the backend of a framework does with each operation in each dtype.
OPERATE = """
import json, sys
sys.path.insert(0, {root!r})
import numpy as np
from accelgui.agent.backends import choose_device, load
backend = load({framework!r})
device = choose_device(backend, "cpu")
ones = np.ones((1, 2))
operands = {{
    "matmul": (ones, np.full((2, 3), 0.5)),
    "conv2d": (np.arange(50.0).reshape(1, 5, 5, 2), np.ones((3, 3, 2, 1))),
}}
told = {{}}
for dtype in backend.dtypes(device):
    for operation in ("matmul", "conv2d", "sum", "softmax", "exp", "log", "tanh"):
        given = operands.get(operation, (ones,))
        result = backend.run(operation, dtype, device, *given, stride=2)
        told[operation + " " + dtype] = [str(result.dtype), result.shape, result.ravel().tolist()]
print(json.dumps(told))
"""


@pytest.fixture(scope="module", params=["tensorflow", "pytorch", "jax"])
def operated(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Have a real framework do everything once, in its own Python."""
    script = OPERATE.format(root=str(PACKAGE.parent), framework=request.param)
    ended = subprocess.run(
        [python_of(request.param), "-W", "error", "-c", script],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_that_results_come_in_the_agreed_dtype_and_shape(
    operated: dict[str, Any], dtype: str
) -> None:
    carried = "float32" if dtype == "bfloat16" else dtype
    shapes = {"matmul": [1, 3], "conv2d": [1, 2, 2, 1], "sum": [1]}
    for operation in ("matmul", "conv2d", "sum", "softmax", "exp", "log", "tanh"):
        got, shape, _ = operated[f"{operation} {dtype}"]
        assert (got, shape) == (carried, shapes.get(operation, [1, 2]))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_that_results_are_those_of_the_operation(operated: dict[str, Any], dtype: str) -> None:
    values = {name: told[2] for name, told in operated.items()}
    near = {"rel": 2**-7 if dtype == "bfloat16" else 2**-9}
    assert values[f"matmul {dtype}"] == [1.0, 1.0, 1.0]
    assert values[f"sum {dtype}"] == [2.0]
    assert values[f"softmax {dtype}"] == [0.5, 0.5]
    assert values[f"exp {dtype}"] == pytest.approx([2.71828] * 2, **near)
    assert values[f"log {dtype}"] == [0.0, 0.0]
    assert values[f"tanh {dtype}"] == pytest.approx([0.76159] * 2, **near)
    # Sums over 3×3 windows of both channels, every other one each way.
    assert values[f"conv2d {dtype}"] == pytest.approx([225, 297, 585, 657], **near)


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("auto", GPU), ("cpu", CPU), ("gpu:0", GPU), ("gpu", GPU)]
)
def test_that_a_device_is_chosen_by_its_key(wanted: str, chosen: FrameworkDevice) -> None:
    assert choose_device(Pretended(), wanted) == chosen


def test_that_auto_is_the_cpu_where_there_is_nothing_else() -> None:
    class CpuOnly(Pretended):
        def devices(self) -> tuple[FrameworkDevice, ...]:
            return (CPU,)

    assert choose_device(CpuOnly(), "auto") == CPU


@pytest.mark.parametrize("wanted", ["gpu:1", "tpu", "tpu:0", "cuda:0", "", "GPU"])
def test_that_an_absent_device_is_told_with_what_there_is(wanted: str) -> None:
    with pytest.raises(InputError, match=r"it lists: cpu, gpu:0$"):
        choose_device(Pretended(), wanted)


def test_that_devices_which_cannot_be_listed_are_no_defect() -> None:
    class NoDevices(Pretended):
        def devices(self) -> tuple[FrameworkDevice, ...]:
            raise RuntimeError("CUDA_ERROR_INVALID_VALUE\nwith a stack trace")

    with pytest.raises(FrameworkError, match="no devices listed: RuntimeError: CUDA_ERROR"):
        choose_device(NoDevices(), "auto")


def test_that_an_unknown_framework_is_bad_input() -> None:
    with pytest.raises(InputError, match="known: tensorflow, pytorch, jax"):
        load("caffe")


def test_that_a_framework_that_is_not_there_is_named(tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n"
        "from accelgui.agent.backends import load\n"
        "from accelgui.agent.failures import WorkError\n"
        "try: load('pytorch')\n"
        "except WorkError as error: print(error.code, error.parameters, type(error).__name__)\n"
    )
    ended = subprocess.run(
        [bare_python(tmp_path), "-c", script], capture_output=True, check=True, text=True
    )
    assert ended.stdout.strip() == "framework_not_installed {'framework': 'pytorch'} WorkError"


def test_that_a_result_from_elsewhere_is_an_error() -> None:
    require_device("/device:GPU:0", "/device:GPU:0")
    with pytest.raises(FrameworkError, match="made on /device:CPU:0, not on /device:GPU:0"):
        require_device("/device:GPU:0", "/device:CPU:0")


@pytest.mark.parametrize(
    ("capability", "has"), [("7.5", False), ("8.0", True), ("12.0", True), (None, False)]
)
def test_that_tf32_came_with_ampere(capability: str | None, has: bool) -> None:
    device = FrameworkDevice("gpu:0", "GPU:0", compute_capability=capability)
    assert Pretended().has_tf32(device) is has


def test_that_an_error_is_told_on_one_line() -> None:
    assert one_line(ValueError("first\nsecond")) == "ValueError: first"
    assert one_line(WorkError("")) == "accelgui.agent.failures.WorkError"
    assert one_line(OSError(2, "No such file", "x.so")) == (
        "FileNotFoundError: [Errno 2] No such file: 'x.so'"
    )
    with pytest.raises(SyntaxError) as caught:
        compile("(", "file.py", "exec")
    assert one_line(caught.value) == "SyntaxError: '(' was never closed"


def test_that_an_import_that_fails_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jax").mkdir()
    (tmp_path / "jax" / "__init__.py").write_text("raise ImportError('no libdevice')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "jax", raising=False)
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # load() sets it.
    with pytest.raises(WorkError) as caught:
        load("jax")
    assert caught.value.code == "framework_import_fails"
    assert caught.value.parameters == {
        "framework": "jax",
        "error": "ImportError: no libdevice",
    }
