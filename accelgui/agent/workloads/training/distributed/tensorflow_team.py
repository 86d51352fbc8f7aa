"""The processes of a TensorFlow training: one for each machine, under one strategy."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import tensorflow as tf

from accelgui.agent.failures import FrameworkError
from accelgui.agent.workloads.training.distributed import places, virtual
from accelgui.agent.workloads.training.distributed.patience import first_unreachable, waiting
from accelgui.agent.workloads.training.distributed.teams import ProcessTeam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.agent.backends import Backend
    from accelgui.model.snapshot import FrameworkDevice

_TASK = re.compile(r"/job:worker/(?:replica:\d+/)?task:(\d+)")


class TensorFlowTeam(ProcessTeam):
    """Processes under MultiWorkerMirroredStrategy, which finds the others by TF_CONFIG."""

    strategy: Any = None

    def join(self, backend: Backend) -> tuple[FrameworkDevice, ...]:
        """Find the others; see Team.join."""
        virtual.prepare_framework(self.request.framework)
        devices = places.devices_of(self.request, backend)
        if devices[0].key == "cpu":
            tf.config.set_visible_devices([], "GPU")
        self._write_config()
        with waiting(self.channel, self._missing):
            try:
                # Nothing may have run before: the strategy sets up how operations find each other.
                self.strategy = tf.distribute.MultiWorkerMirroredStrategy()
            except (tf.errors.OpError, RuntimeError, ValueError) as error:
                raise FrameworkError(f"no cluster: {str(error).splitlines()[0]}") from error
        self.rank = self.cluster.index
        self.replicas_count = int(self.strategy.num_replicas_in_sync)
        self.check_share()
        self.exchange = self._sum
        return devices

    def lost(self, error: Exception) -> Optional[str]:
        """Return who is gone: each worker listens at its address, and TensorFlow may name one."""
        index = first_unreachable(self.cluster.addresses, but=self.cluster.index)
        if index is None and (named := _TASK.search(str(error))):
            index = int(named[1])
        if index is None or index == self.cluster.index:
            return None
        return f"worker {self.cluster.name(index)}"

    def _write_config(self) -> None:
        if self.request.workers:
            os.environ["TF_CONFIG"] = json.dumps({
                "cluster": {"worker": list(self.cluster.addresses)},
                "task": {"type": "worker", "index": self.cluster.index},
            })

    def _missing(self) -> str:
        return self.lost(TimeoutError()) or "another worker"

    def _sum(self, values: Sequence[float]) -> list[float]:
        given = False

        def own(_context: Any) -> Any:
            # A process gives its numbers once, whatever the number of its replicas.
            nonlocal given
            mine = np.zeros(len(values)) if given else np.asarray(values)
            given = True
            return tf.constant(mine, tf.float32)

        each = self.strategy.experimental_distribute_values_from_function(own)
        total = self.strategy.reduce(tf.distribute.ReduceOp.SUM, each, axis=None)
        sums: list[float] = total.numpy().tolist()
        return sums
