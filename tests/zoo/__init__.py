"""Badly behaved agents; see README.md."""

from __future__ import annotations

from pathlib import Path

from accelgui.model.requests import FrameworkRequest
from accelgui.runs.launch import AgentCommand

FOLDER = Path(__file__).resolve().parent


def command(name: str) -> AgentCommand:
    """Return the command that starts the bad agent of that name."""
    return AgentCommand("zoo", FrameworkRequest(name), agent=str(FOLDER / f"{name}.py"))
