"""Is the arithmetic of a device right? Checked operation by operation, dtype by dtype."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from accelgui.agent.backends import require_installed
from accelgui.agent.failures import WorkError

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import PrecisionRequest


def check_precision(request: PrecisionRequest, channel: Channel) -> None:
    """Check one device against NumPy and tell each row as it is judged.

    Stops between two rows when asked to. Raises InputError for a level, seed, framework or device
    that there is not, WorkError where the framework or NumPy is missing or broken.
    """
    require_installed(request.framework)
    if importlib.util.find_spec("numpy") is None:
        raise WorkError("NumPy is not installed in this Python; the checks compare with it")
    from accelgui.agent.workloads.precision.suite import run_checks

    run_checks(request, channel)
