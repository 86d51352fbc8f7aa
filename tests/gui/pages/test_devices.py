from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made import devices, snapshots
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from accelgui.gui.pages.devices import DevicesPage
from accelgui.gui.pages.devices.device_card import device_text
from accelgui.gui.pages.devices.live_strip import LiveStrip
from accelgui.gui.widgets.copy_button import CopyButton
from accelgui.gui.widgets.disclosure import Disclosure
from accelgui.gui.widgets.label import Label
from accelgui.model.events import SampleTaken

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from accelgui.gui.pages.devices.fact_row import FactRow
    from accelgui.gui.session import Session


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> DevicesPage:
    made = DevicesPage(session)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(900, 700)
    made.show()
    session._on_snapshot(snapshots.accelerated())
    return made


def visible_facts(page: DevicesPage) -> list[str]:
    return [row.fact.name for card in page.cards for row in card.facts.rows if row.isVisible()]


def row(page: DevicesPage, device: str, name: str) -> FactRow:
    card = next(card for card in page.cards if card.device.key == device)
    return next(row for row in card.facts.rows if row.fact.name == name)


def words(widget: QWidget) -> list[str]:
    return [label.plain for label in widget.findChildren(Label)]


def test_that_each_device_has_a_card(page: DevicesPage) -> None:
    assert [card.accessibleName() for card in page.cards] == [
        "CPU · Intel Xeon Platinum 8480C",
        "GPU 0 · NVIDIA H200",
    ]


def test_that_facts_have_units_and_absence_has_words(page: DevicesPage) -> None:
    assert row(page, "gpu:0", "memory_total_bytes").text == "Memory: 141.0 GiB"
    assert row(page, "gpu:0", "serial").text == "Serial number: not reported by this device"


def test_that_a_group_of_which_nothing_is_reported_is_folded(page: DevicesPage) -> None:
    clocks = row(page, "cpu", "power_watts")
    assert not clocks.isVisible()
    folds = page.cards[0].findChildren(Disclosure)
    fold = next(f for f in folds if f.isAncestorOf(clocks) and f is not page.cards[0]._fold)
    fold.set_open(True)
    assert clocks.isVisible()


def test_that_a_search_finds_facts_across_devices(page: DevicesPage) -> None:
    page.search.setText("memory_total")
    assert visible_facts(page) == ["memory_total_bytes", "memory_total_bytes"]
    page.search.setText("hopper")
    assert visible_facts(page) == ["architecture"]
    assert not page.cards[0].isVisible()
    assert page._count.plain == "1 fact found"


def test_that_a_search_finds_a_folded_fact(page: DevicesPage) -> None:
    page.search.setText("powercap")
    assert visible_facts(page) == ["power_watts"]


def test_that_a_search_that_finds_nothing_offers_a_way_back(page: DevicesPage) -> None:
    page.search.setText("flux capacitor")
    assert page.empty.isVisible()
    page.empty.pressed.emit()
    assert page.search.text() == ""
    assert not page.empty.isVisible()
    assert all(card.isVisible() for card in page.cards)


def test_that_ctrl_f_goes_to_the_search(qtbot: QtBot, page: DevicesPage) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.cards[0].setFocus()
    first = page.cards[0].facts.rows[0]
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.search.hasFocus)


def test_that_a_fact_can_be_copied_by_keyboard(qtbot: QtBot, page: DevicesPage) -> None:
    fact = row(page, "gpu:0", "uuid")
    qtbot.keyClick(fact, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "UUID: GPU-6a01f0c4-3d5e-4b8f-9c21-7be0d2f1a000"


def test_that_arrow_keys_walk_through_the_facts(qtbot: QtBot, page: DevicesPage) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    rows = page.cards[0].facts.rows
    rows[0].setFocus()
    qtbot.keyClick(rows[0], Qt.Key.Key_Down)
    assert rows[1].hasFocus()
    qtbot.keyClick(rows[1], Qt.Key.Key_Up)
    assert rows[0].hasFocus()
    assert rows[0].focusPolicy() & Qt.FocusPolicy.TabFocus


def test_that_a_card_is_copied_as_text(page: DevicesPage) -> None:
    page.cards[1].findChildren(CopyButton)[0].click()
    text = QGuiApplication.clipboard().text()
    assert text == device_text(page.cards[1].device)
    assert text.startswith("GPU 0 · NVIDIA H200\n\nIdentity\n  UUID: GPU-6a01f0c4")
    assert "  Power limit: 700 W" in text


def test_that_live_values_stand_at_the_top(page: DevicesPage, session: Session) -> None:
    taken = snapshots.samples(snapshots.accelerated())
    session._on_sampler_events([SampleTaken(sample) for sample in taken])
    shown = words(page.cards[1].live)
    assert "45 %" in shown
    assert "12.2 GiB of 141.0 GiB" in shown
    assert "41 °C" in shown
    assert "310 W of 700 W" in shown


def test_that_a_value_that_no_sample_holds_is_not_zero(qtbot: QtBot) -> None:
    strip = LiveStrip({})
    qtbot.addWidget(strip)
    strip.show_values({"utilisation_percent": 0.0, "power_watts": None})
    assert words(strip).count("not reported by this device") == 3
    assert "0 %" in words(strip)


def test_that_many_devices_start_folded_and_still_show_what_they_do(
    page: DevicesPage, session: Session
) -> None:
    eight = snapshots.accelerated(8)
    session._on_snapshot(eight)
    session._on_sampler_events([SampleTaken(sample) for sample in snapshots.samples(eight)])
    assert len(page.cards) == 9
    assert all(card._facts is None for card in page.cards)
    assert "45 %" in words(page.cards[8].live)


def test_that_a_mute_device_folds_its_groups(page: DevicesPage, session: Session) -> None:
    session._on_snapshot(
        snapshots.with_devices(snapshots.accelerated(), devices.mute_gpu("<u>GT</u>"))
    )
    (card,) = page.cards
    assert card.accessibleName() == "GPU 0 · <u>GT</u>"
    shown = [r.fact.name for r in card.facts.rows if r.isVisible()]
    assert "compute_capability" not in shown
    assert "uuid" in shown


def test_that_a_page_without_devices_says_what_to_do(qtbot: QtBot, session: Session) -> None:
    page = DevicesPage(session)
    qtbot.addWidget(page)
    page.retranslate()
    page.show()
    assert page.empty.isVisible()
    assert "No device was found" in words(page.empty)
