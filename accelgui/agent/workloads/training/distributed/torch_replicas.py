"""Training with PyTorch's DistributedDataParallel: this process's share of each batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from accelgui.agent.workloads.training.distributed.agreement import Agreement
from accelgui.agent.workloads.training.distributed.shares import batches, up_to
from accelgui.agent.workloads.training.feeding import ahead
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


class TorchReplicas(TorchTraining):
    """A network on the device of this process, ready to be fitted in `steps` batches."""

    def __init__(
        self,
        request: TrainingRequest,
        steps: int,
        devices: tuple[FrameworkDevice, ...],
        team: Team,
    ) -> None:
        super().__init__(request, steps, devices[0])
        self._team = team
        assert team.exchange is not None
        self._exchange = team.exchange
        with failures_told(self._device):
            # Weights are the same everywhere; what dropout leaves out is not.
            torch.manual_seed(request.seed + team.rank)
            places = None if self._place.type == "cpu" else [self._place]
            shared = DistributedDataParallel(self._model, device_ids=places)
            graph = request.execution == "graph"
            self._call = torch.compile(shared, dynamic=False) if graph else shared

    def fit(self, images: Images, meter: Meter, stop: Any) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with failures_told(self._device):
            agreement = Agreement(meter, stop, self._exchange, self._team.rank == 0)
            train = self._train_data(images)
            validation = self._on_device(images.x_validation, images.y_validation)
            generator = np.random.default_rng(self._request.seed)
            for _ in range(self._request.epochs):
                meter.begin_epoch()
                order = generator.permutation(images.train_samples)
                self._train_shared(train, order, agreement)
                meter.end_epoch(*self._validate_shared(validation))

    def _train_shared(self, data: Any, order: Any, agreement: Agreement) -> None:
        self._model.train()
        # Kept on the device: reading them is what would make each step wait for it.
        sums = torch.zeros(2, device=self._place)
        seen = 0.0
        fed = self._shares(data, order, self._request.batch_size)
        for batch, samples in ahead(fed) if self._request.feeding == "prefetch" else fed:
            x, y, counts = batch
            sums += self._shared_step(x, y, counts, samples)
            seen += samples
            agreement.after_step(partial(self._means, sums, seen))

    def _shares(self, data: Any, order: Any, size: int) -> Iterator[tuple[tuple[Any, ...], float]]:
        """Yield this process's share of each batch, and how many samples count in the whole."""
        x, y = data
        share = size // self._team.replicas_count
        own = slice(self._team.rank * share, (self._team.rank + 1) * share)
        for rows, counts in batches(order, size):
            chosen = torch.from_numpy(rows[own]).to(x.device)
            batch = x[chosen], y[chosen], torch.from_numpy(counts[own])
            yield tuple(self._moved(part) for part in batch), float(counts.sum())

    def _shared_step(self, x: Any, y: Any, counts: Any, whole: float) -> Any:
        """Do one step; returns this share's sums of losses and of right answers."""
        self._adam.zero_grad()
        logits = self._logits(x)
        losses = nn.functional.cross_entropy(logits, y, reduction="none") * counts
        # The gradients of the processes are averaged, and are to be added up.
        loss = losses.sum() * (self._team.replicas_count / whole)
        self._scaler.scale(loss).backward()
        self._scaler.step(self._adam)
        self._scaler.update()
        self._schedule.step()
        with torch.no_grad():
            return torch.stack([losses.sum(), ((logits.argmax(1) == y) * counts).sum()])

    def _means(self, sums: Any, samples: float) -> tuple[float, float]:
        loss, accuracy = self._exchange(sums.tolist())
        return loss / samples, accuracy / samples

    def _validate_shared(self, data: tuple[Any, Any]) -> tuple[float, float]:
        """Return the mean loss and the accuracy."""
        self._model.eval()
        sums = torch.zeros(2, device=self._place)
        samples = len(data[1])
        size = max(self._request.batch_size, VALIDATION_BATCH_SIZE)
        size = up_to(size, self._team.replicas_count)
        with torch.no_grad():
            for (x, y, counts), _ in self._shares(data, np.arange(samples), size):
                logits = self._logits(x)
                losses = nn.functional.cross_entropy(logits, y, reduction="none") * counts
                right = (logits.argmax(1) == y) * counts
                sums += torch.stack([losses.sum(), right.sum()])
        return self._means(sums, samples)
