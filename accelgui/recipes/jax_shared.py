"""The script for JAX on several devices, of one machine or of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.strategies import MULTI_WORKER
from accelgui.recipes.jax import COMMON, MODELS, step, tf32
from accelgui.recipes.parts import READ, constants, joined

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

_IMPORTS = '''
"""Train on 28 × 28 images with JAX, on all devices."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
'''

_INITIALIZE = """
# HOST:PORT of the first process, how many there are, and which of them this one is.
jax.distributed.initialize(
    os.environ["COORDINATOR"], int(os.environ["PROCESSES"]), int(os.environ["PROCESS_ID"])
)
"""

# On one machine. JAX reads the flag once, when it is imported.
_VIRTUAL = """
# The CPU as two devices, to try this out without a second one: nothing gets faster.
jax.config.update("jax_num_cpu_devices", 2)
"""

_MESH = """
# Weights lie on every device, batches are split among them; the compiler adds up the gradients.
mesh = Mesh(np.array({devices}), ("data",))
everywhere = NamedSharding(mesh, PartitionSpec())
shared = NamedSharding(mesh, PartitionSpec("data"))


def placed(array, sharding):
    # Each process brings what lies on its own devices.
    array = np.asarray(array)
    return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])
"""

_LOOP = """
# What does not fill a batch is left out: another shape would be compiled anew.
batches = len(y_train) // BATCH_SIZE
STEPS = EPOCHS * batches
key = jax.random.PRNGKey(SEED)
weights = jax.tree.map(lambda w: placed(w, everywhere), init(key))
zeros = jax.tree.map(jnp.zeros_like, weights)
state = (weights, zeros, zeros, 0.0)
x_test, y_test = placed(x_test, everywhere), placed(y_test, everywhere)
for epoch in range(1, EPOCHS + 1):
    order = np.random.default_rng([SEED, epoch]).permutation(len(y_train))
    losses = []
    for rows in order[: batches * BATCH_SIZE].reshape(batches, BATCH_SIZE):
        key, dropout_key = np.asarray(jax.random.split(key))
        x, y = placed(x_train[rows], shared), placed(y_train[rows], shared)
        *state, loss = step(*state, x, y, dropout_key)
        losses.append(loss)
    mean = np.mean([np.asarray(loss) for loss in losses])
    accuracy = np.asarray(right_of(state[0], x_test, y_test)) / len(y_test)
    print(f"epoch {epoch}: loss {mean:.4f}, accuracy {accuracy:.4f}")
"""


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for, to be started on each machine."""
    is_apart = request.strategy == MULTI_WORKER
    is_cpu = request.device == "cpu"
    start = _INITIALIZE if is_apart else _VIRTUAL if is_cpu else ""
    imports = _IMPORTS.replace("import jax\n", "import os\n\nimport jax\n", 1)
    return joined(
        imports if is_apart else _IMPORTS,
        constants(request),
        "\n".join([start.strip(), *tf32(request)]).strip(),
        READ,
        _MESH.replace("{devices}", 'jax.devices("cpu")' if is_cpu else "jax.devices()"),
        COMMON.strip("\n"),
        MODELS[request.model],
        step(request) + "\n",
        _LOOP,
    )
