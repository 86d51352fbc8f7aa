"""The script for PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.strategies import ALL
from accelgui.recipes.parts import READ, constants, joined

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

IMPORTS = '''
"""Train on 28 × 28 images with PyTorch."""

import numpy as np
import torch
from torch import nn
'''

MODELS = {
    "mlp": """
def build_model():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
""",
    "cnn": """
def build_model():
    return nn.Sequential(
        nn.Conv2d(1, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(512, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )
""",
    "lstm": """
class Rows(nn.Module):
    def __init__(self, units=128):
        super().__init__()
        self.lstm = nn.LSTM(28, units, batch_first=True)
        self.head = nn.Linear(units, 10)

    def forward(self, image):
        outputs, _ = self.lstm(image.flatten(1, 2))
        return self.head(outputs[:, -1])


def build_model():
    return Rows()
""",
    "transformer": """
class Encoder(nn.Module):
    def __init__(self, width=64, heads=4, hidden=128, blocks=2):
        super().__init__()
        # Patches of 7 × 7 pixels become tokens: a convolution with that stride.
        self.patches = nn.Conv2d(1, width, 7, stride=7)
        self.positions = nn.Parameter(0.02 * torch.randn(16, width))
        self.blocks = nn.Sequential(*[
            nn.TransformerEncoderLayer(
                width, heads, hidden, dropout=0, batch_first=True, norm_first=True
            )
            for _ in range(blocks)
        ])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)

    def forward(self, image):
        x = self.patches(image).flatten(2).transpose(1, 2) + self.positions
        return self.head(self.norm(self.blocks(x)).mean(dim=1))


def build_model():
    return Encoder()
""",
}

TENSORS = """
x_train, x_test = (torch.from_numpy(x).permute(0, 3, 1, 2).contiguous() for x in (x_train, x_test))
y_train, y_test = (torch.from_numpy(y).long() for y in (y_train, y_test))
{moved} = (t.to(device) for t in ({moved}))
"""

_BUILD = """
steps = EPOCHS * -(-len(y_train) // BATCH_SIZE)
model = build_model().to(device)
forward = {forward}
optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE, eps=1e-7)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
"""

_SCALER = "scaler = torch.amp.GradScaler(device.type)"

LOGITS = """
def logits_of(x):
    with torch.autocast(device.type, torch.{half}):
        logits = forward(x)
    return logits.float()
"""

_LOOP = """
for epoch in range(1, EPOCHS + 1):
    model.train()
    total = torch.zeros((), device=device)
    for rows in torch.randperm(len(y_train)).to(x_train.device).split(BATCH_SIZE):
        x, y = {batch}
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy({logits}(x), y)
{update}
        scheduler.step()
        total += loss.detach() * len(y)
    model.eval()
    with torch.no_grad():
        right = sum(
            ({logits}(x).argmax(1) == y).sum() for x, y in zip(x_test.split(256), y_test.split(256))
        )
    mean, accuracy = total / len(y_train), right / len(y_test)
    print(f"epoch {{epoch}}: loss {{mean:.4f}}, accuracy {{accuracy:.4f}}")
"""

UPDATE = """
        loss.backward()
        optimizer.step()
"""

SCALED_UPDATE = """
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
"""


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for, on one device or on all of a TPU."""
    is_half = request.precision != "float32"
    is_scaled = request.precision == "mixed_float16"
    stays_on_host = request.feeding in {"host", "prefetch"}
    moved = "x_test, y_test" if stays_on_host else "x_train, y_train, x_test, y_test"
    is_tpu = request.device.startswith("tpu")
    update = (SCALED_UPDATE if is_scaled else UPDATE).strip("\n")
    graph = request.execution == "graph"
    return joined(
        _imports(request),
        constants(request),
        "\n".join([_device(request), "torch.manual_seed(SEED)", *tf32(request)]),
        READ + "\n" + TENSORS.format(moved=moved).strip(),
        "\n" + MODELS[request.model] + "\n",
        _BUILD.format(forward="torch.compile(model)" if graph else "model").strip()
        + (f"\n{_SCALER}" if is_scaled else ""),
        f"\n{_FETCH.strip()}\n" if request.feeding == "prefetch" else "",
        LOGITS.format(half=request.precision.removeprefix("mixed_")) if is_half else "",
        (_whole_batches(_LOOP) if is_tpu and request.strategy == ALL else _LOOP).format(
            batch=_batch(request) + (_MARKED if is_tpu and request.strategy == ALL else ""),
            logits="logits_of" if is_half else "forward",
            update=f"{update}\n        torch_xla.sync()" if is_tpu else update,
        ),
    )


_MARKED = """
        for part in (x, y):
            xs.mark_sharding(part, mesh, ("data", *[None] * (part.dim() - 1)))"""

_SPMD = """
# One program for all devices of the TPU: batches are split, the compiler adds up the gradients.
xr.use_spmd()
count = xr.global_runtime_device_count()
mesh = xs.Mesh(np.arange(count), (count,), ("data",))
device = torch_xla.device()
""".strip()


def _whole_batches(loop: str) -> str:
    """Return the loop without the last, smaller batch of each epoch."""
    used = "# What does not fill a batch is left out: devices take even shares.\n"
    used += "used = len(y_train) // BATCH_SIZE * BATCH_SIZE\n"
    loop = loop.replace("randperm(len(y_train))", "randperm(len(y_train))[:used]")
    return used + loop.replace("total / len(y_train)", "total / used").lstrip("\n")


def _imports(request: TrainingRequest) -> str:
    if not request.device.startswith("tpu"):
        return IMPORTS
    added = "import torch_xla\n"
    if request.strategy == ALL:
        added += "import torch_xla.distributed.spmd as xs\nimport torch_xla.runtime as xr\n"
    return IMPORTS.replace("from torch", f"{added}from torch")


def _device(request: TrainingRequest) -> str:
    if request.strategy == ALL:
        return _SPMD
    if request.device == "auto":
        return 'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")'
    if request.device.startswith("tpu"):
        return "device = torch_xla.device()"
    return f'device = torch.device("{request.device.replace("gpu", "cuda")}")'


def tf32(request: TrainingRequest) -> list[str]:
    """Return the lines that switch TF32 on or off, none where it stays as it is."""
    if request.tf32 is None:
        return []
    level = "high" if request.tf32 else "highest"
    return [
        f'torch.set_float32_matmul_precision("{level}")',
        f"torch.backends.cudnn.allow_tf32 = {request.tf32}",
    ]


_FETCH = """
def fetched(rows):
    batch = x_train[rows], y_train[rows]
    if device.type == "cuda":  # From pinned memory, a copy runs beside the step before.
        return tuple(t.pin_memory().to(device, non_blocking=True) for t in batch)
    return batch
"""


def _batch(request: TrainingRequest) -> str:
    if request.feeding == "host":
        return "x_train[rows].to(device), y_train[rows].to(device)"
    if request.feeding == "prefetch":
        return "fetched(rows)"
    return "x_train[rows], y_train[rows]"
