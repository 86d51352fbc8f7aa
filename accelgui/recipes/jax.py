"""The script for JAX alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.recipes.parts import READ, constants, device_number, joined

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

_IMPORTS = '''
"""Train on 28 × 28 images with JAX."""

import jax
import jax.numpy as jnp
import numpy as np
'''

COMMON = """
def dense(key, *shape):
    fan = np.prod(shape[:-2], dtype=int) * (shape[-2] + shape[-1])
    limit = np.sqrt(6 / fan)
    kernel = jax.random.uniform(key, shape, minval=-limit, maxval=limit)
    return {"w": kernel, "b": jnp.zeros(shape[-1])}


def affine(layer, x):
    return x @ layer["w"] + layer["b"]
"""

MODELS = {
    "mlp": """
def init(key):
    keys = jax.random.split(key, 2)
    return {"hidden": dense(keys[0], 784, 128), "head": dense(keys[1], 128, 10)}


def apply(weights, x, key=None):
    x = x.reshape(len(x), -1)
    return affine(weights["head"], jax.nn.relu(affine(weights["hidden"], x)))
""",
    "cnn": """
def init(key):
    keys = jax.random.split(key, 4)
    return {
        "conv_1": dense(keys[0], 5, 5, 1, 16),
        "conv_2": dense(keys[1], 5, 5, 16, 32),
        "hidden": dense(keys[2], 512, 128),
        "head": dense(keys[3], 128, 10),
    }


def convolve(layer, x):
    layout = ("NHWC", "HWIO", "NHWC")
    x = jax.lax.conv_general_dilated(x, layer["w"], (1, 1), "VALID", dimension_numbers=layout)
    n, height, width, channels = x.shape
    x = jax.nn.relu(x + layer["b"])
    return x.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def apply(weights, x, key=None):
    x = convolve(weights["conv_2"], convolve(weights["conv_1"], x)).reshape(len(x), -1)
    if key is not None:
        x = jnp.where(jax.random.bernoulli(key, 0.7, x.shape), x / 0.7, 0).astype(x.dtype)
    return affine(weights["head"], jax.nn.relu(affine(weights["hidden"], x)))
""",
    "lstm": """
def init(key):
    keys = jax.random.split(key, 3)
    return {
        "rows": dense(keys[0], 28, 4 * 128),
        "recurrent": dense(keys[1], 128, 4 * 128)["w"],
        "head": dense(keys[2], 128, 10),
    }


def apply(weights, x, key=None):
    rows = affine(weights["rows"], x[..., 0]).swapaxes(0, 1)
    start = jnp.zeros((len(x), 128), rows.dtype)

    def read(state, row):
        output, cell = state
        gates = jnp.split(row + output @ weights["recurrent"], 4, axis=1)
        entry, forget, leave = (jax.nn.sigmoid(gates[i]) for i in (0, 1, 3))
        cell = forget * cell + entry * jnp.tanh(gates[2])
        return (leave * jnp.tanh(cell), cell), None

    (output, _), _ = jax.lax.scan(read, (start, start), rows)
    return affine(weights["head"], output)
""",
    "transformer": """
WIDTH, HEADS, HIDDEN, BLOCKS = 64, 4, 128, 2


def norm():
    return {"scale": jnp.ones(WIDTH), "offset": jnp.zeros(WIDTH)}


def block(key):
    shapes = {name: (WIDTH, WIDTH) for name in ("query", "key", "value", "out")}
    shapes |= {"up": (WIDTH, HIDDEN), "down": (HIDDEN, WIDTH)}
    keys = jax.random.split(key, len(shapes))
    layers = {name: dense(k, *shape) for k, (name, shape) in zip(keys, shapes.items())}
    return {"norm_1": norm(), "norm_2": norm(), **layers}


def init(key):
    keys = jax.random.split(key, BLOCKS + 3)
    return {
        "patches": dense(keys[0], 49, WIDTH),
        "positions": 0.02 * jax.random.normal(keys[1], (16, WIDTH)),
        "blocks": [block(k) for k in keys[3:]],
        "norm": norm(),
        "head": dense(keys[2], WIDTH, 10),
    }


