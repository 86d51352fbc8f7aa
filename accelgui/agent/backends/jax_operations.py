"""The operations in JAX, through the names that its users call.

Looked up when called, so that whatever stands behind those names now is what gets checked.
"""

from __future__ import annotations

from typing import Any, Callable

import jax
import jax.numpy as jnp


def matmul(a: Any, b: Any) -> Any:
    if a.dtype.itemsize == 1:
        # Eight bits have no room for a sum.
        wide = jnp.int32 if a.dtype == jnp.int8 else jnp.float32
        return jnp.matmul(a, b, preferred_element_type=wide)
    return jnp.matmul(a, b)


def conv2d(image: Any, kernel: Any, stride: int = 1) -> Any:
    return jax.lax.conv_general_dilated(
        image, kernel, (stride, stride), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def conv2d_nchw(image: Any, kernel: Any, stride: int = 1) -> Any:
    return jax.lax.conv_general_dilated(
        image, kernel, (stride, stride), "VALID", dimension_numbers=("NCHW", "HWIO", "NCHW")
    )


def attention(query: Any, key: Any, value: Any) -> Any:
    # [b, heads, t, d] to JAX's [b, t, heads, d], and back.
    swapped = [x.swapaxes(1, 2) for x in (query, key, value)]
    return jax.nn.dot_product_attention(*swapped).swapaxes(1, 2)


def sum_last(x: Any) -> Any:
    return jnp.sum(x, axis=-1)


def mean(x: Any) -> Any:
    return jnp.mean(x, axis=-1)


def cumsum(x: Any) -> Any:
    return jnp.cumsum(x, axis=-1)


def softmax(x: Any) -> Any:
    return jax.nn.softmax(x, axis=-1)


def logsumexp(x: Any) -> Any:
    return jax.nn.logsumexp(x, axis=-1)


def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
    return jax.nn.standardize(x, axis=-1, epsilon=2.0**-10) * scale + offset


def batch_norm(x: Any, scale: Any, offset: Any) -> Any:
    return jax.nn.standardize(x, axis=(0, 1, 2), epsilon=2.0**-10) * scale + offset


def max_pool(x: Any) -> Any:
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "VALID")


def average_pool(x: Any) -> Any:
    sums = jax.lax.reduce_window(x, 0.0, jax.lax.add, (1, 3, 3, 1), (1, 2, 2, 1), "VALID")
    return sums / 9


def gather(table: Any, indices: Any) -> Any:
    return jnp.take(table, indices, axis=0)


def scatter_add(target: Any, indices: Any, updates: Any) -> Any:
    return target.at[indices].add(updates)


def segment_sum(target: Any, indices: Any, updates: Any) -> Any:
    return target + jax.ops.segment_sum(updates, indices, target.shape[0])


def exp(x: Any) -> Any:
    return jnp.exp(x)


def log(x: Any) -> Any:
    return jnp.log(x)


def tanh(x: Any) -> Any:
    return jnp.tanh(x)


def sigmoid(x: Any) -> Any:
    return jax.nn.sigmoid(x)


def erf(x: Any) -> Any:
    return jax.scipy.special.erf(x)


def rsqrt(x: Any) -> Any:
    return jax.lax.rsqrt(x)


def sin(x: Any) -> Any:
    return jnp.sin(x)


def add(x: Any, y: Any) -> Any:
    return jnp.add(x, y)


def multiply(x: Any, y: Any) -> Any:
    return jnp.multiply(x, y)


def divide(x: Any, y: Any) -> Any:
    return jnp.divide(x, y)


def cast(x: Any) -> Any:
    return x


def mlp_loss(x: Any, first: Any, second: Any, targets: Any) -> Any:
    outputs = jnp.matmul(jnp.tanh(jnp.matmul(x, first)), second)
    return jnp.mean(jnp.square(outputs - targets))


def matmul_dot(a: Any, b: Any) -> Any:
    return jnp.dot(a, b)


def matmul_operator(a: Any, b: Any) -> Any:
    return a @ b


def matmul_einsum(a: Any, b: Any) -> Any:
    return jnp.einsum("mk,kn->mn", a, b)


def matmul_compiled(a: Any, b: Any) -> Any:
    return jax.jit(jnp.matmul)(a, b)


def matmul_lax(a: Any, b: Any) -> Any:
    return jax.lax.dot_general(a, b, (((1,), (0,)), ((), ())))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "matmul": matmul,
    "conv2d": conv2d,
    "conv2d_nchw": conv2d_nchw,
    "attention": attention,
    "sum": sum_last,
    "mean": mean,
    "cumsum": cumsum,
    "softmax": softmax,
    "logsumexp": logsumexp,
    "layer_norm": layer_norm,
    "batch_norm": batch_norm,
    "max_pool": max_pool,
    "average_pool": average_pool,
    "gather": gather,
    "scatter_add": scatter_add,
    "segment_sum": segment_sum,
    "exp": exp,
    "log": log,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "erf": erf,
    "rsqrt": rsqrt,
    "sin": sin,
    "add": add,
    "multiply": multiply,
    "divide": divide,
    "cast": cast,
    "mlp_loss": mlp_loss,
}

# Other ways to the same product: a library may send each of them elsewhere.
MATMUL_ENTRIES: dict[str, Callable[..., Any]] = {
    "jnp.dot": matmul_dot,
    "@": matmul_operator,
    "jnp.einsum": matmul_einsum,
    "jax.jit": matmul_compiled,
    "jax.lax.dot_general": matmul_lax,
}
