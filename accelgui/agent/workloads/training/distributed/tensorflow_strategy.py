"""The tf.distribute strategy of a set of devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

if TYPE_CHECKING:
    from accelgui.model.snapshot import FrameworkDevice


def strategy_on(devices: tuple[FrameworkDevice, ...]) -> Any:
    """Return MirroredStrategy for CPUs and GPUs, TPUStrategy for all cores of the TPU here."""
    kind = devices[0].key.partition(":")[0]
    if kind == "tpu":
        # Listing the devices has started the TPU system.
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver("local")
        return tf.distribute.TPUStrategy(resolver)
    if kind == "cpu":
        return tf.distribute.MirroredStrategy([f"/cpu:{number}" for number in range(len(devices))])
    return tf.distribute.MirroredStrategy([f"/gpu:{number}" for number in range(len(devices))])


def strategy_on_one_core() -> Any:
    """Return a TPUStrategy that leaves the other cores of this machine's TPU alone."""
    resolver = tf.distribute.cluster_resolver.TPUClusterResolver("local")
    topology = tf.tpu.experimental.initialize_tpu_system(resolver)
    core = tf.tpu.experimental.DeviceAssignment.build(topology, num_replicas=1)
    return tf.distribute.TPUStrategy(resolver, experimental_device_assignment=core)