def normed(layer, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = jnp.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return centred / deviation * layer["scale"] + layer["offset"]


def attend(layers, x):
    by_head = (*x.shape[:2], HEADS, WIDTH // HEADS)
    query, key, value = (affine(layers[n], x).reshape(by_head) for n in ("query", "key", "value"))
    return affine(layers["out"], jax.nn.dot_product_attention(query, key, value).reshape(x.shape))


def apply(weights, x, key=None):
    # Patches of 7 × 7 pixels become tokens.
    patches = x.reshape(-1, 4, 7, 4, 7).swapaxes(2, 3).reshape(-1, 16, 49)
    x = affine(weights["patches"], patches) + weights["positions"]
    for layers in weights["blocks"]:
        x = x + attend(layers, normed(layers["norm_1"], x))
        hidden = jax.nn.relu(affine(layers["up"], normed(layers["norm_2"], x)))
        x = x + affine(layers["down"], hidden)
    return affine(weights["head"], normed(weights["norm"], x).mean(axis=1))
""",
}

_STEP = """
def logits_of(weights, x, key=None):{cast}
    return apply(weights, x, key).astype("float32")


def loss_of(weights, x, y, key):
    chances = jax.nn.log_softmax(logits_of(weights, x, key))
    return -jnp.take_along_axis(chances, y[:, None], axis=1).mean()

{jit}
def step(weights, mean, square, done, x, y, key):
    loss, gradients = jax.value_and_grad(loss_of)(weights, x, y, key){scaled}
    # Adam (Kingma and Ba 2015), its rate falling along half a cosine.
    rate = LEARNING_RATE * 0.5 * (1 + jnp.cos(jnp.pi * done / STEPS))
    rate = rate * jnp.sqrt(1 - 0.999 ** (done + 1)) / (1 - 0.9 ** (done + 1))
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradients)
    square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradients)
    weights = jax.tree.map(
        lambda w, m, s: w - rate * m / (jnp.sqrt(s) + 1e-7), weights, mean, square
    )
    return weights, mean, square, done + 1, loss

{jit}
def right_of(weights, x, y):
    return (logits_of(weights, x).argmax(axis=1) == y).sum()
"""

_CAST = """
    weights = jax.tree.map(lambda w: w.astype("{half}"), weights)
    x = x.astype("{half}")"""

_LOOP = """
with jax.default_device(device):
    # What does not fill a batch is left out: another shape would be compiled anew.
    batches = len(y_train) // BATCH_SIZE
    STEPS = EPOCHS * batches
    key = jax.random.key(SEED)
    weights = init(key)
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = (weights, zeros, zeros, 0.0)
{place}    for epoch in range(1, EPOCHS + 1):
        order = np.random.default_rng([SEED, epoch]).permutation(len(y_train))
        losses = []
        for rows in order[: batches * BATCH_SIZE].reshape(batches, BATCH_SIZE):
            key, dropout_key = jax.random.split(key)
            *state, loss = step(*state, x_train[rows], y_train[rows], dropout_key)
            losses.append(loss)
        accuracy = right_of(state[0], x_test, y_test) / len(y_test)
        print(f"epoch {{epoch}}: loss {{np.mean(losses):.4f}}, accuracy {{accuracy:.4f}}")
"""

_PLACE = """    x_train, y_train = jax.device_put((x_train, y_train), device)
    x_test, y_test = jax.device_put((x_test, y_test), device)
"""


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for, on one device."""
    stays_on_host = request.feeding in {"host", "prefetch"}
    return joined(
        _IMPORTS,
        constants(request),
        "\n".join([_device(request), *tf32(request)]),
        READ,
        "\n" + COMMON.strip("\n") + "\n",
        MODELS[request.model] + "\n",
        step(request) + "\n",
        _LOOP.format(place="" if stays_on_host else _PLACE),
    )


def step(request: TrainingRequest) -> str:
    """Return the loss, the step and the count of right answers.

    float16 needs its loss scaled, which bfloat16 does not: the script scales it by a constant.
    """
    half = "" if request.precision == "float32" else request.precision.removeprefix("mixed_")
    text = _STEP.replace("{cast}", _CAST.format(half=half) if half else "")
    text = text.replace("{jit}", "\n" if request.execution == "eager" else "\n@jax.jit")
    is_scaled = half == "float16"
    text = text.replace("{scaled}", _UNSCALED if is_scaled else "")
    if is_scaled:
        text = text.replace("value_and_grad(loss_of)", "value_and_grad(scaled_loss_of)")
        text = _SCALED.strip("\n") + "\n\n\n" + text.strip("\n")
    return text


_SCALED = """
SCALE = 2.0**10  # Small gradients would be lost in float16.


def scaled_loss_of(weights, x, y, key):
    return SCALE * loss_of(weights, x, y, key)
"""

_UNSCALED = """
    loss, gradients = jax.tree.map(lambda value: value / SCALE, (loss, gradients))"""


def _device(request: TrainingRequest) -> str:
    kind = request.device.partition(":")[0]
    if kind == "auto":
        return "device = jax.devices()[0]"
    return f'device = jax.devices("{kind}")[{device_number(request)}]'


def tf32(request: TrainingRequest) -> list[str]:
    """Return the lines that switch TF32 on or off, none where it stays as it is."""
    if request.tf32 is None:
        return []
    name = "tensorfloat32" if request.tf32 else "float32"
    return [f'jax.config.update("jax_default_matmul_precision", "{name}")']
