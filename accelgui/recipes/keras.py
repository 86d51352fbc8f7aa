"""The script for TensorFlow and Keras 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.strategies import ALL
from accelgui.recipes.parts import READ, constants, device_number, joined

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

IMPORTS = '''
"""Train on 28 × 28 images with TensorFlow and Keras."""

import numpy as np
import tensorflow as tf

keras = tf.keras
layers = tf.keras.layers
'''

MODELS = {
    "mlp": """
def build_model():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, dtype="float32"),
    ])
""",
    "cnn": """
def build_model():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 5, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 5, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, dtype="float32"),
    ])
""",
    "lstm": """
def build_model():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Reshape((28, 28)),
        layers.LSTM(128),
        layers.Dense(10, dtype="float32"),
    ])
""",
    "transformer": """
def build_model(width=64, heads=4, hidden=128, blocks=2):
    image = keras.Input((28, 28, 1))
    # Patches of 7 × 7 pixels become tokens: a convolution with that stride.
    patches = layers.Conv2D(width, 7, strides=7)(image)
    x = layers.Reshape((16, width))(patches)
    positions = layers.Embedding(16, width)(tf.range(16))
    x = x + positions
    for _ in range(blocks):
        normed = layers.LayerNormalization(epsilon=1e-5)(x)
        x = x + layers.MultiHeadAttention(heads, width // heads)(normed, normed)
        normed = layers.LayerNormalization(epsilon=1e-5)(x)
        x = x + layers.Dense(width)(layers.Dense(hidden, activation="relu")(normed))
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-5)(x))
    return keras.Model(image, layers.Dense(10, dtype="float32")(x))
""",
}

_COMPILE = """
steps = EPOCHS * -(-len(y_train) // BATCH_SIZE)
model = build_model()
model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],{how}
)
"""

_HOW = {
    "default": "",
    "eager": "\n    run_eagerly=True,",
    "graph": "\n    jit_compile=False,",
    "xla": "\n    jit_compile=True,",
}

_PLAIN_FIT = """
model.fit(
    x_train,
    y_train,
    batch_size=BATCH_SIZE,
    epochs=EPOCHS,
    validation_data=(x_test, y_test),
)
"""

_DATASET_FIT = """
train = tf.data.Dataset.from_tensor_slices((x_train, y_train)){cache}
train = train.shuffle(len(y_train), seed=SEED).batch(BATCH_SIZE){prefetch}
model.fit(train, epochs=EPOCHS, validation_data=(x_test, y_test), validation_batch_size=256)
"""


_MIRRORED = """
for gpu in tf.config.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
# A copy of the network on each GPU; each takes an even share of each batch.
strategy = tf.distribute.MirroredStrategy()
"""

_VIRTUAL = """
# The CPU as two devices, to try this out without a second one: nothing gets faster.
tf.config.set_visible_devices([], "GPU")
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, 2 * [tf.config.LogicalDeviceConfiguration()])
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
"""


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for."""
    compiling = _COMPILE.format(how=_HOW[request.execution])
    if request.device.startswith("tpu") or request.strategy == ALL:
        compiling = _in_scope(compiling)
    return joined(
        IMPORTS,
        constants(request),
        _device(request),
        settings(request),
        READ,
        "\n" + MODELS[request.model] + "\n",
        compiling,
        _fit(request),
    )


def _device(request: TrainingRequest) -> str:
    if request.strategy == ALL and not request.device.startswith("tpu"):
        return _VIRTUAL if request.device == "cpu" else _MIRRORED
    if request.device == "cpu":
        return 'tf.config.set_visible_devices([], "GPU")'
    if request.device.startswith("gpu"):
        return (
            'gpu = tf.config.list_physical_devices("GPU")'
            f"[{device_number(request)}]\n"
            'tf.config.set_visible_devices(gpu, "GPU")\n'
            "tf.config.experimental.set_memory_growth(gpu, True)"
        )
    if request.device.startswith("tpu"):
        return (
            'resolver = tf.distribute.cluster_resolver.TPUClusterResolver("local")\n'
            "tf.config.experimental_connect_to_cluster(resolver)\n"
            "tf.tpu.experimental.initialize_tpu_system(resolver)\n"
            "strategy = tf.distribute.TPUStrategy(resolver)"
        )
    return ""


def settings(request: TrainingRequest) -> str:
    """Return the lines that set seed, precision and TF32."""
    lines = ["keras.utils.set_random_seed(SEED)"]
    if request.precision != "float32":
        lines.append(f'keras.mixed_precision.set_global_policy("{request.precision}")')
    if request.tf32 is not None:
        lines.append(f"tf.config.experimental.enable_tensor_float_32_execution({request.tf32})")
    return "\n".join(lines)


def _in_scope(text: str) -> str:
    lines = [f"    {line}" if line else "" for line in text.strip().splitlines()]
    return "\n".join(["with strategy.scope():", *lines])


def _fit(request: TrainingRequest) -> str:
    if request.feeding == "default":
        return _PLAIN_FIT
    is_ahead = request.feeding == "prefetch"
    return _DATASET_FIT.format(
        cache=".cache()" if is_ahead else "",
        prefetch=".prefetch(tf.data.AUTOTUNE)" if is_ahead else "",
    )
