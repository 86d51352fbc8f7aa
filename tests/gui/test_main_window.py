from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from PySide6.QtCore import QCoreApplication, QPoint, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from accelgui.gui.main_window import MainWindow
from accelgui.gui.pages import register
from accelgui.gui.pages.overview import OverviewPage
from accelgui.gui.pages.overview.device_tiles import DeviceTile
from accelgui.gui.pages.page import Page
from accelgui.gui.session import Session
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.card import Card
from accelgui.model.events import SampleTaken
from accelgui.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


class WorkingPage(Page):
    code = "settings"
    starts = 0

    def start(self) -> None:
        self.starts += 1


def shown(window: MainWindow) -> str:
    return next(code for code, page in window.pages.items() if page.isVisible())


def test_that_the_overview_is_shown_first_and_no_other_page_is_made(window: MainWindow) -> None:
    assert shown(window) == "overview"
    assert list(window.pages) == ["overview"]


def test_that_the_rail_names_each_page_with_its_shortcut(window: MainWindow) -> None:
    buttons = window.rail.findChildren(QPushButton)
    assert [button.text() for button in buttons] == [e.title() for e in register.ENTRIES]
    assert buttons[1].toolTip() == "Devices (Ctrl+2)"
    assert all(button.accessibleName() for button in buttons)


def test_that_a_press_in_the_rail_shows_the_page(qtbot: QtBot, window: MainWindow) -> None:
    devices = window.rail.findChildren(QPushButton)[1]
    qtbot.mouseClick(devices, Qt.MouseButton.LeftButton)
    assert shown(window) == "devices"
    assert devices.isChecked()


