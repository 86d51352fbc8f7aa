"""Tells of Xids: the faults that the NVIDIA driver reports of a GPU, as they happen."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Optional

from accelgui.agent.probe.apart.nvml import NOT_REPORTED
from accelgui.model.events import XidSeen

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel

_XID_EVENT = 0x8  # nvmlEventTypeXidCriticalError of nvml.h
_TIMEOUT_ERROR = 10  # NVML_ERROR_TIMEOUT: nothing happened

# A wait cannot be interrupted: this long it takes to end the watch, or to watch a GPU that woke.
_WAIT_MS = 2000
_RETRY_S = 5.0
_END_S = 4.0


class XidWatch:
    """Waits for Xids of all GPUs on a thread of its own; one that sleeps is watched once awake."""

    def __init__(self, channel: Channel, asleep: Callable[[int], bool]) -> None:
        self._channel = channel
        self._asleep = asleep
        self._ended = threading.Event()
        self._thread: Optional[threading.Thread] = None

    def begin(self, pynvml: Any, count: int) -> None:
        """Watch the first `count` GPUs, while NVML is initialized."""
        self.end()
        self._ended = threading.Event()
        watch = _Watch(pynvml, count, self._asleep, self._tell, self._ended)
        self._thread = threading.Thread(target=watch.work, name="xid", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Watch no longer; to be called before NVML is shut down, below a wait it would crash."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_END_S)
            self._thread = None

    def _tell(self, index: int, xid: int) -> None:
        self._channel.send(XidSeen(time.monotonic(), f"gpu:{index}", xid))


class _Watch:
    """One watch, from the initialization of NVML to its end."""

    def __init__(
        self,
        pynvml: Any,
        count: int,
        asleep: Callable[[int], bool],
        tell: Callable[[int, int], None],
        ended: threading.Event,
    ) -> None:
        self._pynvml = pynvml
        self._wanted = set(range(count))
        self._asleep = asleep
        self._tell = tell
        self._ended = ended

    def work(self) -> None:
        """Watch until ended, or until it is known that nothing here can be watched."""
        while self._wanted and not self._ended.is_set():
            try:
                self._watch()
            except AttributeError:  # noqa: PERF203 - An older pynvml.
                return
            except self._pynvml.NVMLError as error:
                if error.value in NOT_REPORTED:
                    return
                # One GPU that is lost spoils the set for all: the next one is without it.
                self._ended.wait(_RETRY_S)

    def _watch(self) -> None:
        nvml = self._pynvml
        events = nvml.nvmlEventSetCreate()
        try:
            watched: dict[int, int] = {}
            while self._wanted and not self._ended.is_set():
                self._register(events, watched)
                if not watched:
                    self._ended.wait(_RETRY_S)
                    continue
                event = self._wait(events)
                if event is not None and event.eventType == _XID_EVENT:
                    self._tell(watched.get(_address(event.device), 0), int(event.eventData))
        finally:
            with contextlib.suppress(nvml.NVMLError):
                nvml.nvmlEventSetFree(events)

    def _register(self, events: Any, watched: dict[int, int]) -> None:
        """Watch those that are awake and not watched yet."""
        nvml = self._pynvml
        for index in self._wanted - set(watched.values()):
            if self._asleep(index):
                continue
            try:
                handle = nvml.nvmlDeviceGetHandleByIndex(index)
                nvml.nvmlDeviceRegisterEvents(handle, _XID_EVENT, events)
            except nvml.NVMLError as error:
                if error.value in NOT_REPORTED:
                    self._wanted.discard(index)
            else:
                watched[_address(handle)] = index

    def _wait(self, events: Any) -> Any:
        try:
            return self._pynvml.nvmlEventSetWait_v2(events, _WAIT_MS)
        except self._pynvml.NVMLError as error:
            if error.value == _TIMEOUT_ERROR:
                return None
            raise


def _address(handle: Any) -> int:
    """Return what two handles of the same GPU have in common."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
