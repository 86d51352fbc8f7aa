"""What an agent is asked to do: one request for each of its commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

FRAMEWORKS = ("tensorflow", "pytorch", "jax")


@dataclass(frozen=True)
class MachineRequest:
    """Look at the machine: host, buses, drivers, libraries, devices.

    With a sysroot, files are read below it and nothing live is asked.
    """

    sysroot: Optional[str] = None
    call_timeout_s: float = 10.0


@dataclass(frozen=True)
class FrameworkRequest:
    """Look at one framework in this Python and run one real operation on each of its devices."""

    framework: str


@dataclass(frozen=True)
class ModuleRequest:
    """Look at one further library in this Python; the names are those of model/module.py."""

    module: str


@dataclass(frozen=True)
class SampleRequest:
    """Report live values every `interval_s` until stdin closes.

    A line ``{"watch": PID}`` on stdin adds that process and its children to the host's values;
    ``{"watch": null}`` ends that, ``{"interval_s": SECONDS}`` changes the pace. With
    ``{"detail": true}`` come, too, what costs more and is of use only to somebody who looks: each
    core's load, and who uses the devices; with ``{"pcie": true}`` the GPUs' PCIe throughput.
    """

    interval_s: float = 1.0


@dataclass(frozen=True)
class PrecisionRequest:
    """Check a device's arithmetic against float64 on the CPU.

    `level` is "quick", "full" or "soak". A soak goes on for `duration_s` with fresh data, and
    fills `memory_share` of the device's free memory with patterns.
    """

    framework: str = "tensorflow"
    device: str = "auto"
    level: str = "quick"
    seed: int = 0
    duration_s: float = 600.0
    memory_share: float = 0.1


@dataclass(frozen=True)
class TrainingRequest:
    """Train a sample network. `data_path` is a Keras-layout npz, None for the built-in digits.

    `execution` and `feeding` are those of model.techniques; `tf32` None leaves float32 products as
    the framework has them.

    `checkpoint_path` is where the weights go at the end, of a stopped run too. `script_path` is a
    file whose build_model() is trained in place of `model`.

    `strategy`, `workers` and `worker_index` say which devices of which machines share the
    training; they are those of model.strategies.

    A line ``{"pause": true}`` on stdin lets the training wait between two batches,
    ``{"pause": false}`` go on.
    """

    framework: str = "tensorflow"
    model: str = "mlp"
    device: str = "auto"
    precision: str = "float32"
    batch_size: int = 32
    epochs: int = 5
    seed: int = 0
    data_path: Optional[str] = None
    execution: str = "default"
    tf32: Optional[bool] = None
    feeding: str = "default"
    checkpoint_path: Optional[str] = None
    script_path: Optional[str] = None
    strategy: str = "one"
    workers: tuple[str, ...] = ()
    worker_index: Optional[int] = None


@dataclass(frozen=True)
class ReplicaRequest:
    """Be one of the processes that share a training, started by the agent that tells of it.

    `local_rank` counts the processes of this machine, `local_count` is how many there are; None
    asks the first one to find out: it tells Progress(1, count, "replicas").
    """

    training: TrainingRequest
    local_rank: int = 0
    local_count: Optional[int] = None


@dataclass(frozen=True)
class LadderRequest:
    """Measure what each technique is worth: a short training for each rung of the ladder.

    Each rung is measured for `measure_s` after its warm-up.
    """

    framework: str = "tensorflow"
    model: str = "mlp"
    device: str = "auto"
    batch_size: int = 32
    seed: int = 0
    data_path: Optional[str] = None
    measure_s: float = 2.0


@dataclass(frozen=True)
class BatchSearchRequest:
    """Find the largest batch with which `training` fits: its own size did not.

    The search ends after `limit_s` with what it knows by then.
    """

    training: TrainingRequest
    limit_s: float = 300.0

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to find: attempts are made on one device."""
        return self.training.batch_size > 1 and self.training.strategy in {"auto", "one"}

    @property
    def framework(self) -> str:
        """The framework of the training."""
        return self.training.framework
