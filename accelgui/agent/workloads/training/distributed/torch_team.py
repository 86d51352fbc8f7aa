"""The processes of a PyTorch training: one for each device, as torchrun has them."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist

from accelgui.agent.failures import FrameworkError, InputError, WorkError
from accelgui.agent.workloads.training.distributed import places
from accelgui.agent.workloads.training.distributed.patience import (
    first_unreachable,
    join_limit_s,
    waiting,
)
from accelgui.agent.workloads.training.distributed.teams import ProcessTeam
from accelgui.model.events import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.agent.backends import Backend
    from accelgui.model.snapshot import FrameworkDevice

# A collective may wait for another machine's compilation, but not for ever.
_COLLECTIVE_S = 300.0

_LOOPBACK = ("127.0.0.1", "localhost")

# torchrun keeps the store itself, in a process of its own, and says so.
_TORCHRUN_STORE = "TORCHELASTIC_USE_AGENT_STORE"


class TorchTeam(ProcessTeam):
    """Processes that find each other in a store, and sum up with NCCL, or with Gloo on CPUs."""

    def join(self, backend: Backend) -> tuple[FrameworkDevice, ...]:
        """Find the others; see Team.join."""
        devices = places.devices_of(self.request, backend)
        if devices[0].key.startswith("tpu"):
            # One process has all of a machine's TPU.
            if self.workers_count > 1:
                raise InputError("PyTorch/XLA trains here on the TPU of one machine", "xla_alone")
            self.replicas_count = len(devices)
            self.check_share()
            return devices
        local_rank, device = self._own(devices)
        local_count = 1 if self.cluster.is_launched else len(devices)
        if device.key == "cpu" and local_count > 1:
            # Each process would take all cores, and wait for the others' threads.
            torch.set_num_threads(max(1, (os.cpu_count() or 1) // local_count))
        if self.replica.local_count is None and local_count > 1:
            self.channel.send(Progress(1, local_count, "replicas"))
        with waiting(self.channel, self._missing):
            self._gather(local_rank, local_count)
            self.check_share()
            self._form_group(device)
        self.call_the_roll(_Board(self._client("roll-call")), self.replicas_count)
        return (device,)

    def _own(self, devices: tuple[FrameworkDevice, ...]) -> tuple[int, FrameworkDevice]:
        local_rank = self.replica.local_rank
        if self.cluster.is_launched:
            local_rank = int(os.environ.get("LOCAL_RANK") or 0)
            # torchrun may have left this process a single GPU.
            return local_rank, devices[local_rank % len(devices)]
        return local_rank, devices[local_rank]

    def _gather(self, local_rank: int, local_count: int) -> None:
        """Find out how many processes the others have, and thereby which one this is."""
        if self.cluster.is_launched:
            self.rank, self.replicas_count = self.cluster.index, self.cluster.count
            is_master = self.rank == 0 and os.environ.get(_TORCHRUN_STORE) != "True"
        else:
            is_master = self.worker_index == 0 and local_rank == 0
        self._locate()
        # Kept: the store ends with it.
        self._store = self._client("", is_master=is_master)
        if self.cluster.is_launched:
            return
        if local_rank == 0:
            self._store.set(f"devices/{self.worker_index}", str(local_count))
        counts = [int(self._store.get(f"devices/{i}")) for i in range(self.workers_count)]
        self._firsts = [sum(counts[:index]) for index in range(len(counts))]
        self.rank = self._firsts[self.worker_index] + local_rank
        self.replicas_count = sum(counts)
        os.environ.update(
            RANK=str(self.rank),
            WORLD_SIZE=str(self.replicas_count),
            LOCAL_RANK=str(local_rank),
            LOCAL_WORLD_SIZE=str(local_count),
        )

    def _locate(self) -> None:
        """Take the first worker's address where no variables name one."""
        if self.cluster.addresses:
            host, _, port = self.cluster.addresses[0].rpartition(":")
            os.environ.update(MASTER_ADDR=host.strip("[]"), MASTER_PORT=port)

    def _client(self, prefix: str, *, is_master: bool = False) -> Any:
        host, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
        arguments: dict[str, Any] = {
            "is_master": is_master,
            "wait_for_workers": False,
            "timeout": timedelta(seconds=join_limit_s() + 30),
        }
        if is_master and host in _LOOPBACK:
            # The store would listen on every interface, which a loopback address does not ask for.
            arguments["master_listen_fd"] = _listening(host, port)
        try:
            store = dist.TCPStore(host, port, **arguments)
        except RuntimeError as error:
            raise FrameworkError(f"{host}:{port}: {str(error).splitlines()[0]}") from error
        return dist.PrefixStore(f"accelgui/{prefix}", store)

    def _form_group(self, device: FrameworkDevice) -> None:
        is_gpu = device.key != "cpu"
        if is_gpu:
            torch.cuda.set_device(torch.device(device.name))
        limit = timedelta(seconds=_COLLECTIVE_S)
        try:
            dist.init_process_group(
                "nccl" if is_gpu else "gloo",
                store=dist.PrefixStore("accelgui/group", self._store),
                rank=self.rank,
                world_size=self.replicas_count,
                timeout=limit,
            )
            # What the host decides is added up on the host.
            self._on_host = dist.new_group(backend="gloo", timeout=limit)
        except (RuntimeError, ValueError) as error:
            raise FrameworkError(f"no process group: {str(error).splitlines()[0]}") from error
        self.exchange = self._sum

    def _sum(self, values: Sequence[float]) -> list[float]:
        tensor = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(tensor, group=self._on_host)
        sums: list[float] = tensor.tolist()
        return sums

    def name_of(self, rank: int) -> str:
        """Return what a person calls a process: the worker that it belongs to."""
        if self.cluster.is_launched or self.workers_count == 1:
            return f"replica {rank}"
        workers = [index for index, first in enumerate(self._firsts) if first <= rank]
        return f"worker {self.cluster.name(workers[-1])}"

    def _missing(self) -> str:
        if not self.cluster.addresses:
            return "another replica"
        if first_unreachable(self.cluster.addresses[:1], but=-1) == 0:
            return f"worker {self.cluster.name(0)}"  # Nobody keeps the store.
        # The connection that waits answers nothing else.
        store = self._client("")
        there = [store.check([f"devices/{index}"]) for index in range(self.workers_count)]
        return "another worker" if all(there) else f"worker {self.cluster.name(there.index(False))}"


def _listening(host: str, port: int) -> int:
    """Return a socket that PyTorch takes over."""
    try:
        return socket.create_server((host, port)).detach()
    except OSError as error:
        raise WorkError(f"{host}:{port}: {error.strerror}", "address_in_use") from error


class _Board:
    """The counts in the store, by a connection of its own: each answers one call at a time."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def count_up(self, rank: int) -> None:
        self._store.add(str(rank), 1)

    def count_of(self, rank: int) -> int:
        return int(self._store.add(str(rank), 0))
