"""A plain JAX script, as a tutorial has it: a jitted step in a loop over epochs, timed."""

from __future__ import annotations

import json
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

model_name, batch_size, epochs, _, path = json.loads(sys.argv[1])
assert model_name == "mlp"
with np.load(path) as data:
    x_train = jnp.asarray(data["x_train"].reshape(-1, 784) / np.float32(255))
    y_train = jnp.asarray(data["y_train"].astype("int32"))
    x_test = jnp.asarray(data["x_test"].reshape(-1, 784) / np.float32(255))
    y_test = jnp.asarray(data["y_test"].astype("int32"))
generator = np.random.default_rng(0)
shapes = [(784, 128), (128,), (128, 10), (10,)]
weights = [generator.normal(0, 0.05, shape).astype(np.float32) for shape in shapes]
zeros = [np.zeros_like(weight) for weight in weights]
state = jax.device_put((weights, zeros, zeros, np.float32(0)))
steps = -(-len(y_train) // batch_size) * epochs


def losses(weights, x, y):
    hidden = jax.nn.relu(x @ weights[0] + weights[1])
    logits = hidden @ weights[2] + weights[3]
    chances = jax.nn.log_softmax(logits)
    chosen = -jnp.take_along_axis(chances, y[:, None], axis=1)[:, 0]
    return chosen.mean(), (chosen.sum(), (logits.argmax(1) == y).sum())


@partial(jax.jit, donate_argnums=0)
def step(state, sums, images, labels, rows):
    weights, means, squares, done = state
    gradients, told = jax.grad(losses, has_aux=True)(weights, images[rows], labels[rows])
    rate = 3e-3 * 0.5 * (1 + jnp.cos(jnp.pi * done / steps))
    rate *= jnp.sqrt(1 - 0.999 ** (done + 1)) / (1 - 0.9 ** (done + 1))
    means = [0.9 * m + 0.1 * g for m, g in zip(means, gradients, strict=False)]
    squares = [0.999 * s + 0.001 * g * g for s, g in zip(squares, gradients, strict=False)]
    weights = [
        w - rate * m / (jnp.sqrt(s) + 1e-7)
        for w, m, s in zip(weights, means, squares, strict=False)
    ]
    return (weights, means, squares, done + 1), sums + jnp.stack(told)


@jax.jit
def judge(weights, images, labels, rows):
    return jnp.stack(losses(weights, images[rows], labels[rows])[1])


started_s, started_cpu_s = time.perf_counter(), time.process_time()
for _epoch in range(epochs):
    sums = jnp.zeros(2)
    order = generator.permutation(len(y_train)).astype(np.int32)
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        state, sums = step(state, sums, x_train, y_train, rows)
    validation = jnp.zeros(2)
    for start in range(0, len(y_test), 256):
        rows = np.arange(start, min(start + 256, len(y_test)), dtype=np.int32)
        validation += judge(state[0], x_test, y_test, rows)
    print(sums, validation)
print(json.dumps([time.perf_counter() - started_s, time.process_time() - started_cpu_s]))
