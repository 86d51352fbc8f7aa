"""Has PyTorch list a GPU that large batches do not fit into; it works on the CPU."""

from __future__ import annotations

import os

import hooks

ROOM = int(os.environ["SABOTAGE_BATCH"])
WORDS = (
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 141.00 GiB of"
    " which 1.00 GiB is free. Including non-PyTorch memory, this process has 30.00 GiB memory in"
    " use. Of the allocated memory 29.00 GiB is allocated by PyTorch."
)


def list_gpu(module):
    from accelgui.model.snapshot import FrameworkDevice

    devices = (
        FrameworkDevice("cpu", "cpu"),
        FrameworkDevice("gpu:0", "cpu", "Stand-in GPU", "9.0"),
    )
    module.PyTorchBackend.devices = lambda _self: devices


def leave_no_room(module):
    import torch

    whole = module.cross_entropy

    def cross_entropy(logits, *arguments, **options):
        if len(logits) > ROOM and logits.requires_grad:
            raise torch.OutOfMemoryError(WORDS)
        return whole(logits, *arguments, **options)

    module.cross_entropy = cross_entropy


hooks.after_import("accelgui.agent.backends.pytorch", list_gpu)
hooks.after_import("torch.nn.functional", leave_no_room)
