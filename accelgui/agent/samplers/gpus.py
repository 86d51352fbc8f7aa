"""Finds the NVIDIA GPUs, and finds them again when their driver was lost or changed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from accelgui.agent.samplers.nvml import GpuSource
from accelgui.agent.samplers.xid import XidWatch

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.agent.samplers.sleep import SleepWatch

_CHECK_S = 1.0
_RETRY_S = 5.0
# A driver that was changed on disk is heard of by a new process only, which costs a start.
_OUTSIDE_CHECK_S = 15.0
_OUTSIDE_LIMIT_S = 20.0

_DRIVER_MISMATCH = 18
_ASK_OUTSIDE = "import pynvml; pynvml.nvmlInit()"


class Gpus:
    """All GPUs that NVML knows, each a source of its own; `found` is called with each new one.

    `outlived` is set when this process cannot use the driver any more, but a new one could: the
    library in its memory belongs to the driver that was there before.
    """

    def __init__(
        self, watch: SleepWatch, channel: Channel, found: Callable[[GpuSource], None]
    ) -> None:
        self.sources: list[GpuSource] = []
        self.outlived = threading.Event()
        self._watch = watch
        self._found = found
        self._xids = XidWatch(channel, watch.is_asleep)
        self._pynvml: Any = None
        self._is_open = False
        self._asked_outside_s = float("-inf")

    def keep(self, stopping: threading.Event) -> None:
        """Find them and keep them until stopped. NVML may hang, so give this a thread."""
        wait_s = 0.0
        while not stopping.wait(wait_s):
            if self._is_open and not self._all_lost():
                wait_s = _CHECK_S
            elif self._watch.all_asleep():
                wait_s = _RETRY_S
            else:
                wait_s = _CHECK_S if self._open() else _RETRY_S

    def _all_lost(self) -> bool:
        # One that is lost among others must not cost those: a new start would.
        return bool(self.sources) and all(gpu.is_lost for gpu in self.sources)

    def _open(self) -> bool:
        """Initialize NVML, again where it was; False where that cannot be."""
        self._close()
        try:
            import pynvml
        except Exception:  # noqa: BLE001 - Absent or broken.
            return False
        self._pynvml = pynvml
        try:
            pynvml.nvmlInit()
            count = pynvml.nvmlDeviceGetCount()
        except pynvml.NVMLError as error:
            for source in self.sources:
                source.init_error_code = error.value
            if error.value == _DRIVER_MISMATCH and self._works_outside():
                self.outlived.set()
            return False
        self._is_open = True
        for source in self.sources:
            source.init_error_code = None
            source.forget()
        for index in range(len(self.sources), count):
            source = GpuSource(pynvml, index, partial(self._watch.is_asleep, index))
            self.sources.append(source)
            self._found(source)
        self._xids.begin(pynvml, count)
        return bool(self.sources)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._xids.end()
            # One that is lost was down already.
            with contextlib.suppress(self._pynvml.NVMLError):
                self._pynvml.nvmlShutdown()

    def _works_outside(self) -> bool:
        """Can a new process initialize NVML?"""
        if time.monotonic() - self._asked_outside_s < _OUTSIDE_CHECK_S:
            return False
        self._asked_outside_s = time.monotonic()
        try:
            done = subprocess.run(
                [sys.executable, "-c", _ASK_OUTSIDE],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_OUTSIDE_LIMIT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0
