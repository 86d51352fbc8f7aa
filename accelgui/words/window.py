"""Why there is no window, and what to install."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.translation import _, n_

if TYPE_CHECKING:
    from collections.abc import Sequence


def no_window(display: str | None, libraries: Sequence[str], packages: Sequence[str]) -> str:
    """Return the line that says why no window can be opened, and with which command it can."""
    if libraries:
        text = n_(
            "No window: Qt needs the library {libraries}. Install it with: {command}",
            "No window: Qt needs the libraries {libraries}. Install them with: {command}",
            len(libraries),
        )
        return text.format(libraries=joining.listed(libraries), command=_install(packages))
    if display:
        text = _("No window: the display {display} does not answer. The verdict follows here.")
        return text.format(display=display)
    return _("No window: there is no display (DISPLAY is not set). The verdict follows here.")


def _install(packages: Sequence[str]) -> str:
    manager = "apt-get" if shutil.which("apt-get") else "dnf"
    return f"{manager} install {' '.join(packages)}"
