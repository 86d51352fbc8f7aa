"""Train a small network for real, and tell how it goes without slowing it down.

`training` leads from the request to the last word, `data` reads and judges the images, `meter`
turns batches into events, `networks` says what is trained, `keras_fit` trains it with TensorFlow.
"""

from __future__ import annotations

from accelgui.agent.workloads.training.training import train

__all__ = ["train"]
