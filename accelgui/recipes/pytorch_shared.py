"""The script for PyTorch on several devices: a process for each, started by torchrun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.strategies import MULTI_WORKER
from accelgui.recipes.parts import READ, constants, joined
from accelgui.recipes.pytorch import (
    LOGITS,
    MODELS,
    SCALED_UPDATE,
    TENSORS,
    UPDATE,
    tf32,
)

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

_ON_ONE_MACHINE = "    torchrun --standalone --nproc-per-node={count} script.py"
_ON_SEVERAL = """
    torchrun --nnodes={count} --nproc-per-node={local} --node-rank=N \\
        --master-addr=HOST --master-port=PORT script.py
""".strip("\n")

_HEAD = '''
"""Train on 28 × 28 images with PyTorch, a process for each device:

{command}
"""

import os

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
'''

_GROUP = """
# torchrun says in variables which process this is and where the others are.
{device}
dist.init_process_group("{backend}")
RANK, WORLD = dist.get_rank(), dist.get_world_size()
SHARE = BATCH_SIZE // WORLD
torch.manual_seed(SEED)
"""

_GPU = """
device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
torch.cuda.set_device(device)
""".strip()

_BUILD = """
# What does not fill a batch is left out: all processes take shares of one size.
batches = len(y_train) // BATCH_SIZE
model = DistributedDataParallel(build_model().to(device){ids})
forward = {forward}
optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE, eps=1e-7)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * batches)
"""

_LOOP = """
for epoch in range(1, EPOCHS + 1):
    model.train()
    total = torch.zeros((), device=device)
    # The same order in each process, of which each takes its share.
    generator = torch.Generator().manual_seed(1000 * SEED + epoch)
    order = torch.randperm(len(y_train), generator=generator)[: batches * BATCH_SIZE]
    for batch in order.to(x_train.device).split(BATCH_SIZE):
        rows = batch[RANK * SHARE : (RANK + 1) * SHARE]
        x, y = {batch}
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy({logits}(x), y)
{update}
        scheduler.step()
        total += loss.detach()
    dist.all_reduce(total)
    model.eval()
    with torch.no_grad():
        right = sum(
            ({logits}(x).argmax(1) == y).sum() for x, y in zip(x_test.split(256), y_test.split(256))
        )
    mean, accuracy = total / (batches * WORLD), right / len(y_test)
    if RANK == 0:
        print(f"epoch {{epoch}}: loss {{mean:.4f}}, accuracy {{accuracy:.4f}}")

dist.destroy_process_group()
"""


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for, to be started by torchrun."""
    is_cpu = request.device == "cpu"
    is_half = request.precision != "float32"
    is_scaled = request.precision == "mixed_float16"
    stays_on_host = request.feeding in {"host", "prefetch"}
    moved = "x_test, y_test" if stays_on_host else "x_train, y_train, x_test, y_test"
    build = _BUILD.format(
        ids="" if is_cpu else ", device_ids=[device]",
        forward="torch.compile(model)" if request.execution == "graph" else "model",
    ).strip()
    return joined(
        _head(request),
        constants(request),
        "\n".join([_group(request), *tf32(request)]),
        READ + "\n" + TENSORS.format(moved=moved).strip(),
        "\n" + MODELS[request.model] + "\n",
        build + ("\nscaler = torch.amp.GradScaler(device.type)" if is_scaled else ""),
        LOGITS.format(half=request.precision.removeprefix("mixed_")) if is_half else "",
        _LOOP.format(
            batch="x_train[rows].to(device), y_train[rows].to(device)"
            if stays_on_host
            else "x_train[rows], y_train[rows]",
            logits="logits_of" if is_half else "forward",
            update=(SCALED_UPDATE if is_scaled else UPDATE).strip("\n"),
        ),
    )


def _head(request: TrainingRequest) -> str:
    is_cpu = request.device == "cpu"
    local = "2" if is_cpu else "gpu"
    if request.strategy == MULTI_WORKER:
        command = _ON_SEVERAL.format(count=max(len(request.workers), 2), local=local)
    else:
        command = _ON_ONE_MACHINE.format(count=local)
    head = _HEAD.format(command=command)
    return head.replace("import os\n\n", "") if is_cpu else head


def _group(request: TrainingRequest) -> str:
    is_cpu = request.device == "cpu"
    device = 'device = torch.device("cpu")' if is_cpu else _GPU
    return _GROUP.format(device=device, backend="gloo" if is_cpu else "nccl").strip()
