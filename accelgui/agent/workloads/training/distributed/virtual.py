"""Several devices out of one CPU: for trying out strategies where there is no second device.

``ACCELGUI_VIRTUAL_CPU_DEVICES=2`` has TensorFlow and JAX split the CPU into two logical devices,
and PyTorch start two processes on it, for ``--device cpu --strategy all`` and for the workers of
"multi-worker". They share its cores: nothing gets faster by that.
"""

from __future__ import annotations

import os

from accelgui.agent.failures import InputError

VARIABLE = "ACCELGUI_VIRTUAL_CPU_DEVICES"
_MOST = 64


def count() -> int:
    """Return how many devices the CPU counts as; raises InputError for what is no such number."""
    text = os.environ.get(VARIABLE) or "1"
    if not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise InputError(f"{VARIABLE}={text}: expected a number from 1 to {_MOST}")
    return int(text)


def prepare_environment(framework: str) -> None:
    """Before the import: JAX's CPU client reads its flags once."""
    if framework == "jax" and count() > 1:
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_force_host_platform_device_count={count()}"


def prepare_framework(framework: str) -> None:
    """After the import, before any operation: TensorFlow's devices are settled by the first."""
    if framework == "tensorflow" and count() > 1:
        import tensorflow as tf

        cpu, *_ = tf.config.list_physical_devices("CPU")
        parts = [tf.config.LogicalDeviceConfiguration() for _ in range(count())]
        tf.config.set_logical_device_configuration(cpu, parts)
