"""Keeping the weights when a run has ended, told while it goes on so that nobody cuts it short."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.workloads.training import checkpoint
from accelgui.agent.workloads.training.own_words import framework_words, raised_by_us
from accelgui.model.events import CheckpointDone, Progress

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.agent.channel import Channel
    from accelgui.model.requests import TrainingRequest

_TOLD_EVERY_S = 0.5


class Weights:
    """The weights of a run and the file that a person chose for them, if one did.

    While they are saved, ``Progress`` "save" says every half second that the file grew or that
    the processor worked; a stopped run is given time as long as it does.
    """

    def __init__(self, request: TrainingRequest, channel: Channel) -> None:
        self._channel = channel
        self._file: Optional[Path] = None
        if request.checkpoint_path is not None:
            self._file = checkpoint.check(request.framework, request.checkpoint_path)
        self._training: Any = None
        self._telling: Optional[threading.Thread] = None
        self._is_over = threading.Event()

    @property
    def are_wanted(self) -> bool:
        """Whether there are weights, and somebody wants them kept."""
        return self._file is not None and self._training is not None

    def are_in(self, training: Any) -> None:
        """From now on there are weights."""
        self._training = training

    def ask_for_time(self) -> None:
        """Say that they are being saved, or are about to be."""
        if self._telling is None:
            self._channel.send(Progress(0, 1, "save"))
            self._telling = threading.Thread(target=self._tell, name="saving", daemon=True)
            self._telling.start()

    def save(self) -> None:
        """Write them and tell where they are, or why they could not be written."""
        file = self._file
        if file is None or self._training is None:
            return
        self.ask_for_time()
        try:
            done = CheckpointDone(str(file), checkpoint.write(self._training, file))
        except Exception as error:
            if raised_by_us(error):
                raise
            problem = getattr(error, "strerror", None) or framework_words(error)
            done = CheckpointDone(str(file), problem=problem)
        finally:
            self._is_over.set()
        self._channel.send(done)

    def _tell(self) -> None:
        assert self._file is not None
        told = self._signs()
        while not self._is_over.wait(_TOLD_EVERY_S):
            signs = self._signs()
            if signs != told:
                told = signs
                self._channel.send(Progress(0, 1, "save"))

    def _signs(self) -> tuple[int, float]:
        """Return what changes while something is done: bytes written, tenths of CPU time."""
        assert self._file is not None
        return checkpoint.bytes_so_far(self._file), round(time.process_time(), 1)
