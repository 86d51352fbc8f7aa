"""A window that is killed: what its run had told is in the history, and the agent is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil

from accelgui.history import History, Writer
from accelgui.history.entries import CUT_OFF
from accelgui.history.opening import prepare

if TYPE_CHECKING:
    from pathlib import Path

# Trains without end and says, on its stdout, how long the training has been told of.
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from accelgui.gui.session import Session
from accelgui.model.events import TrainingProgress, TrainingStarted
from accelgui.model.requests import TrainingRequest
from accelgui.runs.launch import AgentCommand
from accelgui.settings import Settings

application = QApplication([])
session = Session(Settings())
session.keep_history(Path(sys.argv[1]))
follower = session.start_run("training", AgentCommand("train", TrainingRequest(epochs=100_000)))
began_s = None

def say(events):
    global began_s
    for event in events:
        if isinstance(event, TrainingStarted):
            began_s = event.time_s
        elif isinstance(event, TrainingProgress):
            print(follower.pid, event.time_s - began_s, flush=True)

session.run_events_arrived.connect(say)
application.exec()
"""
LEARNT_S = 4.0


def test_that_a_killed_window_leaves_its_run_up_to_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    told_s, agent = 0.0, 0
    with subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(path)], stdout=subprocess.PIPE, text=True
    ) as window:
        assert window.stdout is not None
        for line in window.stdout:
            agent, told_s = int(line.split()[0]), float(line.split()[1])
            if told_s > LEARNT_S and window.poll() is None:
                window.send_signal(signal.SIGKILL)
    _wait_for_end(agent)
    prepare(path)
    writer = Writer(path, lambda: None)
    writer.tidy(None, None)
    writer.close()
    history = History(path)
    (entry,) = history.entries()
    series = history.series(entry.id)
    history.close()
    assert entry.status == CUT_OFF
    assert entry.facts["device"] == "cpu" or str(entry.facts["device"]).startswith("gpu")
    assert {"loss", "accuracy", "validation_accuracy"} <= set(entry.facts)
    loss = series["loss", "training"]
    # It is written once a second, from a timer that a busy machine may let wait.
    assert told_s - loss.times[-1] < 2
    assert entry.facts["loss"] == loss.values[-1]


def _wait_for_end(pid: int) -> None:
    end_s = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end_s, "the agent outlives its window"
        time.sleep(0.05)
