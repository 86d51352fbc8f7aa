"""A plain Keras script, as a tutorial has it: its fit, timed."""

from __future__ import annotations

import json
import sys
import time

import keras
import numpy as np
from keras import layers

model_name, batch_size, epochs, verbose, path = json.loads(sys.argv[1])
with np.load(path) as data:
    x_train, y_train = data["x_train"][..., None] / np.float32(255), data["y_train"].astype("int32")
    x_test, y_test = data["x_test"][..., None] / np.float32(255), data["y_test"].astype("int32")
convolutions = [
    layers.Conv2D(16, 5, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(32, 5, activation="relu"),
    layers.MaxPooling2D(),
]
dense = layers.Dense(128, activation="relu")
body = {
    "mlp": [layers.Flatten(), dense],
    "cnn": [*convolutions, layers.Flatten(), layers.Dropout(0.3), dense],
}
model = keras.Sequential([keras.Input((28, 28, 1)), *body[model_name], layers.Dense(10)])
steps = -(-len(y_train) // batch_size) * epochs
model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, steps)),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
started_s, started_cpu_s = time.perf_counter(), time.process_time()
model.fit(
    x_train,
    y_train,
    batch_size=batch_size,
    epochs=epochs,
    verbose=verbose,
    validation_data=(x_test, y_test),
    validation_batch_size=max(batch_size, 256),
)
print(json.dumps([time.perf_counter() - started_s, time.process_time() - started_cpu_s]))
