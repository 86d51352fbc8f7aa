"""Follow an agent on a thread of its own and hand what it tells to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSemaphore, QThread, Signal, Slot

from accelgui.runs.run import AgentRun, Limits

if TYPE_CHECKING:
    from accelgui.runs.launch import AgentCommand

# The eye follows ten pictures a second; twenty batches leave room.
_BATCH_INTERVAL_S = 0.05
# An agent that floods waits for the window, not the window for it.
_BATCHES_UNDER_WAY = 2


class RunFollower(QThread):
    """Launch one agent and follow it to its end.

    Signals: `events_arrived(list[Event])`, at most twenty a second and never more than two that
    the window has not taken; `run_ended(RunOutcome)`, once, after the last events.
    """

    events_arrived = Signal(list)
    run_ended = Signal(object)

    def __init__(
        self, command: AgentCommand, limits: Limits | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._run = AgentRun(command, limits)
        self._credits = QSemaphore(_BATCHES_UNDER_WAY)
        # This object lives on the window's thread: the slot runs when that thread has come round.
        self.events_arrived.connect(self._on_taken)

    @property
    def pid(self) -> int | None:
        """The process id of the agent, once it was started."""
        return self._run.pid

    def stop(self) -> None:
        """Ask the agent to end; never waits. `run_ended` follows within 3 s."""
        self._run.stop()

    def tell(self, command: dict[str, Any]) -> None:
        """Send a small command to the agent."""
        self._run.tell(command)

    def run(self) -> None:
        """Follow the agent; the thread's own work."""
        for batch in self._run.batches(_BATCH_INTERVAL_S):
            while not self._credits.tryAcquire(1, 100):
                if self.isInterruptionRequested():
                    break
            self.events_arrived.emit(batch)
        self.run_ended.emit(self._run.outcome)

    @Slot()
    def _on_taken(self) -> None:
        self._credits.release()
