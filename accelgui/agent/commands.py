"""The agent's commands: one process answers one request and ends."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import traceback
from pathlib import Path
from typing import Any, Callable

from accelgui import __version__
from accelgui.agent.channel import Channel
from accelgui.agent.failures import WorkError
from accelgui.model.events import Hello, WorkDone, WorkFailed
from accelgui.model.memory import HOST_OUT_OF_MEMORY
from accelgui.model.outcome import FailureKind
from accelgui.model.requests import (
    BatchSearchRequest,
    FrameworkRequest,
    LadderRequest,
    MachineRequest,
    ModuleRequest,
    PrecisionRequest,
    ReplicaRequest,
    SampleRequest,
    TrainingRequest,
)
from accelgui.model.snapshot import PythonFacts
from accelgui.model.wire import from_json

# Imported when asked for: the work of one command must not cost the start of another.
COMMANDS: dict[str, tuple[type[Any], str, str]] = {
    "machine": (MachineRequest, "accelgui.agent.probe.machine", "look_at_machine"),
    "framework": (FrameworkRequest, "accelgui.agent.probe.frameworks", "look_at_framework"),
    "module": (ModuleRequest, "accelgui.agent.probe.modules", "look_at_module"),
    "sample": (SampleRequest, "accelgui.agent.samplers.sampling", "sample"),
    "precision": (PrecisionRequest, "accelgui.agent.workloads.precision", "check_precision"),
    "ladder": (LadderRequest, "accelgui.agent.workloads.training", "climb"),
    "largest_batch": (
        BatchSearchRequest,
        "accelgui.agent.workloads.training.largest_batch",
        "find_largest_batch",
    ),
    "replica": (
        ReplicaRequest,
        "accelgui.agent.workloads.training.distributed.replica",
        "train_replica",
    ),
    "train": (TrainingRequest, "accelgui.agent.workloads.training", "train"),
    "try_batch": (TrainingRequest, "accelgui.agent.workloads.training.attempt", "try_batch"),
}

Work = Callable[[Any, Channel], None]


def main(arguments: list[str]) -> int:
    """Do one command; returns 0 when it came to its end, 1 when it failed, 64 when misused."""
    if len(arguments) != 2 or arguments[0] not in COMMANDS:
        sys.stderr.write(f"usage: agent {{{'|'.join(COMMANDS)}}} REQUEST\n")
        return 64
    command, request_text = arguments
    channel = Channel.take_stdio()
    channel.start()
    channel.send(Hello(version=__version__, pid=os.getpid(), python=python_facts()))
    return _work(command, request_text, channel)


def _work(command: str, request_text: str, channel: Channel) -> int:
    request_type, module, function = COMMANDS[command]
    try:
        request = from_json(request_type, json.loads(request_text))
        work: Work = getattr(importlib.import_module(module), function)
        work(request, channel)
    except WorkError as error:
        traceback.print_exc()
        details = traceback.format_exc()
        channel.send(
            WorkFailed(error.kind, str(error), details, error.code, error.parameters, error.memory)
        )
        return 1
    except MemoryError as error:
        channel.send(_lacking_memory(error))
        return 1
    except Exception as error:  # noqa: BLE001 - Our defect, whatever it is, is told as one.
        traceback.print_exc()
        text = f"{type(error).__name__}: {error}"
        channel.send(WorkFailed(FailureKind.DEFECT, text, traceback.format_exc()))
        return 1
    channel.send(WorkDone(stopped=channel.stopping.is_set()))
    return 0


def _lacking_memory(error: MemoryError) -> WorkFailed:
    traceback.print_exc()
    # Imported now: no start of an agent pays for it.
    memory = importlib.import_module("accelgui.agent.memory").shortage_of(error, None)
    return WorkFailed(
        FailureKind.ENVIRONMENT,
        str(error) or "MemoryError",
        traceback.format_exc(),
        HOST_OUT_OF_MEMORY,
        memory=memory,
    )


def python_facts() -> PythonFacts:
    """Return what is known of the Python that runs this."""
    return PythonFacts(
        executable=sys.executable,
        version=platform.python_version(),
        prefix=sys.prefix,
        is_virtual_environment=sys.prefix != sys.base_prefix,
        is_conda=(Path(sys.prefix) / "conda-meta").is_dir(),
        machine=platform.machine(),
    )
