"""The CPU as a framework's device: frameworks know no name of it that a person would."""

from __future__ import annotations

from accelgui.agent.probe.cpu import cpu_name
from accelgui.agent.probe.files import Files
from accelgui.model.snapshot import FrameworkDevice


def cpu_device(name: str) -> FrameworkDevice:
    """Return the CPU, which the framework calls `name`, described by its maker's name."""
    return FrameworkDevice("cpu", name, description=cpu_name(Files()))
