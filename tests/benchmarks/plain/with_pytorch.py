"""A plain PyTorch script, as a tutorial has it: its loop over epochs, timed."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import torch
from torch import nn

model_name, batch_size, epochs, _, path = json.loads(sys.argv[1])
with np.load(path) as data:
    x_train = torch.from_numpy(data["x_train"][:, None] / np.float32(255))
    y_train = torch.from_numpy(data["y_train"].astype("int64"))
    x_test = torch.from_numpy(data["x_test"][:, None] / np.float32(255))
    y_test = torch.from_numpy(data["y_test"].astype("int64"))
body = {
    "mlp": lambda: [nn.Flatten(), nn.Linear(784, 128), nn.ReLU()],
    "cnn": lambda: [
        *(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.3), nn.Linear(512, 128), nn.ReLU()),
    ],
}
model = nn.Sequential(*body[model_name](), nn.Linear(128, 10))
steps = -(-len(y_train) // batch_size) * epochs
optimizer = torch.optim.Adam(model.parameters(), 3e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)

started_s, started_cpu_s = time.perf_counter(), time.process_time()
for _epoch in range(epochs):
    model.train()
    total, right = torch.zeros(()), torch.zeros(())
    for rows in torch.randperm(len(y_train)).split(batch_size):
        x, y = x_train[rows], y_train[rows]
        optimizer.zero_grad()
        logits = model(x)
        loss = nn.functional.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.detach() * len(y)
        right += (logits.argmax(1) == y).sum()
    model.eval()
    with torch.no_grad():
        for x, y in zip(x_test.split(256), y_test.split(256), strict=False):
            logits = model(x)
            total += nn.functional.cross_entropy(logits, y, reduction="sum")
            right += (logits.argmax(1) == y).sum()
    print(float(total), float(right))
print(json.dumps([time.perf_counter() - started_s, time.process_time() - started_cpu_s]))
