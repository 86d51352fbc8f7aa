"""Starts the processes that share a training, and tells of them as of one run.

PyTorch trains with a process for each device, and every framework with one for each machine. Some
of their engines end the process where another one is gone: so none of them is the process that
answers for the run. This one imports no framework. It passes on what the first process of this
machine tells, hands on stop and pause, and says who ended early and why.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Optional

from accelgui.agent.failures import FrameworkError, InputError, WorkError
from accelgui.agent.workloads.training.distributed.child import Child, address_variables
from accelgui.agent.workloads.training.distributed.cluster import Cluster, cluster_of
from accelgui.agent.workloads.training.distributed.patience import (
    WAITING,
    first_unreachable,
    join_limit_s,
    missing,
)
from accelgui.model.events import (
    Alive,
    EpochDone,
    Hello,
    Progress,
    TrainingProgress,
    TrainingStarted,
    WorkDone,
    WorkFailed,
)
from accelgui.model.outcome import FailureKind
from accelgui.model.requests import ReplicaRequest
from accelgui.model.strategies import ALL, MULTI_WORKER

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.model.events import Event
    from accelgui.model.requests import TrainingRequest

_TICK_S = 0.1

# Their last word takes a second at most; a process that waits within its engine has none.
_STOP_S = 1.25

# The weights are being kept, and the last sign of that was this long ago.
_SAVE_S = 10.0

# When one process has failed, the others may know better why, or may just be hanging.
_OTHERS_S = 5.0

# This process says these itself.
_OWN_WORDS = (Hello, Alive, WorkDone, WorkFailed)

# Told by the first worker alone: all of them know the same.
_FIRST_WORKERS = (TrainingProgress, EpochDone)

_ERRORS: dict[FailureKind, type[WorkError]] = {
    FailureKind.INPUT: InputError,
    FailureKind.ENVIRONMENT: FrameworkError,
}


def is_needed(request: TrainingRequest) -> bool:
    """Tell whether a strategy trains in other processes than this one."""
    return request.strategy == MULTI_WORKER or (
        request.strategy == ALL and request.framework == "pytorch"
    )


def train(request: TrainingRequest, channel: Channel) -> None:
    """Have the replicas of this machine train, and tell of it on the channel.

    Raises InputError and WorkError as they do, WorkError where one of them ended early.
    """
    if request.strategy == MULTI_WORKER:
        cluster_of(request)  # Told now rather than after an import.
    Supervisor(request, channel.send, channel.stopping, channel.on_command).run()


class Supervisor:
    """The processes of one training on this machine.

    `send` takes the events of the first one, `stopping` (an Event, or what has its `is_set`) ends
    all of them.
    """

    def __init__(
        self,
        request: TrainingRequest,
        send: Callable[[Event], None],
        stopping: Any,
        on_command: Optional[Callable[[Callable[[dict[str, Any]], None]], None]] = None,
    ) -> None:
        self._request = request
        self._send = send
        self._stopping = stopping
        self._events: queue.Queue[tuple[int, Optional[Event]]] = queue.Queue()
        self._children: list[Child] = []
        self._children_lock = threading.Lock()
        self._variables = address_variables() if request.strategy == ALL else {}
        self._failures: dict[int, WorkFailed] = {}
        self._is_first_worker = True
        self._come_until_s = math.inf
        self._end_s = math.inf
        if on_command is not None:
            on_command(self._tell_all)

    def run(self) -> None:
        """Follow all processes to their end."""
        try:
            self._start(0, None)
            self._follow()
        finally:
            for child in self._children:
                child.end()
        if self._failures and not self._stopping.is_set():
            raise _error(self._blamed(), len(self._children) > 1)

    def _start(self, local_rank: int, local_count: Optional[int]) -> None:
        request = ReplicaRequest(self._request, local_rank, local_count)
        child = Child(request, self._variables, self._events)
        with self._children_lock:
            self._children.append(child)

    def _follow(self) -> None:
        is_told_to_stop = False
        while any(child.is_alive for child in self._children) and time.monotonic() < self._end_s:
            self._take_next()
            if not is_told_to_stop and self._stopping.is_set():
                is_told_to_stop = True
                self._end_s = time.monotonic() + _STOP_S
                for child in self._children:
                    child.stop()
            if time.monotonic() > self._come_until_s:
                raise self._missing()
            if self._failures and self._end_s == math.inf:
                self._end_s = time.monotonic() + _OTHERS_S

    def _take_next(self) -> None:
        try:
            rank, event = self._events.get(timeout=_TICK_S)
        except queue.Empty:
            return
        if event is None:
            self._take_end(rank)
        elif isinstance(event, WorkFailed):
            self._failures[rank] = event
        elif isinstance(event, WorkDone) and event.stopped:
            self._stopped_elsewhere()
        elif rank == 0:
            self._take_first(event)

    def _missing(self) -> WorkError:
        index = self._request.worker_index
        workers = self._request.workers
        first = first_unreachable(workers, but=-1 if index is None else index)
        name = "another worker" if first is None else f"worker {Cluster(0, 0, workers).name(first)}"
        return WorkError(*missing(name, join_limit_s()))

    def _take_first(self, event: Event) -> None:
        if isinstance(event, Progress):
            is_waiting = event.what == WAITING
            self._come_until_s = time.monotonic() + _limit_s() if is_waiting else math.inf
            if event.what == "save" and self._end_s < math.inf:
                # Who saves says so for as long as it goes on.
                self._end_s = time.monotonic() + _SAVE_S
        if isinstance(event, Progress) and event.what == "replicas":
            for local_rank in range(1, int(event.total)):
                self._start(local_rank, int(event.total))
        if isinstance(event, TrainingStarted):
            self._is_first_worker = event.worker_index == 0
        if isinstance(event, _OWN_WORDS):
            return
        if self._is_first_worker or not isinstance(event, _FIRST_WORKERS):
            self._send(event)

    def _take_end(self, rank: int) -> None:
        child = self._children[rank]
        message = child.ended_early()
        if message is None or rank in self._failures:
            return
        failed = WorkFailed(FailureKind.ENVIRONMENT, message, code="replica_ended")
        if not self._stopping.is_set() and _has_lost_its_coordinator(self._request):
            name = f"worker {Cluster(0, 0, self._request.workers).name(0)}"
            failed = replace(
                failed, message=f"{name} is gone", code="worker_lost", parameters={"worker": name}
            )
        self._failures[rank] = failed

    def _stopped_elsewhere(self) -> None:
        """Another machine was asked to stop, and all stopped together."""
        if isinstance(self._stopping, threading.Event):
            self._stopping.set()

    def _tell_all(self, command: dict[str, Any]) -> None:
        with self._children_lock:
            children = list(self._children)
        for child in children:
            child.tell(command)

    def _blamed(self) -> tuple[int, WorkFailed]:
        """Return the failure that explains the others: what is only told of others comes last."""
        ranks = sorted(self._failures)
        return min(
            ((rank, self._failures[rank]) for rank in ranks),
            key=lambda item: (item[1].code == "worker_lost", item[1].code != "replica_ended"),
        )


def _limit_s() -> float:
    # The processes themselves know better who is missing, where their engine lets them speak.
    return join_limit_s() + 3.0


def _has_lost_its_coordinator(request: TrainingRequest) -> bool:
    """Tell whether the first worker, which leads, is gone: JAX ends the others for that."""
    if request.framework != "jax" or not request.workers or request.worker_index == 0:
        return False
    return first_unreachable(request.workers[:1], but=-1) == 0


def _error(blamed: tuple[int, WorkFailed], is_one_of_several: bool) -> Exception:
    rank, failed = blamed
    kind = _ERRORS.get(failed.kind)
    if kind is None:
        return RuntimeError(f"replica {rank}: {failed.message}\n{failed.details}")
    message = f"replica {rank}: {failed.message}" if is_one_of_several else failed.message
    if failed.kind is FailureKind.INPUT:
        message = failed.message
    made = kind(message, failed.code, failed.parameters)
    made.memory = failed.memory
    return made
