"""Frameworks corrupted underneath: a sitecustomize that wraps public names before anyone asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# What is done to results, the same for all frameworks, in NumPy.
_FAULTS = """
import itertools
import numpy as np

calls = itertools.count(1)

def flipped_bit_in_large(x):
    if x.ndim == 2 and min(x.shape) >= 1536 and x.dtype == np.float32:
        x.view(np.uint32)[-7, 11] ^= 1
    return x

def off_by_a_thousandth(x):
    x.reshape(-1)[x.size // 3] *= 1.001
    return x

def one_nan(x):
    x.reshape(-1)[-1] = np.nan
    return x

def unwritten_tile(x):
    x.reshape(-1)[: max(1, x.size // 16)] = 0
    return x

def other_every_second_time(x):
    if next(calls) % 2 == 0:
        x.reshape(-1)[0] += np.asarray(abs(x.reshape(-1)[0]) * 0.01 + 0.01, x.dtype)
    return x

def cut_to_bfloat16(x):
    if x.dtype == np.float32:
        x = (x.view(np.uint32) & 0xFFFF0000).view(np.float32)
    return x

def cut_off(x):
    if x.dtype == np.float32:
        x = (x.view(np.uint32) & 0xFFFFFFFE).view(np.float32)
    return x

def turned(x):
    return np.ascontiguousarray(x.T).reshape(x.shape) if x.ndim == 2 else x
"""

_WRAP = {
    "tensorflow": """
import tensorflow as tf

def wrap(place, name, fault):
    honest = getattr(place, name)
    def wrapped(*arguments, **more):
        result = honest(*arguments, **more)
        if not tf.executing_eagerly() or result.dtype not in (tf.float32, tf.float64):
            return result
        return tf.convert_to_tensor(fault(result.numpy().copy()))
    setattr(place, name, wrapped)

wrap(tf.linalg, "matmul", flipped_bit_in_large)
wrap(tf, "matmul", turned)
wrap(tf.math, "exp", off_by_a_thousandth)
wrap(tf.math, "log", one_nan)
wrap(tf.math, "tanh", unwritten_tile)
wrap(tf.math, "cumsum", other_every_second_time)
wrap(tf.nn, "softmax", cut_to_bfloat16)
wrap(tf.math, "multiply", cut_off)
honest_sum = tf.math.reduce_sum
tf.math.reduce_sum = lambda x, axis=None, **more: honest_sum(x[..., :-1], axis=axis, **more)
""",
    "pytorch": """
import torch

def wrap(place, name, fault):
    honest = getattr(place, name)
    def wrapped(*arguments, **more):
        result = honest(*arguments, **more)
        if result.dtype not in (torch.float32, torch.float64) or result.requires_grad:
            return result
        return torch.from_numpy(fault(result.numpy().copy()))
    setattr(place, name, wrapped)

wrap(torch, "matmul", flipped_bit_in_large)
wrap(torch, "mm", turned)
wrap(torch, "exp", off_by_a_thousandth)
wrap(torch, "log", one_nan)
wrap(torch, "tanh", unwritten_tile)
wrap(torch, "cumsum", other_every_second_time)
wrap(torch, "softmax", cut_to_bfloat16)
wrap(torch, "mul", cut_off)
honest_sum = torch.sum
torch.sum = lambda x, dim=None, **more: honest_sum(x[..., :-1], dim=dim, **more)
""",
    "jax": """
import jax
import jax.numpy as jnp

def wrap(place, name, fault):
    honest = getattr(place, name)
    def wrapped(*arguments, **more):
        result = honest(*arguments, **more)
        if isinstance(result, jax.core.Tracer) or result.dtype not in (jnp.float32, jnp.float64):
            return result
        return jax.device_put(fault(np.asarray(result).copy()), list(result.devices())[0])
    setattr(place, name, wrapped)

wrap(jnp, "matmul", flipped_bit_in_large)
wrap(jnp, "dot", turned)
wrap(jnp, "exp", off_by_a_thousandth)
wrap(jnp, "log", one_nan)
wrap(jnp, "tanh", unwritten_tile)
wrap(jnp, "cumsum", other_every_second_time)
wrap(jax.nn, "softmax", cut_to_bfloat16)
wrap(jnp, "multiply", cut_off)
honest_sum = jnp.sum
jnp.sum = lambda x, axis=None, **more: honest_sum(x[..., :-1], axis=axis, **more)
""",
}


def corrupt(folder: Path, framework: str) -> dict[str, str]:
    """Return the environment in which every Python of that framework is corrupted."""
    (folder / "sitecustomize.py").write_text(_FAULTS + _WRAP[framework])
    return {"PYTHONPATH": str(folder)}
