"""Training a person's own PyTorch model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from accelgui.agent.workloads.training import own_script
from accelgui.agent.workloads.training.own_model import (
    gives_probabilities,
    require_framework,
    require_something_to_train,
)
from accelgui.agent.workloads.training.torch_fit import TorchTraining, as_tensors
from accelgui.agent.workloads.training.torch_networks import trained

if TYPE_CHECKING:
    import threading

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.meter import Meter

# Below it the logarithm of a probability is cut off.
_LEAST = 1e-7


class OwnTorchTraining(TorchTraining):
    """As its parent, with the module that the file builds and the loss that it may have."""

    _has_probabilities = False

    def fit(self, images: Images, meter: Meter, stop: threading.Event) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with own_script.load(self._request.script_path).blamed():
            super().fit(images, meter, stop)

    def _built(self) -> tuple[Any, float]:
        script = own_script.load(self._request.script_path)
        images = script.images(self._request)
        model = script.build_model()
        require_framework(script, model, "pytorch")
        with script.blamed("build_model"):
            model.to(self._place)
        labels = torch.from_numpy(images.y_train).to(torch.int64)

        def call(inputs: Any) -> Any:
            x, _ = as_tensors(inputs, images.y_train[: len(inputs)])
            model.eval()
            with torch.no_grad():
                outputs = model(x.to(self._place))
            if not isinstance(outputs, torch.Tensor):
                return outputs
            self._try_loss(outputs, labels[: len(inputs)].to(self._place))
            return outputs.float().cpu().numpy()

        self._own_loss = script.loss
        self._has_probabilities = gives_probabilities(script, images, call)
        require_something_to_train(script, len(trained(model)))
        return model, script.learning_rate

    def _loss(self, logits: Any, y: Any) -> Any:
        if self._own_loss is not None:
            return self._own_loss(logits, y)
        if self._has_probabilities:
            return nn.functional.nll_loss(logits.clamp_min(_LEAST).log(), y)
        return nn.functional.cross_entropy(logits, y)

    def _try_loss(self, outputs: Any, y: Any) -> None:
        if self._own_loss is None:
            return
        loss = self._own_loss(outputs, y)
        if not isinstance(loss, torch.Tensor) or loss.dim():
            script = own_script.load(self._request.script_path)
            shape = tuple(loss.shape) if isinstance(loss, torch.Tensor) else type(loss).__name__
            raise script.problem(f"loss() gives {shape}, expected one number: the mean", "loss")