def test_that_ctrl_and_a_number_shows_the_page(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert shown(window) == "devices"
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert shown(window) == "overview"


def test_that_nothing_in_the_header_moves_when_a_check_begins(
    window: MainWindow, cpu_only: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = window.header.check_button
    places = []
    for is_checking in (False, True):
        monkeypatch.setattr(Session, "is_checking", property(lambda _self, now=is_checking: now))
        cpu_only.checking_changed.emit(is_checking)
        QCoreApplication.processEvents()
        places.append((button.text(), button.x(), button.width(), window.header.chooser.x()))
    assert [place[0] for place in places] == ["Check again", "Checking…"]
    assert places[0][1:] == places[1][1:]


def test_that_enter_presses_the_button_with_the_focus(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    session._on_snapshot(snapshots.broken_driver())
    overview = window.pages["overview"]
    assert isinstance(overview, OverviewPage)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    node = overview.chain_card.chain.nodes[0]
    tile = overview.findChildren(DeviceTile)[0]
    for button, key in ((node, Qt.Key.Key_Return), (tile, Qt.Key.Key_Enter)):
        qtbot.waitUntil(button.isVisible)
        button.setFocus()
        with qtbot.waitSignal(button.clicked, timeout=1000):
            qtbot.keyClick(button, key)
    assert shown(window) == "devices"


def test_that_tab_goes_on_in_a_page_that_was_called_by_its_keys(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.pages["settings"], Qt.Key.Key_Tab)
    focused = window.focusWidget()
    assert focused is not None
    assert window.pages["settings"].isAncestorOf(focused)


def test_that_a_page_begins_below_the_header_s_words_and_ends_below_its_buttons(
    qtbot: QtBot, window: MainWindow, cpu_only: Session
) -> None:
    window.resize(900, 600)
    edges = set()
    for code in ("overview", "devices", "explain"):
        page = window.show_page(code)
        QCoreApplication.processEvents()
        cards = [card for card in page.findChildren(Card) if card.isVisible()]
        left = min(card.mapTo(window, QPoint()).x() for card in cards)
        right = max(card.mapTo(window, QPoint(card.width(), 0)).x() for card in cards)
        edges.add((left, right))
    button = window.header.check_button
    wanted_right = button.mapTo(window, QPoint(button.width(), 0)).x()
    assert edges == {(window.rail.width() + 3 * SPACE, wanted_right)}


def test_that_arrow_keys_move_in_the_rail(qtbot: QtBot, window: MainWindow) -> None:
    buttons = window.rail.findChildren(QPushButton)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    buttons[0].setFocus()
    qtbot.keyClick(buttons[0], Qt.Key.Key_Down)
    assert shown(window) == "devices"
    assert buttons[1].hasFocus()


def test_that_every_button_has_a_name_for_a_screen_reader(
    window: MainWindow, cpu_only: Session
) -> None:
    for code in ("overview", "devices", "settings"):
        window.show_page(code)
    nameless = [
        button
        for button in window.findChildren(QAbstractButton)
        if button.isVisibleTo(window) and not (button.text() or button.accessibleName())
    ]
    assert nameless == []


def test_that_a_page_asks_for_another_and_for_its_work(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register.Entry, "page_class", lambda _self: WorkingPage)
    window.pages["overview"].start_asked.emit("settings")
    assert shown(window) == "settings"
    assert window.pages["settings"].starts == 1


def test_that_the_header_names_machine_and_python(window: MainWindow, cpu_only: Session) -> None:
    assert window.header._hostname.whole == "workstation"
    assert window.header._system.whole == "Ubuntu 24.04.1 LTS · x86_64"
    assert window.header.chooser.text().startswith("Python 3.12.9")


def test_that_the_header_tells_where_the_machine_is(window: MainWindow, session: Session) -> None:
    snapshot = snapshots.cpu_only()
    host = replace(snapshot.machine.host, container="docker", virtual_machine="unknown")
    session._on_snapshot(replace(snapshot, machine=replace(snapshot.machine, host=host)))
    assert window.header._system.whole == (
        "Ubuntu 24.04.1 LTS · x86_64 · in a container (docker) · virtual machine"
    )


def test_that_a_python_which_does_not_exist_is_refused_in_place(
    window: MainWindow, session: Session
) -> None:
    before = session.python
    window.header.chooser.choose("/nowhere/python")
    assert window.python_banner.isVisible()
    assert window.python_banner.text == "/nowhere/python does not exist."
    assert session.python == before


@pytest.mark.timeout(60)
def test_that_a_message_above_the_page_stands_apart_from_the_header(window: MainWindow) -> None:
    page_top = window._stack.y()
    window.header.chooser.choose("/nowhere/python")
    QCoreApplication.processEvents()
    banner = window.python_banner
    header_bottom = window.header.y() + window.header.height()
    assert banner.mapTo(window, QPoint()).y() == header_bottom + 2 * SPACE
    banner.say(Role.NEUTRAL, "")
    QCoreApplication.processEvents()
    assert window._stack.y() == page_top


def test_that_a_program_which_is_no_python_is_said_to_be_none(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    window.header.chooser.choose("/bin/false")
    qtbot.waitUntil(lambda: not session.is_checking, timeout=30_000)
    assert "/bin/false could not start" in window.python_banner.text
    assert session.settings.recent_pythons == ["/bin/false"]


def test_that_the_status_line_tells_what_runs_and_how_far_it_is(
    window: MainWindow, session: Session
) -> None:
    line = window.status_line
    assert line._what.whole == "Ready"
    session.progress_changed.emit(0.25, "Training")
    assert line._what.whole == "Training"
    assert line._bar.isVisible()
    assert line._bar.value() == line._bar.maximum() // 4
    session.progress_changed.emit(None, "")
    assert line._what.whole == "Ready"
    assert not line._bar.isVisible()


def test_that_the_status_line_shows_live_values(window: MainWindow, session: Session) -> None:
    machine = snapshots.accelerated()
    session._on_sampler_events([SampleTaken(sample) for sample in snapshots.samples(machine)])
    text = window.status_line._live.plain
    assert text == "CPU 12 %    Memory 9.5 GiB of 64.0 GiB    GPU 0 45 %"


def test_that_eight_accelerators_take_one_place_in_the_status_line(
    window: MainWindow, session: Session
) -> None:
    machine = snapshots.accelerated(8)
    session._on_sampler_events([SampleTaken(sample) for sample in snapshots.samples(machine)])
    assert window.status_line._live.plain.endswith("8 accelerators 45 %")


def test_that_the_window_fits_into_900_by_600(window: MainWindow, cpu_only: Session) -> None:
    for code in ("overview", "devices", "settings"):
        window.show_page(code)
    window.resize(900, 600)
    assert window.size() == QSize(900, 600)


def test_that_the_size_is_remembered(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.settings = Settings.load(tmp_path / "settings.json")
    first = MainWindow(session)
    qtbot.addWidget(first)
    first.show()
    first.resize(1000, 640)
    first.close()
    session.settings = Settings.load(tmp_path / "settings.json")
    second = MainWindow(session)
    qtbot.addWidget(second)
    # The screen of the tests is 800 pixels wide: the width is what fits, the height the kept one.
    assert second.height() == 640


@pytest.mark.parametrize("geometry", ["!", "bm90IGEgZ2VvbWV0cnk="])
def test_that_a_nonsensical_size_is_forgotten(
    qtbot: QtBot, session: Session, geometry: str
) -> None:
    session.settings.window_geometry = geometry
    window = MainWindow(session)
    qtbot.addWidget(window)
    assert window.height() == 720


def test_that_a_problem_with_the_settings_is_shown_in_place(qtbot: QtBot, session: Session) -> None:
    session.settings.problem = "The settings were damaged."
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    assert window.settings_banner.isVisible()
    assert window.settings_banner.text == "The settings were damaged."


def test_that_the_first_page_needs_neither_pyqtgraph_nor_a_framework() -> None:
    code = (
        "import sys; import accelgui.gui.application, accelgui.gui.pages.overview;"
        "print([m for m in ('pyqtgraph', 'numpy', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_that_every_registered_page_is_a_page_of_its_code() -> None:
    for entry in register.ENTRIES:
        cls = entry.page_class()
        assert issubclass(cls, Page)
        assert cls.code == entry.code
        assert issubclass(cls, QWidget)
