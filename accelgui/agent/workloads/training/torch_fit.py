"""Training with PyTorch, which has no fit: the loop that its tutorials write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from accelgui.agent.workloads.training.feeding import ahead
from accelgui.agent.workloads.training.meter import Interrupted
from accelgui.agent.workloads.training.networks import NETWORKS, VALIDATION_BATCH_SIZE
from accelgui.agent.workloads.training.own_words import failures_told
from accelgui.agent.workloads.training.torch_networks import build, set_weights, trained

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

_HALF = {"mixed_float16": torch.float16, "mixed_bfloat16": torch.bfloat16}

# Keras' Adam; PyTorch's own default is 1e-8.
_EPSILON = 1e-7


class TorchTraining:
    """A network on a device, ready to be fitted in `steps` batches.

    Raises FrameworkError where PyTorch cannot build it there; MemoryLackingError where there
    is no room for it.
    """

    def __init__(self, request: TrainingRequest, steps: int, device: FrameworkDevice) -> None:
        self._request = request
        self._device = device
        with failures_told(device):
            torch.manual_seed(request.seed)
            self._place = torch.device(device.name)
            self._model, learning_rate = self._built()
            self._model.to(self._place)
            if request.tf32 is not None:
                _set_tf32(is_on=request.tf32)
            graph = request.execution == "graph"
            # Shapes that change once, in the last batch, are compiled twice rather than generally.
            self._call = torch.compile(self._model, dynamic=False) if graph else self._model
            self._adam = torch.optim.Adam(trained(self._model), learning_rate, eps=_EPSILON)
            self._schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self._adam, steps)
            # float16 gradients underflow unless the loss is scaled; off, it passes all through.
            self._scaler = torch.amp.GradScaler(
                self._place.type, enabled=request.precision == "mixed_float16"
            )

    @property
    def parameters_count(self) -> int:
        """How many numbers are trained."""
        return sum(parameter.numel() for parameter in trained(self._model))

    def fit(self, images: Images, meter: Meter, stop: threading.Event) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with failures_told(self._device):
            train = self._train_data(images)
            validation = self._on_device(images.x_validation, images.y_validation)
            generator = np.random.default_rng(self._request.seed)
            for _ in range(self._request.epochs):
                meter.begin_epoch()
                order = torch.from_numpy(generator.permutation(images.train_samples))
                self._train_epoch(train, order, meter, stop)
                meter.end_epoch(*self._validate(validation, stop))

    def save(self, path: str) -> None:
        """Write the state_dict as arrays under its names."""
        state = self._model.state_dict()
        np.savez(path, **{name: tensor.cpu().numpy() for name, tensor in state.items()})

    def _built(self) -> tuple[Any, float]:
        """Return the network with the weights that it starts from, and its learning rate."""
        network = NETWORKS[self._request.model]
        model = build(network)
        set_weights(model, network, self._request.seed)
        return model, network.learning_rate

    def _loss(self, logits: Any, y: Any) -> Any:
        """Return the mean loss."""
        return nn.functional.cross_entropy(logits, y)

    def _train_data(self, images: Images) -> tuple[Any, Any]:
        """Return the data where the steps take them from."""
        if self._request.feeding in {"default", "device"}:
            return self._on_device(images.x_train, images.y_train)
        return as_tensors(images.x_train, images.y_train)

    def _on_device(self, images: Any, labels: Any) -> tuple[Any, Any]:
        x, y = as_tensors(images, labels)
        return x.to(self._place), y.to(self._place)

    def _batches(self, data: tuple[Any, Any], order: Any) -> Iterator[tuple[Any, Any]]:
        x, y = data
        for rows in order.to(x.device).split(self._request.batch_size):
            batch = x[rows], y[rows]
            yield batch if x.device == self._place else (*map(self._moved, batch),)

    def _moved(self, batch: Any) -> Any:
        if self._request.feeding == "prefetch" and self._place.type == "cuda":
            # From pinned memory a copy runs beside the step before.
            return batch.pin_memory().to(self._place, non_blocking=True)
        return batch.to(self._place)

    def _train_epoch(self, data: Any, order: Any, meter: Meter, stop: threading.Event) -> None:
        self._model.train()
        # Kept on the device: reading them is what would make each step wait for it.
        losses, right = torch.zeros((), device=self._place), torch.zeros((), device=self._place)
        seen = 0
        batches = self._batches(data, order)
        for x, y in ahead(batches) if self._request.feeding == "prefetch" else batches:
            loss, logits = self._step(x, y)
            losses += loss * len(y)
            right += (logits.argmax(1) == y).sum()
            seen += len(y)
            meter.step += 1
            stopping = stop.is_set()
            if stopping or meter.due():
                meter.take(*(torch.stack([losses, right]) / seen).tolist())
            if stopping:
                raise Interrupted

    def _step(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Do one step; returns the mean loss and the logits, apart from the graph."""
        self._adam.zero_grad()
        logits = self._logits(x)
        loss = self._loss(logits, y)
        if self._scaler.is_enabled():
            self._scaler.scale(loss).backward()
            self._scaler.step(self._adam)
            self._scaler.update()
        else:
            loss.backward()
            self._adam.step()
        self._schedule.step()
        return loss.detach(), logits.detach()

    def _validate(self, data: Any, stop: threading.Event) -> list[float]:
        """Return the mean loss and the accuracy."""
        self._model.eval()
        sums = torch.zeros(2, device=self._place)
        size = max(self._request.batch_size, VALIDATION_BATCH_SIZE)
        with torch.no_grad():
            for x, y in zip(data[0].split(size), data[1].split(size)):
                if stop.is_set():
                    raise Interrupted
                logits = self._logits(x)
                loss = len(y) * self._loss(logits, y)
                sums += torch.stack([loss, (logits.argmax(1) == y).sum()])
        means: list[float] = (sums / len(data[1])).tolist()
        return means

    def _logits(self, x: Any) -> Any:
        half = _HALF.get(self._request.precision)
        if half is None:
            return self._call(x)
        with torch.autocast(self._place.type, half):
            logits = self._call(x)
        # Softmax and loss in float32: in half precision they under- and overflow.
        return logits.float()


def as_tensors(images: Any, labels: Any) -> tuple[Any, Any]:
    """Return both on the CPU, images [n, height, width, channels] with their channels first."""
    if images.ndim == 4:
        images = images.transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(images)), torch.from_numpy(labels).to(torch.int64)


def _set_tf32(*, is_on: bool) -> None:
    torch.set_float32_matmul_precision("high" if is_on else "highest")
    torch.backends.cudnn.allow_tf32 = is_on
