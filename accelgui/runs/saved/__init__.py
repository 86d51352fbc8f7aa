"""Saved snapshots: one person looks, another one diagnoses."""

from __future__ import annotations

from accelgui.runs.saved.files import SnapshotFileError, load_snapshot, save_snapshot
from accelgui.runs.saved.masking import masked

__all__ = ["SnapshotFileError", "load_snapshot", "masked", "save_snapshot"]
