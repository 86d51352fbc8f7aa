"""Training with PyTorch/XLA on the TPU of this machine, on one of its devices or on all.

PyTorch/XLA records operations and compiles them at `sync`; over several devices it does so for one
program with shards (SPMD), as JAX does: the batch is split among the devices, the compiler adds up
the gradients. Written against torch_xla 2.8; not run on hardware yet.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch_xla
import torch_xla.distributed.spmd as xs
import torch_xla.runtime as xr
from torch import nn

from accelgui.agent.workloads.training.distributed.agreement import Agreement
from accelgui.agent.workloads.training.distributed.shares import batches, up_to
from accelgui.agent.workloads.training.networks import VALIDATION_BATCH_SIZE
from accelgui.agent.workloads.training.own_words import failures_told
from accelgui.agent.workloads.training.torch_fit import TorchTraining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.distributed.team import Team
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

_AXIS = "data"


class TorchXlaReplicas(TorchTraining):
    """A network on a TPU, ready to be fitted in `steps` batches."""

    def __init__(
        self,
        request: TrainingRequest,
        steps: int,
        devices: tuple[FrameworkDevice, ...],
        team: Team,
    ) -> None:
        self._count = len(devices)
        self._team = team
        if self._count > 1:
            # Before the first tensor: afterwards all devices answer as one.
            xr.use_spmd()
            self._mesh = xs.Mesh(np.arange(self._count), (self._count,), (_AXIS,))
        device = replace(devices[0], name=str(torch_xla.device()))
        # All is compiled as it is; torch.compile has nothing to add.
        super().__init__(replace(request, execution="default"), steps, device)

    def fit(self, images: Images, meter: Meter, stop: Any) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with failures_told(self._device):
            agreement = Agreement(meter, stop)
            generator = np.random.default_rng(self._request.seed)
            train = images.x_train, images.y_train
            for _ in range(self._request.epochs):
                meter.begin_epoch()
                order = generator.permutation(images.train_samples)
                self._train_split(train, order, agreement)
                meter.end_epoch(*self._validate_split(images))

    def _train_split(self, data: Any, order: Any, agreement: Agreement) -> None:
        self._model.train()
        # Kept on the device: reading them is what would make each step wait for it.
        sums = torch.zeros(2, device=self._place)
        seen = 0.0
        for x, y, counts, samples in self._split(data, order, self._request.batch_size):
            sums = sums + self._split_step(x, y, counts, samples)
            torch_xla.sync()
            seen += samples
            agreement.after_step(partial(_means, sums, seen))

    def _split_step(self, x: Any, y: Any, counts: Any, samples: float) -> Any:
        """Record one step; returns the sums of losses and of right answers."""
        self._adam.zero_grad()
        logits = self._logits(x)
        losses = nn.functional.cross_entropy(logits, y, reduction="none") * counts
        (losses.sum() / samples).backward()
        self._adam.step()
        self._schedule.step()
        return torch.stack([losses.sum(), ((logits.argmax(1) == y) * counts).sum()]).detach()

    def _split(self, data: Any, order: Any, size: int) -> Iterator[tuple[Any, Any, Any, float]]:
        """Yield batches that lie as they are wanted, and how many samples count in each."""
        images, labels = data
        for rows, counts in batches(order, size):
            x = np.ascontiguousarray(images[rows].transpose(0, 3, 1, 2))
            y = labels[rows].astype(np.int64)
            yield (*(self._laid(array) for array in (x, y, counts)), float(counts.sum()))

    def _laid(self, array: Any) -> Any:
        tensor = torch.from_numpy(array).to(self._place)
        if self._count > 1:
            xs.mark_sharding(tensor, self._mesh, (_AXIS, *[None] * (tensor.dim() - 1)))
        return tensor

    def _validate_split(self, images: Images) -> tuple[float, float]:
        """Return the mean loss and the accuracy."""
        self._model.eval()
        sums = torch.zeros(2, device=self._place)
        samples = images.validation_samples
        size = up_to(max(self._request.batch_size, VALIDATION_BATCH_SIZE), self._count)
        data = images.x_validation, images.y_validation
        with torch.no_grad():
            for x, y, counts, _ in self._split(data, np.arange(samples), size):
                logits = self._logits(x)
                losses = nn.functional.cross_entropy(logits, y, reduction="none") * counts
                right = (logits.argmax(1) == y) * counts
                sums = sums + torch.stack([losses.sum(), right.sum()])
                torch_xla.sync()
        return _means(sums, samples)


def _means(sums: Any, samples: float) -> tuple[float, float]:
    loss, accuracy = (sums.cpu() / samples).tolist()
    return loss, accuracy
