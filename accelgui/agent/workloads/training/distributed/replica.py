"""What each process does that the supervisor has started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent.failures import FrameworkError, MemoryLackingError, WorkError
from accelgui.agent.workloads.training.distributed.teams import team_of
from accelgui.agent.workloads.training.refusals import check
from accelgui.agent.workloads.training.training import train_with

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import ReplicaRequest


def train_replica(request: ReplicaRequest, channel: Channel) -> None:
    """Train as one of several processes; raises as `train` does.

    Where the framework fails because another process is gone, WorkError says which.
    """
    check(request.training)
    team = team_of(request, channel)
    try:
        train_with(team, channel)
    except MemoryLackingError:
        raise
    except FrameworkError as error:
        lost = None if channel.stopping.is_set() else team.lost(error)
        if lost is None:
            raise
        raise WorkError(f"{lost} is gone: {error}", "worker_lost", {"worker": lost}) from error
    finally:
        team.leave()
