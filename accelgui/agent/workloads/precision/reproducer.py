"""Scripts that show a row's worst element again with nothing but the framework.

They are made of the very functions that the check ran: the drawing of the data, and the call.
"""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Callable, Optional

from accelgui.agent.workloads.precision.formats import operand_format
from accelgui.agent.workloads.precision.inputs import nonzero
from accelgui.agent.workloads.precision.operations import OPERATIONS

if TYPE_CHECKING:
    from accelgui.agent.backends.base import Backend
    from accelgui.agent.workloads.precision.cases import Case
    from accelgui.model.snapshot import FrameworkDevice

_TIERS = {"exact", "bound"}

_HEAD = '''\
"""{title}"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
{imports}

'''

_ROUND = '''

def rounded(values):
    """Round to the numbers that the format has."""
    if values.dtype.kind == "i":
        return values.astype(np.int32)
    exponents = np.maximum(np.frexp(np.abs(values))[1] - 1, form.emin)
    steps = np.ldexp(1.0, np.where(values == 0, form.emin, exponents) - form.bits + 1)
    return np.rint(values / steps) * steps


form = SimpleNamespace(bits={bits}, emin={emin}, largest={largest!r})
rng = np.random.default_rng([{seed}, {salt}])
operands = [rounded(np.asarray(x)) for x in {drawn}]
'''

_CALLS = {
    "tensorflow": """\
tf.config.experimental.enable_tensor_float_32_execution({tf32})
with tf.device({device!r}):
    tensors = [
        tf.constant(x, tf.int32)
        if x.dtype.kind == "i"
        else tf.cast(tf.constant(x, tf.{carrier}), tf.{element})
        for x in operands
    ]
    result = {function}(*tensors{options})
result = tf.cast(result, tf.float64).numpy()
""",
    "pytorch": """\
torch.backends.cuda.matmul.allow_tf32 = {tf32}
torch.backends.cudnn.allow_tf32 = {tf32}
tensors = [
    torch.tensor(x, dtype=torch.int64, device={device!r})
    if x.dtype.kind == "i"
    else torch.tensor(x, dtype=torch.{carrier}, device={device!r}).to(torch.{element})
    for x in operands
]
result = {function}(*tensors{options}).to(torch.float64).cpu().numpy()
""",
    "jax": """\
jax.config.update("jax_enable_x64", True)
devices = [device for platform in ({platform!r},) for device in jax.devices(platform)]
device = next(device for device in devices if str(device) == {device!r})
with jax.default_matmul_precision({precision!r}):
    tensors = [
        jax.device_put(x, device)
        if x.dtype.kind == "i"
        else jax.device_put(x.astype("{carrier}"), device).astype("{element}")
        for x in operands
    ]
    result = {function}(*tensors{options})
result = np.asarray(result.astype("float64"))
""",
}

_IMPORTS = {
    "tensorflow": "import tensorflow as tf",
    "pytorch": "import torch",
    "jax": "import jax\nimport jax.numpy as jnp",
}

_TAIL = """
at = {at!r}
print("result   ", float(result[at]).hex(), float(result[at]))
print("reference", {reference!r}, float.fromhex({reference!r}))
"""


def reproducer(
    backend: Backend,
    device: FrameworkDevice,
    case: Case,
    seed: int,
    at: tuple[int, ...],
    reference: float,
) -> str:
    """Return a script that makes the result of `case` again and prints the element `at`.

    Empty for checks that are not of one result, and where the framework's call is not known.
    """
    call = _call_source(backend, case)
    definition = OPERATIONS.get(case.operation)
    if case.tier not in _TIERS or definition is None or call is None:
        return ""
    form = operand_format(case.dtype)
    return "".join((
        _HEAD.format(
            title=f"{case.operation} in {case.dtype}, {case.label}, seed {seed}",
            imports=_IMPORTS[backend.framework],
        ),
        _plain(nonzero) if case.has_integers else _plain(definition.draw),
        _ROUND.format(
            bits=form.bits,
            emin=form.emin,
            largest=form.largest,
            seed=seed,
            salt=case.salt,
            drawn=_drawing(case, definition.draw),
        ),
        "\n\n" + call + "\n\n",
        _CALLS[backend.framework].format(
            device=device.name,
            platform="cpu" if device.key == "cpu" else device.key.partition(":")[0],
            tf32=case.dtype == "tf32",
            precision="tensorfloat32" if case.dtype == "tf32" else "highest",
            carrier="float64" if case.dtype == "float64" else "float32",
            element="float32" if case.dtype == "tf32" else case.dtype,
            function=_call(backend, case).__name__,
            options=f", stride={case.stride}" if case.operation.startswith("conv2d") else "",
        ),
        _TAIL.format(at=at, reference=reference.hex()),
    ))


def _drawing(case: Case, draw: Callable[..., object]) -> str:
    if case.has_integers:
        largest = case.largest_integer
        return f"[nonzero(rng, {largest}, shape) for shape in {case.shapes!r}]"
    return f"{draw.__name__}(rng, {case.shapes!r}, form)"


def _call(backend: Backend, case: Case) -> Callable[..., object]:
    return backend.operations[case.operation]


def _call_source(backend: Backend, case: Case) -> Optional[str]:
    if backend.framework not in _CALLS or case.operation not in backend.operations:
        return None
    return _plain(_call(backend, case))


def _plain(function: Callable[..., object]) -> str:
    """Return a function's text; annotations stay unevaluated, their names need not exist."""
    return textwrap.dedent(inspect.getsource(function)).rstrip() + "\n"
