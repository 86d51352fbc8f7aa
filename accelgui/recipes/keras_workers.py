"""The script for TensorFlow on several machines.

Model.fit of Keras 3 does not take the shares of MultiWorkerMirroredStrategy: the step is written
out, as TensorFlow's guide to distributed training has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.recipes.keras import IMPORTS, MODELS, settings
from accelgui.recipes.parts import READ, constants, joined

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

_STRATEGY = """
# TF_CONFIG names the workers and says which of them this one is:
# {"cluster": {"worker": ["HOST:PORT", "HOST:PORT"]}, "task": {"type": "worker", "index": 0}}
strategy = tf.distribute.MultiWorkerMirroredStrategy()
"""

_BUILD = """
# What does not fill a batch is left out: all workers take shares of one size.
batches = len(y_train) // BATCH_SIZE
train = tf.data.Dataset.from_tensor_slices((x_train, y_train))
train = train.shuffle(len(y_train), seed=SEED).batch(BATCH_SIZE, drop_remainder=True)
with strategy.scope():
    model = build_model()
    schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS * batches)
    optimizer = {optimizer}
    optimizer.build(model.trainable_variables)
train = strategy.experimental_distribute_dataset(train{prefetch})
"""

_STEP = """
losses_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


def replica_step(x, y):
    with tf.GradientTape() as tape:
        # Each replica adds its part of the mean over the whole batch.
        loss = tf.reduce_sum(losses_of(y, model(x, training=True))) / BATCH_SIZE
        scaled = optimizer.scale_loss(loss)
    gradients = tape.gradient(scaled, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss

{jit}
def step(x, y):
    return strategy.reduce("SUM", strategy.run(replica_step, args=(x, y)), axis=None)
"""

_LOOP = """
for epoch in range(1, EPOCHS + 1):
    losses = [step(x, y) for x, y in train]
    answers = np.argmax(model(x_test, training=False), axis=1)
    mean, accuracy = np.mean(losses), np.mean(answers == y_test)
    print(f"epoch {epoch}: loss {mean:.4f}, accuracy {accuracy:.4f}")
"""


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for, to be started on each machine."""
    optimizer = "keras.optimizers.Adam(schedule)"
    if request.precision == "mixed_float16":
        optimizer = f"keras.optimizers.LossScaleOptimizer({optimizer})"
    prefetch = ".prefetch(tf.data.AUTOTUNE)" if request.feeding == "prefetch" else ""
    hidden = 'tf.config.set_visible_devices([], "GPU")\n' if request.device == "cpu" else ""
    return joined(
        IMPORTS,
        constants(request),
        hidden + _STRATEGY.strip(),
        settings(request),
        READ,
        "\n" + MODELS[request.model] + "\n",
        _BUILD.replace("{optimizer}", optimizer).replace("{prefetch}", prefetch),
        _STEP.replace("{jit}", "" if request.execution == "eager" else "\n@tf.function") + "\n",
        _LOOP,
    )
