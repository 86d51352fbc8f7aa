"""How an agent is started: by file path, in a chosen Python, tied to the life of the starter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from accelgui.model.wire import to_json

PACKAGE_FOLDER = Path(__file__).resolve().parent.parent
AGENT = PACKAGE_FOLDER / "agent"
GUARD = AGENT / "guard.py"

# They would make the foreign interpreter read modules of another one.
_FOREIGN_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True)
class AgentCommand:
    """A command for an agent, the Python to run it in, and variables to set for it.

    `agent` is the file or folder that Python runs: ours, unless a test keeps worse ones.
    """

    command: str
    request: Any
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)
    agent: str = str(AGENT)

    def arguments(self) -> list[str]:
        """Return the command line of the agent itself."""
        request = json.dumps(to_json(self.request), separators=(",", ":"))
        return [self.python, "-u", self.agent, self.command, request]


def start(command: AgentCommand, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the agent; stdin and stdout are pipes, stderr goes to the log.

    Raises OSError where the process cannot be made. On Linux it is killed when the calling
    *thread* ends, so follow it from the thread that started it.
    """
    return subprocess.Popen(
        guarded(command.arguments()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=_environment(command),
        start_new_session=True,
    )


def guarded(arguments: list[str]) -> list[str]:
    """Return the command line that also ends when the thread that starts it does; Linux only."""
    if sys.platform != "linux":
        return arguments
    return [sys.executable, "-I", "-S", str(GUARD), str(os.getpid()), *arguments]


def environment_of(python: str) -> dict[str, str]:
    """Return the variables to run a Python with: ours, less those that are for our own Python."""
    environment = dict(os.environ)
    if Path(python) != Path(sys.executable):
        for name in _FOREIGN_VARIABLES:
            environment.pop(name, None)
    return environment


def _environment(command: AgentCommand) -> dict[str, str]:
    return {
        **environment_of(command.python),
        "PYTHONFAULTHANDLER": "1",
        **command.environment,
    }
