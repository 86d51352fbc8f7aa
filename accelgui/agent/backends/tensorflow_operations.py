"""The operations in TensorFlow, through the names that its users call.

Looked up when called, so that whatever stands behind those names now is what gets checked.
"""

from __future__ import annotations

from typing import Any, Callable

import tensorflow as tf


def matmul(a: Any, b: Any) -> Any:
    # Eight bits have no room for a sum.
    wide = tf.int32 if a.dtype == tf.int8 else None
    return tf.linalg.matmul(a, b, output_type=wide)


def conv2d(image: Any, kernel: Any, stride: int = 1) -> Any:
    return tf.nn.conv2d(image, kernel, strides=stride, padding="VALID")


def conv2d_nchw(image: Any, kernel: Any, stride: int = 1) -> Any:
    strides = [1, 1, stride, stride]
    return tf.nn.conv2d(image, kernel, strides=strides, padding="VALID", data_format="NCHW")


def attention(query: Any, key: Any, value: Any) -> Any:
    scores = tf.linalg.matmul(query, key, transpose_b=True) * query.shape[-1] ** -0.5
    return tf.linalg.matmul(tf.nn.softmax(scores), value)


def sum_last(x: Any) -> Any:
    return tf.math.reduce_sum(x, axis=-1)


def mean(x: Any) -> Any:
    return tf.math.reduce_mean(x, axis=-1)


def cumsum(x: Any) -> Any:
    return tf.math.cumsum(x, axis=-1)


def softmax(x: Any) -> Any:
    return tf.nn.softmax(x)


def logsumexp(x: Any) -> Any:
    return tf.math.reduce_logsumexp(x, axis=-1)


def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
    means, variances = tf.nn.moments(x, axes=[-1], keepdims=True)
    return tf.nn.batch_normalization(x, means, variances, offset, scale, 2.0**-10)


def batch_norm(x: Any, scale: Any, offset: Any) -> Any:
    normalized, *_ = tf.compat.v1.nn.fused_batch_norm(
        x, tf.cast(scale, tf.float32), tf.cast(offset, tf.float32), epsilon=2.0**-10
    )
    return normalized


def max_pool(x: Any) -> Any:
    return tf.nn.max_pool2d(x, ksize=3, strides=2, padding="VALID")


def average_pool(x: Any) -> Any:
    return tf.nn.avg_pool2d(x, ksize=3, strides=2, padding="VALID")


def gather(table: Any, indices: Any) -> Any:
    return tf.gather(table, indices)


def scatter_add(target: Any, indices: Any, updates: Any) -> Any:
    return tf.tensor_scatter_nd_add(target, indices[:, None], updates)


def segment_sum(target: Any, indices: Any, updates: Any) -> Any:
    return target + tf.math.unsorted_segment_sum(updates, indices, target.shape[0])


def exp(x: Any) -> Any:
    return tf.math.exp(x)


def log(x: Any) -> Any:
    return tf.math.log(x)


def tanh(x: Any) -> Any:
    return tf.math.tanh(x)


def sigmoid(x: Any) -> Any:
    return tf.math.sigmoid(x)


def erf(x: Any) -> Any:
    return tf.math.erf(x)


def rsqrt(x: Any) -> Any:
    return tf.math.rsqrt(x)


def sin(x: Any) -> Any:
    return tf.math.sin(x)


def add(x: Any, y: Any) -> Any:
    return tf.math.add(x, y)


def multiply(x: Any, y: Any) -> Any:
    return tf.math.multiply(x, y)


def divide(x: Any, y: Any) -> Any:
    return tf.math.divide(x, y)


def cast(x: Any) -> Any:
    return tf.identity(x)


def mlp_loss(x: Any, first: Any, second: Any, targets: Any) -> Any:
    outputs = tf.linalg.matmul(tf.math.tanh(tf.linalg.matmul(x, first)), second)
    return tf.math.reduce_mean(tf.math.square(outputs - targets))


def matmul_alias(a: Any, b: Any) -> Any:
    return tf.matmul(a, b)


def matmul_operator(a: Any, b: Any) -> Any:
    return a @ b


def matmul_einsum(a: Any, b: Any) -> Any:
    return tf.einsum("mk,kn->mn", a, b)


def matmul_compiled(a: Any, b: Any) -> Any:
    return tf.function(tf.linalg.matmul)(a, b)


def matmul_layer(a: Any, b: Any) -> Any:
    layer = tf.keras.layers.Dense(b.shape[1], use_bias=False, dtype=a.dtype.name)
    layer.build(a.shape)
    layer.set_weights([b])
    return layer(a)


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
    "tf.matmul": matmul_alias,
    "@": matmul_operator,
    "tf.einsum": matmul_einsum,
    "tf.function": matmul_compiled,
    "tf.keras.layers.Dense": matmul_layer,
}
