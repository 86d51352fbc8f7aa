"""*Open in TensorBoard*, with the real program."""

from __future__ import annotations

import urllib.request
import venv
from typing import TYPE_CHECKING

import psutil
import pytest
from PySide6.QtGui import QDesktopServices

from accelgui.gui.pages.training.board_button import BoardButton
from accelgui.gui.session import Session
from accelgui.model.events import TrainingProgress, TrainingStarted
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.requests import TrainingRequest
from accelgui.runs.board import BoardEnding
from accelgui.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(Settings())
    yield made
    made.close()


@pytest.fixture
def button(session: Session, qtbot: QtBot) -> BoardButton:
    made = BoardButton(session)
    qtbot.addWidget(made)
    made.show()
    return made


class Browser:
    """Stands in for the browser, which no test opens."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def open(self, url: object) -> None:
        self.urls.append(url.toString())  # type: ignore[attr-defined]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    seen = Browser()
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: seen.open(url) or True)
    return seen


def listening(process: psutil.Process) -> set[str]:
    processes = [process, *process.children(recursive=True)]
    return {
        connection.laddr.ip
        for one in processes
        for connection in one.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_that_the_runs_of_the_window_are_opened_in_the_browser_and_nowhere_else(
    button: BoardButton, session: Session, browser: Browser, qtbot: QtBot
) -> None:
    session.run_started.emit(TrainingRequest())
    session.run_events_arrived.emit([
        TrainingStarted("jax", "1", "cpu", "CPU", "mlp", 1, 1, 1, 1, 1, 1, 10.0),
        TrainingProgress(11.0, 1, 1, 0.5, 0.5, 100.0, 0.01),
    ])
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 1.0))
    with qtbot.waitSignal(button.opened, timeout=60_000) as opened:
        button.click()
        assert not button.isEnabled()
    (url,) = opened.args
    assert browser.urls == [url]
    assert button.isEnabled()
    with urllib.request.urlopen(f"{url}data/runs") as answer:
        assert b"mlp-cpu/training" in answer.read()
    (board,) = [
        child
        for child in psutil.Process().children(recursive=True)
        if "tensorboard.main" in child.cmdline()
    ]
    assert listening(board) == {"127.0.0.1"}
    # A second press opens what is there.
    button.click()
    assert browser.urls == [url, url]
    session.close()
    assert not board.is_running()


def test_that_a_missing_tensorboard_is_told_with_the_command_that_adds_it(
    button: BoardButton, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    venv.create(tmp_path / "it's bare")
    session._python = str(tmp_path / "it's bare" / "bin" / "python")
    button._pythons = lambda: [session.python]  # type: ignore[method-assign]
    with qtbot.waitSignal(button.trouble, timeout=60_000) as told:
        button.click()
    command = f"'{tmp_path}/it'\"'\"'s bare/bin/python' -m pip install tensorboard"
    assert told.args == [f"TensorBoard is not installed. This adds it: {command}"]
    qtbot.waitUntil(button.isEnabled)


def test_that_a_tensorboard_that_ends_is_told(button: BoardButton, qtbot: QtBot) -> None:
    with qtbot.waitSignal(button.trouble) as told:
        button._on_failed(BoardEnding(is_not_installed=False, message="port in use"))
    assert told.args == ["TensorBoard ended: port in use"]
