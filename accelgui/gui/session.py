"""What the pages share: the examined Python, what was found, live values, the work under way."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from accelgui import diagnosis
from accelgui.gui.bridge.checker import Checker
from accelgui.gui.bridge.environment_scan import EnvironmentScan
from accelgui.gui.bridge.follower import RunFollower
from accelgui.model.events import ProcessesSeen, SampleTaken, XidSeen
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import SampleRequest
from accelgui.runs.check import Check
from accelgui.runs.launch import AgentCommand

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.gui.endpoint import Endpoint
    from accelgui.gui.keeper import Keeper
    from accelgui.gui.live import Live
    from accelgui.gui.watch import Watch
    from accelgui.model.events import Event
    from accelgui.model.finding import Verdict
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.sample import Sample
    from accelgui.model.snapshot import Snapshot
    from accelgui.settings import Settings

_IDLE_INTERVAL_S = 1.0
_BUSY_INTERVAL_S = 0.25

# The samplers' agent is worth starting again, but not for ever.
_SAMPLER_STARTS = 3
# One that lived this long was well; it ends by itself where a new driver needs a new process.
_SAMPLER_WELL_S = 20.0


class Session(QObject):
    """Shared by the pages; owns the check, the sampler and the one run that may be under way.

    `outcomes` tells how the agents of the last check ended (key None: the machine's), `latest`
    holds the last sample of each device, `live` everything that was sampled.

    Signals: `snapshot_changed(Snapshot)`, `verdict_changed(Verdict)`, `checking_changed(bool)`,
    `samples_arrived(list[Sample])`, `processes_arrived(tuple[DeviceProcess])` while somebody looks
    closely, `xid_arrived(XidSeen)`, `driver_changed()` when a new process has to sample for that,
    `sampling_changed(RunOutcome | None)` when sampling has ended for good, or is back,
    `python_changed(str)`, `run_changed()` when a run begins or has ended,
    `run_started(request)`, `run_events_arrived(list[Event])`, `run_ended(RunOutcome)`,
    `checked(Verdict | None)` when a check has come to its end,
    `run_paused(bool)` when a person lets the run wait or go on, `watch_begun(Watch)` when alerts
    can be raised, `options_changed()` when a person chose others, `closing()` before all ends,
    `progress_changed(float | None, str)` for the status line: share done, words.
    """

    snapshot_changed = Signal(object)
    verdict_changed = Signal(object)
    checking_changed = Signal(bool)
    samples_arrived = Signal(list)
    processes_arrived = Signal(object)
    xid_arrived = Signal(object)
    driver_changed = Signal()
    sampling_changed = Signal(object)
    python_changed = Signal(str)
    run_changed = Signal()
    run_started = Signal(object)
    run_events_arrived = Signal(list)
    run_ended = Signal(object)
    checked = Signal(object)
    run_paused = Signal(bool)
    history_opened = Signal()
    watch_begun = Signal(object)
    options_changed = Signal()
    closing = Signal()
    progress_changed = Signal(object, str)

    def __init__(
        self, settings: Settings, python: str | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.snapshot: Snapshot | None = None
        self.verdict: Verdict | None = None
        self.outcomes: dict[str | None, RunOutcome] = {}
        self.latest: dict[str, Sample] = {}
        self._live: Live | None = None
        self._watch: Watch | None = None
        self._endpoint: Endpoint | None = None
        self.keeper: Keeper | None = None
        self._python = python or settings.python or sys.executable
        self._checker: Checker | None = None
        self._sampler: RunFollower | None = None
        self._sampler_starts = 0
        self._sampler_started_s = 0.0
        self._has_new_sampler = False
        self._sampler_outcome: RunOutcome | None = None
        self._close_interval_s: float | None = None
        self._measures_pcie = False
        self._run: RunFollower | None = None
        self._run_owner: str | None = None
        self._watched: RunFollower | None = None
        self._is_closing = False

    @property
    def python(self) -> str:
        """The interpreter that is examined and in which runs take place."""
        return self._python

    @property
    def live(self) -> Live:
        """Everything that was sampled; made when the first values come or somebody asks."""
        if self._live is None:
            # It brings NumPy, for which the first picture of the window must not wait.
            from accelgui.gui.live import Live  # noqa: PLC0415

            self._live = Live(self)
        return self._live

    @property
    def watch(self) -> Watch:
        """What watches for alerts; made when the first values come."""
        if self._watch is None:
            from accelgui.gui.watch import Watch  # noqa: PLC0415 - As with live values.

            self._watch = Watch(self)
            self.watch_begun.emit(self._watch)
        return self._watch

    @property
    def has_watch(self) -> bool:
        """Whether anything is watched for alerts already."""
        return self._watch is not None

    @property
    def endpoint(self) -> Endpoint:
        """What Prometheus reads, where the settings say so; made when somebody asks."""
        if self._endpoint is None:
            from accelgui.gui.endpoint import Endpoint  # noqa: PLC0415 - An HTTP server.

            self._endpoint = Endpoint(self)
        return self._endpoint

    def serve_metrics(self) -> None:
        """Begin to serve, where the settings say so."""
        if self.settings.metrics == "on" and not self._is_closing:
            self.endpoint.apply()

    @property
    def is_checking(self) -> bool:
        """Whether a check is under way."""
        return self._checker is not None

    @property
    def run_owner(self) -> str | None:
        """Who owns the run under way ("training", "precision"), None when there is none."""
        return self._run_owner

    def start(self) -> None:
        """Begin to look and to sample."""
        self.check_again()
        self._start_sampler()

    def choose_python(self, python: str) -> None:
        """Examine another interpreter."""
        if python != self._python:
            self._python = python
            self.settings.python = "" if python == sys.executable else python
            self.settings.remember_python(python)
            self.settings.save()
            self.python_changed.emit(python)
            self.check_again()

    def check_again(self) -> None:
        """Look again, dropping a check that is under way."""
        if self._is_closing:
            return
        if self._checker is not None:
            self._checker.snapshot_changed.disconnect(self._on_snapshot)
            self._checker.finished.disconnect(self._on_checked)
            self._checker.finished.connect(self._checker.deleteLater)
            self._checker.stop()
        self.outcomes = {}
        self._checker = Checker(Check(self._python), self)
        self._checker.snapshot_changed.connect(self._on_snapshot)
        self._checker.finished.connect(self._on_checked)
        self.checking_changed.emit(True)
        self._checker.start()

    def start_run(self, owner: str, command: AgentCommand) -> RunFollower | None:
        """Start a run for `owner`; None while another is under way.

        The caller connects `events_arrived` and `run_ended` of what it gets; both come later.
        """
        if self._run is not None or self._is_closing:
            return None
        follower = RunFollower(command, parent=self)
        follower.events_arrived.connect(self._on_run_events)
        follower.run_ended.connect(self.run_ended)
        follower.finished.connect(self._on_run_finished)
        self._run, self._run_owner = follower, owner
        self._pace()
        follower.start()
        self.run_started.emit(command.request)
        self.run_changed.emit()
        return follower

    def stop_run(self) -> None:
        """Ask the run under way to end."""
        if self._run is not None:
            self._run.stop()

    def keep_history(self, path: Path | None = None) -> None:
        """Write what is done from now on into the history; a path is for another file."""
        # As with live values: SQLite and NumPy come after the first picture.
        from accelgui.gui.keeper import Keeper  # noqa: PLC0415

        if self.keeper is None and not self._is_closing:
            self.keeper = Keeper(self, path)
            self.history_opened.emit()

    def sample_again(self) -> None:
        """Begin anew to sample where that had ended for good."""
        self._sampler_starts = 0
        self.sampling_changed.emit(None)
        self._start_sampler()

    def look_closely(self, interval_s: float | None) -> None:
        """Sample at least this often and in detail, also what costs more; None ends that."""
        if interval_s != self._close_interval_s:
            self._close_interval_s = interval_s
            self._pace()

    def measure_pcie(self, wanted: bool) -> None:
        """Let the traffic over PCIe be measured, or no longer: each look takes the driver 20 ms."""
        if wanted != self._measures_pcie:
            self._measures_pcie = wanted
            self._pace()

    def close(self) -> None:
        """End all and wait for it: a little over 3 s, or until a run has saved its weights."""
        if not self._is_closing:
            self._is_closing = True
            self.closing.emit()
        if self._live is not None:
            self._live.stop_recording()
        known = (self._checker, self._sampler, self._run)
        threads: list[Checker | RunFollower | EnvironmentScan]
        threads = [thread for thread in known if thread is not None]
        threads += [t for t in self.findChildren(Checker) if t not in threads]
        threads += self.findChildren(EnvironmentScan)
        readers = self.findChildren(QThread, "reader")
        for thread in threads:
            thread.requestInterruption()
            thread.stop()
        for reader in readers:
            reader.requestInterruption()
        for started in (*threads, *readers):
            started.wait()
        if self.keeper is not None:
            self.keeper.close()

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.snapshot_changed.emit(snapshot)
        verdict = diagnosis.examine(snapshot)
        if verdict != self.verdict:
            self.verdict = verdict
            self.verdict_changed.emit(verdict)

    def _on_checked(self) -> None:
        if self._checker is not None:
            self.outcomes = self._checker.check.outcomes
            self._checker.deleteLater()
            self._checker = None
            self.checked.emit(self.verdict)
        self.checking_changed.emit(False)

    def _start_sampler(self) -> None:
        if time.monotonic() - self._sampler_started_s > _SAMPLER_WELL_S:
            self._sampler_starts = 0
        if self._is_closing:
            return
        if self._sampler_starts >= _SAMPLER_STARTS:
            self.sampling_changed.emit(self._sampler_outcome)
            return
        self._sampler_starts += 1
        self._sampler_started_s = time.monotonic()
        self._sampler = RunFollower(
            AgentCommand("sample", SampleRequest(interval_s=self._interval_s)), parent=self
        )
        self._has_new_sampler = True
        self._sampler.events_arrived.connect(self._on_sampler_events)
        self._sampler.run_ended.connect(self._on_sampler_ended)
        self._sampler.finished.connect(self._start_sampler)
        self._sampler.start()

    def _on_sampler_ended(self, outcome: RunOutcome) -> None:
        self._sampler_outcome = outcome
        # It ends by itself for no other reason.
        if outcome.status is RunStatus.FINISHED:
            self.driver_changed.emit()

    def _on_sampler_events(self, events: list[Event]) -> None:
        if self._has_new_sampler:
            self._has_new_sampler = False
            self._pace()
        for event in events:
            if isinstance(event, ProcessesSeen):
                self.processes_arrived.emit(event.processes)
            elif isinstance(event, XidSeen):
                self.live.begin()
                self.xid_arrived.emit(event)
        samples = [event.sample for event in events if isinstance(event, SampleTaken)]
        if samples:
            self.live.begin()
            self.watch.begin()
            self.latest |= {sample.device: sample for sample in samples}
            self.samples_arrived.emit(samples)

    @property
    def _interval_s(self) -> float:
        wanted_s = _IDLE_INTERVAL_S if self._run is None else _BUSY_INTERVAL_S
        return min(wanted_s, self._close_interval_s or wanted_s)

    def _pace(self) -> None:
        """Tell the sampler how often, whom, and how closely."""
        if self._sampler is not None:
            watched = self._watched.pid if self._watched is not None else None
            self._sampler.tell({"interval_s": self._interval_s, "watch": watched})
            is_close = self._close_interval_s is not None
            self._sampler.tell({"detail": is_close, "pcie": self._measures_pcie})

    def _on_run_events(self, events: list[Event]) -> None:
        if self._run is not None and self._run.pid is not None and self._watched is not self._run:
            self._watched = self._run
            self._pace()
        self.run_events_arrived.emit(events)

    def _on_run_finished(self) -> None:
        self._run, self._run_owner, self._watched = None, None, None
        self._pace()
        self.progress_changed.emit(None, "")
        self.run_changed.emit()
