"""The training page: a form, a run followed live on one axis of time, runs compared."""

from __future__ import annotations

from accelgui.gui.pages.training.page import TrainingPage

__all__ = ["TrainingPage"]
