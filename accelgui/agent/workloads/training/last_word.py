"""The last word of a run, said in time also while the framework cannot be interrupted."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Optional

from accelgui.model.events import WorkDone

if TYPE_CHECKING:
    from typing_extensions import Self

    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.agent.workloads.training.saving import Weights

# The controlling side terminates a run 1.5 s after it asked it to stop, and what was measured
# would be lost. A batch takes less than this; an import, a compilation or a hung device may not.
ANSWER_S = 1.0


class LastWord:
    """Sends TrainingDone once: by `say`, or ANSWER_S after a stop that `say` has not followed.

    In the second case the process ends there and then, in the middle of whatever it was doing;
    only for weights that are wanted the batch under way is waited for.
    """

    def __init__(self, channel: Channel, meter: Meter, weights: Optional[Weights] = None) -> None:
        self._weights = weights
        self._channel = channel
        self._meter = meter
        self._speaking = threading.Lock()
        self._said = threading.Event()
        self._watch = threading.Thread(target=self._watch_for_stop, name="last-word", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A run that failed has its last word said elsewhere.
        with self._speaking:
            self._said.set()

    def say(self) -> None:
        """Send TrainingDone."""
        with self._speaking:
            if not self._said.is_set():
                self._said.set()
                self._channel.send(self._meter.done(stopped=self._channel.stopping.is_set()))

    def _watch_for_stop(self) -> None:
        self._channel.stopping.wait()
        if self._said.wait(ANSWER_S):
            return
        with self._speaking:
            if not self._said.is_set():
                self._said.set()
                self._channel.send(self._meter.done(stopped=True))
                if self._weights is not None and self._weights.are_wanted:
                    self._weights.ask_for_time()
                    return
                self._channel.send(WorkDone(stopped=True))
                os._exit(0)
