"""The team of each framework, for a process that the supervisor has started."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from accelgui.agent.workloads.training.distributed.cluster import Cluster, cluster_of
from accelgui.agent.workloads.training.distributed.patience import leave
from accelgui.agent.workloads.training.distributed.roll_call import RollCall
from accelgui.agent.workloads.training.distributed.team import Team
from accelgui.model.strategies import MULTI_WORKER

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.training.distributed.roll_call import Board
    from accelgui.model.requests import ReplicaRequest

# Imported when asked for: each imports its framework.
_TEAMS = {
    "tensorflow": ("tensorflow_team", "TensorFlowTeam"),
    "pytorch": ("torch_team", "TorchTeam"),
    "jax": ("jax_team", "JaxTeam"),
}


def team_of(request: ReplicaRequest, channel: Channel) -> Team:
    """Return the team that a process was started for; it has joined nobody yet."""
    if request.training.strategy != MULTI_WORKER and request.training.framework != "pytorch":
        return Team(request.training)
    package = __name__.rpartition(".")[0]
    module, name = _TEAMS[request.training.framework]
    made: ProcessTeam = getattr(importlib.import_module(f"{package}.{module}"), name)(
        request, channel
    )
    return made


class ProcessTeam(Team):
    """A process of several; `cluster` says which workers there are, None on a machine alone."""

    def __init__(self, request: ReplicaRequest, channel: Channel) -> None:
        super().__init__(request.training)
        self.replica = request
        self.channel = channel
        is_alone = request.training.strategy != MULTI_WORKER
        self.cluster = Cluster(1, 0) if is_alone else cluster_of(request.training)
        self.workers_count = self.cluster.count
        self.worker_index = self.cluster.index
        self._roll_call: RollCall | None = None

    def leave(self) -> None:
        """The training is over: the others may go."""
        if self._roll_call is not None:
            self._roll_call.end()

    def lost(self, error: Exception) -> str | None:  # noqa: ARG002 - Some read it.
        """Return who is gone after an error, None where nobody is, or nobody knows."""
        missing = self._roll_call.missing() if self._roll_call else []
        return self.name_of(missing[0]) if missing else None

    def name_of(self, rank: int) -> str:
        """Return what a person calls a process of the training."""
        return f"worker {self.cluster.name(rank)}" if self.workers_count > 1 else f"replica {rank}"

    def call_the_roll(self, board: Board, count: int) -> None:
        """Count from now on, and end this process where another one falls silent."""
        self._roll_call = RollCall(board, self.rank, count, self._on_silence)
        self._roll_call.begin()

    def _on_silence(self, rank: int) -> None:
        name = self.name_of(rank)
        leave(self.channel, f"{name} does not answer any more", "worker_lost", {"worker": name})
