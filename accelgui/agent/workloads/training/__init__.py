"""Train a small network for real, and tell how it goes without slowing it down.

`refusals` says what cannot be, `training` leads from the request to the last word, `data` reads and
judges the images, `networks` says what is trained and from which weights, `meter` turns batches
into events. `keras_fit`, `torch_fit` and `jax_fit` train the same network from the same weights.
`ladder` trains again and again with one technique more, and measures what that is worth.
"""

from __future__ import annotations

from accelgui.agent.workloads.training.ladder import climb
from accelgui.agent.workloads.training.training import train

__all__ = ["climb", "train"]
