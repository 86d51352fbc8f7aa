"""The progress bar."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from accelgui.words import _
from accelgui.words.progress import step_name
from accelgui.words.units import rough_seconds_text

if TYPE_CHECKING:
    from accelgui.cli.console import Console
    from accelgui.model.events import Progress

_CELLS = 24


class Meter:
    """Shows the last progress on a terminal, with whatever is worth a look beside it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._beside = ""

    def show(self, progress: Progress | None = None, beside: str | None = None) -> None:
        """Show progress, a text beside it, or both anew."""
        self._progress = progress or self._progress
        self._beside = self._beside if beside is None else beside
        if self._progress is not None and self._console.has_meter:
            self._console.meter(_bar(self._progress, self._beside))

    def clear(self) -> None:
        """Take the bar away, so that a line can be written."""
        self._console.meter("")


def _bar(progress: Progress, beside: str) -> str:
    share = min(1.0, max(0.0, progress.done / progress.total)) if progress.total > 0 else 0.0
    filled = round(share * _CELLS)
    parts = [
        f"{'━' * filled}{'╌' * (_CELLS - filled)} {100 * share:3.0f} %",
        step_name(progress.what),
        beside,
    ]
    if progress.remaining_s is not None and progress.remaining_s >= 1:
        parts.append(_("{time} left").format(time=rough_seconds_text(progress.remaining_s)))
    text = "  ".join(part for part in parts if part)
    # A line that wraps would not be overwritten by the next one.
    return text[: shutil.get_terminal_size((80, 24)).columns - 1]
