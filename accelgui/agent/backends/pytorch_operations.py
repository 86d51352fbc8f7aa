"""The operations in PyTorch, through the names that its users call.

Looked up when called, so that whatever stands behind those names now is what gets checked.
"""

from __future__ import annotations

from typing import Any, Callable

import torch


def matmul(a: Any, b: Any) -> Any:
    return torch.matmul(a, b)


def conv2d(image: Any, kernel: Any, stride: int = 1) -> Any:
    # NHWC and HWIO to PyTorch's NCHW and OIHW, and back.
    result = torch.nn.functional.conv2d(
        image.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=stride
    )
    return result.permute(0, 2, 3, 1)


def conv2d_nchw(image: Any, kernel: Any, stride: int = 1) -> Any:
    kernel = kernel.permute(3, 2, 0, 1).contiguous()
    return torch.nn.functional.conv2d(image, kernel, stride=stride)


def attention(query: Any, key: Any, value: Any) -> Any:
    return torch.nn.functional.scaled_dot_product_attention(query, key, value)


def sum_last(x: Any) -> Any:
    return torch.sum(x, dim=-1)


def mean(x: Any) -> Any:
    return torch.mean(x, dim=-1)


def cumsum(x: Any) -> Any:
    return torch.cumsum(x, dim=-1)


def softmax(x: Any) -> Any:
    return torch.softmax(x, dim=-1)


def logsumexp(x: Any) -> Any:
    return torch.logsumexp(x, dim=-1)


def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
    return torch.nn.functional.layer_norm(x, x.shape[-1:], scale, offset, eps=2.0**-10)


def batch_norm(x: Any, scale: Any, offset: Any) -> Any:
    result = torch.nn.functional.batch_norm(
        x.permute(0, 3, 1, 2), None, None, scale, offset, training=True, eps=2.0**-10
    )
    return result.permute(0, 2, 3, 1)


def max_pool(x: Any) -> Any:
    result = torch.nn.functional.max_pool2d(x.permute(0, 3, 1, 2), 3, stride=2)
    return result.permute(0, 2, 3, 1)


def average_pool(x: Any) -> Any:
    result = torch.nn.functional.avg_pool2d(x.permute(0, 3, 1, 2), 3, stride=2)
    return result.permute(0, 2, 3, 1)


def gather(table: Any, indices: Any) -> Any:
    return torch.index_select(table, 0, indices)


def scatter_add(target: Any, indices: Any, updates: Any) -> Any:
    return torch.scatter_add(target, 0, indices[:, None].expand(updates.shape), updates)


def segment_sum(target: Any, indices: Any, updates: Any) -> Any:
    return torch.index_add(target, 0, indices, updates)


def exp(x: Any) -> Any:
    return torch.exp(x)


def log(x: Any) -> Any:
    return torch.log(x)


def tanh(x: Any) -> Any:
    return torch.tanh(x)


def sigmoid(x: Any) -> Any:
    return torch.sigmoid(x)


def erf(x: Any) -> Any:
    return torch.erf(x)


def rsqrt(x: Any) -> Any:
    return torch.rsqrt(x)


def sin(x: Any) -> Any:
    return torch.sin(x)


def add(x: Any, y: Any) -> Any:
    return torch.add(x, y)


def multiply(x: Any, y: Any) -> Any:
    return torch.mul(x, y)


def divide(x: Any, y: Any) -> Any:
    return torch.div(x, y)


def cast(x: Any) -> Any:
    return x


def mlp_loss(x: Any, first: Any, second: Any, targets: Any) -> Any:
    outputs = torch.matmul(torch.tanh(torch.matmul(x, first)), second)
    return torch.nn.functional.mse_loss(outputs, targets)


def matmul_mm(a: Any, b: Any) -> Any:
    return torch.mm(a, b)


def matmul_operator(a: Any, b: Any) -> Any:
    return a @ b


def matmul_einsum(a: Any, b: Any) -> Any:
    return torch.einsum("mk,kn->mn", a, b)


def matmul_functional(a: Any, b: Any) -> Any:
    return torch.nn.functional.linear(a, b.T)


def matmul_layer(a: Any, b: Any) -> Any:
    layer = torch.nn.Linear(b.shape[0], b.shape[1], bias=False, device=a.device, dtype=a.dtype)
    layer.weight.copy_(b.T)
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
    "torch.mm": matmul_mm,
    "@": matmul_operator,
    "torch.einsum": matmul_einsum,
    "torch.nn.functional.linear": matmul_functional,
    "torch.nn.Linear": matmul_layer,
}
