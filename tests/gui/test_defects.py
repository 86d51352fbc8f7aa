from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from accelgui.gui import defects
from accelgui.gui.widgets.copy_button import CopyButton

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def reporter(qtbot: QtBot) -> Iterator[defects.DefectReporter]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    made = defects.install()
    made.show_over(window)
    yield made
    made.remove()


def fail() -> None:
    raise RuntimeError("the plot has no axis")


def test_that_an_exception_in_a_slot_is_shown_and_kept(
    qtbot: QtBot, reporter: defects.DefectReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    timer = QTimer(singleShot=True)
    timer.timeout.connect(fail)
    timer.start(0)
    qtbot.waitUntil(lambda: bool(reporter.dialogs))
    details = reporter.dialogs[0].details
    assert "RuntimeError: the plot has no axis" in details
    assert "accelgui" in details.splitlines()[0]
    assert "the plot has no axis" in defects.log_path().read_text(encoding="utf-8")
    assert "the plot has no axis" in capsys.readouterr().err


@pytest.mark.usefixtures("capsys")
def test_that_details_can_be_copied(qtbot: QtBot, reporter: defects.DefectReporter) -> None:
    sys.excepthook(*_raised())
    qtbot.waitUntil(lambda: bool(reporter.dialogs))
    reporter.dialogs[0].findChild(CopyButton).click()
    assert "RuntimeError: the plot has no axis" in QGuiApplication.clipboard().text()


@pytest.mark.usefixtures("capsys")
def test_that_an_exception_in_a_thread_is_shown(
    qtbot: QtBot, reporter: defects.DefectReporter
) -> None:
    thread = threading.Thread(target=fail, name="work")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(reporter.dialogs))
    assert "the plot has no axis" in reporter.dialogs[0].details


@pytest.mark.usefixtures("capsys")
def test_that_a_defect_that_repeats_does_not_bury_the_window(
    qtbot: QtBot, reporter: defects.DefectReporter
) -> None:
    for _ in range(10):
        sys.excepthook(*_raised())
    qtbot.waitUntil(lambda: len(reporter.dialogs) == 3)
    kept = defects.log_path().read_text(encoding="utf-8")
    assert kept.count("RuntimeError: the plot has no axis") == 10


def test_that_the_hooks_are_given_back(qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook
    defects.install().remove()
    assert (sys.excepthook, threading.excepthook) == before


def _raised() -> tuple[type[BaseException], BaseException, None]:
    return RuntimeError, RuntimeError("the plot has no axis"), None
