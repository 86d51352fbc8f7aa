"""A training run on its way into event files, written on a thread of its own."""

from __future__ import annotations

import queue
import re
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from accelgui.model.events import EpochDone, TrainingProgress, TrainingStarted
from accelgui.telemetry.event_files.event_file import EventFile

if TYPE_CHECKING:
    from accelgui.model.events import Event

# Of the window's own runs so many are kept; what a person put elsewhere is theirs.
_KEPT_RUNS = 100
_RUN_NAME = re.compile(r"\d{8}-\d{6}-.+")

# A disk that hangs must not let the window hang when it closes.
_CLOSE_S = 1.0


def default_folder() -> Path:
    """Return where the window writes its runs, below which TensorBoard finds all of them."""
    return Path(platformdirs.user_data_path("accelgui")) / "tensorboard"


class EventLog:
    """Takes what a run tells and writes it below `folder`, never letting the caller wait.

    A run has a folder of its own, named by time, model and device, and in it "training" and
    "validation", so that TensorBoard draws both in one chart. `problem` is the system's reason why
    nothing can be written, None while all is well.
    """

    def __init__(self, folder: Path, *, is_tidied: bool = False) -> None:
        self.problem: str | None = None
        self._folder = folder
        self._is_tidied = is_tidied
        self._run: Path | None = None
        self._files: dict[str, EventFile] = {}
        # From the monotonic clock of the events to seconds since 1970.
        self._offset_s = time.time() - time.monotonic()
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="event-files", daemon=True)
        self._thread.start()

    def take(self, event: Event) -> None:
        """Write what an event tells."""
        if isinstance(event, (TrainingStarted, TrainingProgress, EpochDone)):
            self._events.put(event)

    def close(self) -> None:
        """Write the rest and end."""
        self._events.put(None)
        self._thread.join(_CLOSE_S)

    def _write_all(self) -> None:
        while (event := self._events.get()) is not None:
            if self.problem is not None:
                continue
            try:
                self._write(event)
            except OSError as error:
                self.problem = error.strerror or str(error)
        for file in self._files.values():
            file.close()

    def _write(self, event: Event) -> None:
        match event:
            case TrainingStarted():
                self._begin(event)
            case TrainingProgress():
                scalars = {
                    "loss": event.loss,
                    "accuracy": event.accuracy,
                    "samples_per_second": event.samples_per_second,
                }
                if event.learning_rate is not None:
                    scalars["learning_rate"] = event.learning_rate
                self._add("training", event.step, event.time_s, scalars)
            case EpochDone():
                scalars = {"loss": event.validation_loss, "accuracy": event.validation_accuracy}
                self._add("validation", event.step, event.time_s, scalars)

    def _begin(self, started: TrainingStarted) -> None:
        if self._is_tidied:
            _tidy(self._folder)
        moment = time.strftime("%Y%m%d-%H%M%S", time.localtime(started.time_s + self._offset_s))
        name = f"{moment}-{_file_name(started.model)}-{_file_name(started.device)}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._run = _new_folder(self._folder, name)

    def _add(self, part: str, step: int, time_s: float, scalars: dict[str, float]) -> None:
        if self._run is None:
            return
        if part not in self._files:
            self._files[part] = EventFile(self._run / part, time_s + self._offset_s)
        self._files[part].add(step, time_s + self._offset_s, scalars)


def _new_folder(parent: Path, name: str) -> Path:
    """Make a folder of this name, or of a name like it where two runs began in one second."""
    for ending in ("", *(f"-{number}" for number in range(2, 100))):
        folder = parent / (name + ending)
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(None, "too many runs of one name", str(parent / name))


def _file_name(text: str) -> str:
    """Return a name that every system takes and that begins no option."""
    return re.sub(r"[^\w.-]+", "_", text)[:64]


def _tidy(folder: Path) -> None:
    """Remove the oldest runs where there are too many."""
    if folder.is_dir():
        runs = sorted(run for run in folder.iterdir() if _RUN_NAME.fullmatch(run.name))
        for run in runs[: -_KEPT_RUNS + 1]:
            shutil.rmtree(run, ignore_errors=True)
