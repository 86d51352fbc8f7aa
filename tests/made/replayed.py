"""An agent that tells recorded events; run as a file it is that agent."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.model.events import Event
    from accelgui.runs.launch import AgentCommand


@dataclass(frozen=True)
class ReplayRequest:
    """Lines to say at once, whether to wait for a stop then, lines to say when it comes."""

    lines: list[str]
    waits: bool = False
    last_lines: tuple[str, ...] = ()
    exit_code: int = 0


def command(
    events: Sequence[Event],
    *,
    waits: bool = False,
    at_stop: Sequence[Event] = (),
    exit_code: int = 0,
) -> AgentCommand:
    """Return the command of an agent that tells these events, Hello before them."""
    from accelgui.model.events import Hello, encode
    from accelgui.model.snapshot import PythonFacts
    from accelgui.runs.launch import AgentCommand

    hello = Hello("0", 1, PythonFacts(sys.executable, "3", sys.prefix))
    request = ReplayRequest(
        [encode(event) for event in (hello, *events)],
        waits,
        tuple(encode(event) for event in at_stop),
        exit_code,
    )
    return AgentCommand("replay", request, agent=str(Path(__file__).resolve()))


def _replay() -> int:
    request = json.loads(sys.argv[2])
    sys.stderr.write("first line of the log\nlast line of the log\n")
    print(*request["lines"], sep="\n", flush=True)
    if request["waits"]:
        sys.stdin.read()
        print(*request["last_lines"], sep="\n", flush=True)
    return int(request["exit_code"])


if __name__ == "__main__":
    sys.exit(_replay())
