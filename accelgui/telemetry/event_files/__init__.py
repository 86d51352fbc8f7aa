"""Trainings as event files, which TensorBoard shows; made without its libraries.

TensorFlow does not bring TensorBoard along any more, and the format is small: this lets every run
be written, whatever is installed.
"""

from __future__ import annotations

from accelgui.telemetry.event_files.event_log import EventLog, default_folder

__all__ = ["EventLog", "default_folder"]
