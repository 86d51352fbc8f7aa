"""A dressed application, and a session that starts nothing by itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from PySide6.QtCore import QCoreApplication, QEvent, QThread

from accelgui.gui import language
from accelgui.gui.main_window import MainWindow
from accelgui.gui.session import Session
from accelgui.gui.theme import theme
from accelgui.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: object) -> None:
    theme.install(qapp, "light")


@pytest.fixture(autouse=True)
def looks_and_words_as_before(qapp: object) -> Iterator[None]:
    language.speak("en")
    if theme.is_dark:
        theme.set_appearance("light")
    yield
    language.speak("en")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    now = [thread for thread in threading.enumerate() if thread not in before]
    # Python keeps a stand-in for each QThread that ever ran its code, also when it has ended.
    left = [t.name for t in now if not isinstance(t, threading._DummyThread)]
    assert not left, f"threads left behind: {left}"


@pytest.fixture
def session(qapp: object) -> Iterator[Session]:
    made = Session(Settings())
    yield made
    made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.deleteLater()


@pytest.fixture
def cpu_only(session: Session) -> Session:
    session._on_snapshot(snapshots.cpu_only())
    return session


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.show()
    return made
