"""As torch_xla.distributed.spmd: it checks what it is asked for, and shards nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from torch_xla import runtime

if TYPE_CHECKING:
    import numpy as np
    import torch


class Mesh:
    def __init__(
        self,
        device_ids: np.ndarray,
        mesh_shape: tuple[int, ...],
        axis_names: tuple[str, ...] | None = None,
    ) -> None:
        assert len(device_ids) == math.prod(mesh_shape) == runtime.global_runtime_device_count()
        self.sizes = dict(zip(axis_names or (), mesh_shape, strict=True))


def mark_sharding(
    t: torch.Tensor, mesh: Mesh, partition_spec: tuple[str | None, ...]
) -> torch.Tensor:
    assert runtime.is_spmd
    assert len(partition_spec) == t.dim()
    for name, size in zip(partition_spec, t.shape, strict=True):
        assert name is None or size % mesh.sizes[name] == 0
    return t
