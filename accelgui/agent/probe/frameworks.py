"""Look at a framework: is it there, does it import, what does it list, does each device compute?"""

from __future__ import annotations

import sys
import time
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.agent.backends import find_installation, load, one_line
from accelgui.agent.failures import InputError, WorkError
from accelgui.agent.probe.contents import look_at_this_python
from accelgui.agent.probe.files import Files
from accelgui.agent.probe.loaded import loaded_libraries
from accelgui.agent.probe.operation import try_device
from accelgui.agent.probe.spoken import Spoken
from accelgui.model.events import FrameworkSeen, Progress, PythonSeen
from accelgui.model.requests import FRAMEWORKS
from accelgui.model.snapshot import Framework

if TYPE_CHECKING:
    from accelgui.agent.backends import Backend
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import FrameworkRequest

# What a framework says of missing libraries stands in its last words; more would bury it.
_LOG_LINES = 100


def look_at_framework(request: FrameworkRequest, channel: Channel) -> None:
    """Tell all that is known of a framework, sooner what is known sooner.

    A framework that is absent or broken is a fact, not a failure. Raises InputError for a name
    that is none of ours.
    """
    if request.framework not in FRAMEWORKS:
        raise InputError(f"unknown framework {request.framework!r}; known: {', '.join(FRAMEWORKS)}")
    seen = _installed(request.framework)
    channel.send(FrameworkSeen(seen))
    channel.send(PythonSeen(look_at_this_python(Files())))
    if not seen.installed:
        return
    spoken = Spoken()
    try:
        _Look(seen, spoken, channel).go()
    finally:
        spoken.close()


def _installed(framework: str) -> Framework:
    installation = find_installation(framework)
    if installation is None:
        return Framework(framework, installed=False)
    return Framework(
        framework,
        installed=True,
        version=installation.version,
        distribution=installation.distribution,
        location=installation.location,
    )


class _Look:
    """One look at an installed framework, told step by step."""

    def __init__(self, seen: Framework, spoken: Spoken, channel: Channel) -> None:
        self._seen = seen
        self._spoken = spoken
        self._channel = channel

    def go(self) -> None:
        self._channel.send(Progress(0, 3, "import"))
        started_s = time.monotonic()
        try:
            backend = load(self._seen.name)
        except WorkError as error:
            traceback.print_exc()
            elapsed_s = time.monotonic() - started_s
            message = error.parameters.get("error", str(error))
            self._tell(imported=False, import_error=message, import_elapsed_s=elapsed_s)
            return
        self._tell(
            imported=True,
            import_elapsed_s=time.monotonic() - started_s,
            version=backend.version,
            build=backend.build(),
        )
        self._channel.send(Progress(1, 3, "devices"))
        if self._list(backend):
            self._channel.send(Progress(2, 3, "operation"))
            self._operate(backend)

    def _list(self, backend: Backend) -> bool:
        try:
            self._tell(devices=backend.devices())
        except Exception as error:  # noqa: BLE001 - Told by the log; what it lists stays unknown.
            sys.stderr.write(f"{self._seen.name} lists no devices: {one_line(error)}\n")
            traceback.print_exc()
            self._tell()
            return False
        return True

    def _operate(self, backend: Backend) -> None:
        for device in backend.devices():
            if self._channel.stopping.is_set():
                return
            result = try_device(backend, device)
            self._tell(operations=(*self._seen.operations, result))

    def _tell(self, **facts: object) -> None:
        log, loaded = self._spoken.lines(_LOG_LINES), loaded_libraries()
        self._seen = replace(self._seen, **facts, log=log, loaded=loaded)  # type: ignore[arg-type]
        self._channel.send(FrameworkSeen(self._seen))
