from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication

from accelgui.gui.pages.overview import OverviewPage, standing
from accelgui.gui.pages.overview.device_tiles import DeviceTile
from accelgui.gui.pages.overview.finding_card import FindingCard
from accelgui.gui.theme import Role
from accelgui.gui.widgets.chain_node import ChainNode
from accelgui.gui.widgets.code_block import CodeBlock
from accelgui.gui.widgets.command import Command
from accelgui.gui.widgets.copy_button import CopyButton
from accelgui.gui.widgets.disclosure import Disclosure
from accelgui.gui.widgets.label import Label
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence, Finding, Severity
from accelgui.model.outcome import RunOutcome, RunStatus

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session
    from accelgui.model.snapshot import Snapshot


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> OverviewPage:
    made = OverviewPage(session)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(900, 700)
    made.show()
    return made


def see(page: OverviewPage, snapshot: Snapshot) -> None:
    page.session._on_snapshot(snapshot)


def texts(page: OverviewPage) -> list[str]:
    return [label.plain for label in page.findChildren(Label) if label.isVisibleTo(page)]


def statuses(page: OverviewPage) -> list[str]:
    return [node.look.status for node in page.chain_card.chain.nodes]


def test_that_nothing_is_claimed_before_anything_is_known(page: OverviewPage) -> None:
    assert page.verdict_card.sentence == "Nothing is known about this machine yet."
    assert {"passed", "broken"}.isdisjoint(statuses(page))


def test_that_a_machine_without_accelerator_is_told_so_without_alarm(page: OverviewPage) -> None:
    see(page, snapshots.cpu_only())
    assert page.verdict_card.sentence == (
        "This machine has no GPU or TPU. TensorFlow 2.21.0 works on the CPU."
    )
    assert "Training works here all the same, only slower than with an accelerator." in texts(page)
    roles = {node.look.role for node in page.chain_card.chain.nodes}
    assert Role.BAD not in roles
    assert statuses(page)[0] == "none here"


def test_that_a_working_accelerator_is_good_news_in_word_and_icon(page: OverviewPage) -> None:
    see(page, snapshots.accelerated())
    assert page.verdict_card.word == "Accelerated"
    assert page.verdict_card.sentence == "TensorFlow 2.21.0 runs on NVIDIA H200 and computes right."
    *links, speed = statuses(page)
    assert set(links) == {"passed"}
    assert speed == "not measured"


def test_that_the_first_broken_link_is_marked_and_explained(page: OverviewPage) -> None:
    see(page, snapshots.broken_driver())
    assert statuses(page)[:3] == ["passed", "broken", "not reached"]
    assert page.chain_card.chain.current == 1
    assert page.chain_card.explanation.startswith("Kernel driver: broken")


def test_that_what_is_to_be_pressed_next_is_the_button_that_stands_out(page: OverviewPage) -> None:
    kinds = []
    for snapshot in (snapshots.broken_driver(), snapshots.accelerated()):
        see(page, snapshot)
        buttons = (page.verdict_card.remedy_button, page.verdict_card.start_button)
        kinds.append([b.property("kind") for b in buttons if b.isVisible()])
    assert kinds == [["primary", "secondary"], ["primary"]]


def test_that_a_row_of_the_chain_is_as_high_as_its_names_need(page: OverviewPage) -> None:
    see(page, snapshots.accelerated())
    page.resize(1100, 700)
    QCoreApplication.processEvents()
    heights = {node.y(): node.height() for node in page.chain_card.chain.nodes}
    assert len(heights) == 2
    first, second = (heights[y] for y in sorted(heights))
    # "Management library (NVML)" takes two lines, and nothing in the second row does.
    assert second < first


def test_that_the_cause_comes_with_evidence_and_a_command_to_copy(
    qtbot: QtBot, page: OverviewPage
) -> None:
    see(page, snapshots.broken_driver())
    card = page.findings.itemAt(0).widget()
    assert isinstance(card, FindingCard)
    assert card.accessibleName() == "NVIDIA's driver is not installed"
    assert "/sys/bus/pci/devices/0000:01:00.0" in [
        label.plain for label in card.findChildren(Label)
    ]
    command = card.findChildren(Command)[0]
    qtbot.mouseClick(command.findChild(CopyButton), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "sudo ubuntu-drivers install"


def test_that_tab_visits_the_parts_from_top_to_bottom(page: OverviewPage) -> None:
    see(page, snapshots.broken_driver())
    QCoreApplication.processEvents()
    places = []
    widget = page.verdict_card.start_button
    first = widget
    while (widget := widget.nextInFocusChain()) is not first:
        if page.isAncestorOf(widget) and (
            widget is page.log_button or isinstance(widget, (CopyButton, DeviceTile, ChainNode))
        ):
            places.append(widget.mapTo(page, QPoint()).y())
    assert len(places) > 12
    assert places == sorted(places)


def test_that_picking_a_link_explains_it(qtbot: QtBot, page: OverviewPage) -> None:
    see(page, snapshots.accelerated())
    qtbot.mouseClick(page.chain_card.chain.nodes[4], Qt.MouseButton.LeftButton)
    assert page.chain_card.explanation.startswith("CUDA driver library: passed")


def test_that_a_figure_beside_a_link_says_what_it_is(qtbot: QtBot, page: OverviewPage) -> None:
    see(page, snapshots.accelerated())
    told = []
    for number in (1, 4, 6):
        qtbot.mouseClick(page.chain_card.chain.nodes[number], Qt.MouseButton.LeftButton)
        told.append(page.chain_card.detail)
    assert told == ["version 570.124.06", "CUDA 12.8", "version 2.21.0"]


def test_that_the_picked_link_stays_while_the_check_goes_on(
    qtbot: QtBot, page: OverviewPage
) -> None:
    see(page, snapshots.just_begun())
    qtbot.mouseClick(page.chain_card.chain.nodes[5], Qt.MouseButton.LeftButton)
    see(page, snapshots.broken_driver())
    assert page.chain_card.chain.current == 5


def test_that_arrow_keys_walk_along_the_chain(qtbot: QtBot, page: OverviewPage) -> None:
    see(page, snapshots.accelerated())
    nodes = page.chain_card.chain.nodes
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    nodes[5].click()
    nodes[5].setFocus()
    qtbot.keyClick(nodes[5], Qt.Key.Key_Right)
    assert nodes[6].hasFocus()
    assert page.chain_card.chain.current == 6
    qtbot.keyClick(nodes[6], Qt.Key.Key_Left)
    assert page.chain_card.chain.current == 5


def test_that_each_link_says_its_name_and_status_to_a_screen_reader(page: OverviewPage) -> None:
    see(page, snapshots.broken_driver())
    assert page.chain_card.chain.nodes[1].accessibleName() == "Kernel driver: broken"


@pytest.mark.parametrize(("width", "rows"), [(1300, 1), (900, 2), (420, 4)])
def test_that_the_chain_wraps(qtbot: QtBot, page: OverviewPage, width: int, rows: int) -> None:
    see(page, snapshots.accelerated())
    chain = page.chain_card.chain
    chain.resize(width - 120, chain.heightForWidth(width - 120))
    assert len({node.y() for node in chain.nodes}) == rows
    assert max(node.geometry().right() for node in chain.nodes) <= chain.width()
    assert max(node.geometry().bottom() for node in chain.nodes) <= chain.height()


@pytest.mark.parametrize(
    ("snapshot", "settled"),
    [
        (snapshots.just_begun(), False),
        (replace(snapshots.cpu_only(), frameworks=()), False),
        (snapshots.broken_driver(), True),
        (snapshots.accelerated(), True),
    ],
)
def test_that_a_verdict_is_held_back_while_it_may_turn(
    session: Session, snapshot: Snapshot, settled: bool
) -> None:
    session._on_snapshot(snapshot)
    assert session.verdict is not None
    assert standing.is_settled(session.verdict, is_checking=True) is settled
    assert standing.is_settled(session.verdict, is_checking=False)


def test_that_other_findings_are_folded(page: OverviewPage) -> None:
    see(page, snapshots.cpu_only())
    fold = page.findChild(Disclosure)
    assert not fold.is_open
    assert not fold.findChild(FindingCard).isVisibleTo(fold)
    fold.set_open(True)
    assert fold.findChild(FindingCard).isVisibleTo(fold)


def test_that_a_failed_look_at_the_machine_is_said_with_its_log(page: OverviewPage) -> None:
    page.session.outcomes = {
        None: RunOutcome(RunStatus.KILLED, 1.0, signal=9, log_path="/tmp/x.log")
    }
    page.session.checking_changed.emit(False)
    assert page.failure.isVisible()
    assert page.failure.text.startswith(
        "The look at this machine was killed by signal 9 (SIGKILL)."
    )


def test_that_the_remedy_is_one_press_away(qtbot: QtBot, page: OverviewPage) -> None:
    page.resize(724, 520)
    see(page, snapshots.broken_driver())
    QCoreApplication.processEvents()
    card = page.findings.itemAt(0).widget()
    command = card.findChildren(Command)[0]
    qtbot.waitUntil(lambda: command.height() > 1)
    assert command.visibleRegion().boundingRect() != command.rect()
    qtbot.mouseClick(page.verdict_card.remedy_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: command.visibleRegion().boundingRect() == command.rect())


def test_that_where_nothing_is_to_be_mended_no_remedy_is_offered(page: OverviewPage) -> None:
    for snapshot in (snapshots.cpu_only(), snapshots.accelerated()):
        see(page, snapshot)
        assert not page.verdict_card.remedy_button.isVisibleTo(page)


def test_that_the_big_button_asks_for_the_training(qtbot: QtBot, page: OverviewPage) -> None:
    see(page, snapshots.cpu_only())
    with qtbot.waitSignal(page.start_asked) as asked:
        page.verdict_card.start_button.click()
    assert asked.args == ["training"]


def test_that_a_device_leads_to_the_devices(qtbot: QtBot, page: OverviewPage) -> None:
    see(page, snapshots.accelerated(8))
    tiles = page.devices_card.findChildren(DeviceTile)
    assert len(tiles) == 9
    assert tiles[1].accessibleName() == "NVIDIA H200, GPU 0 · 141.0 GiB"
    with qtbot.waitSignal(page.page_asked) as asked:
        tiles[1].click()
    assert asked.args == ["devices"]


def test_that_frameworks_are_told_with_build_and_what_they_compute_on(page: OverviewPage) -> None:
    see(page, snapshots.accelerated(8))
    words = texts(page)
    assert "TensorFlow 2.21.0" in words
    assert "works on 8 accelerators" in words
    assert "CUDA 12.5.1 · cuDNN 9 · imported in 1.2 s" in words
    assert words.count("not installed") == 2


HOSTILE = "<b>H200</b><img src='file:///etc/passwd'>&amp;\n" + "W" * 400


def test_that_a_hostile_device_name_is_shown_as_it_stands(page: OverviewPage) -> None:
    page.resize(880, 600)
    see(page, snapshots.named(HOSTILE))
    assert "<b>H200</b>" in page.verdict_card.sentence
    for label in page.findChildren(Label):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert not label.toolTip() or "<" not in label.toolTip()
    assert page.verdict_card.width() <= page.width()


def test_that_hostile_evidence_is_shown_as_it_stands(qtbot: QtBot) -> None:
    finding = Finding(
        code="of_a_newer_version",
        severity=Severity.WARNING,
        link=Link.NVML,
        confidence=Confidence.LIKELY,
        evidence=(Evidence("<i>log</i>", HOSTILE, 7),),
    )
    card = FindingCard(finding)
    qtbot.addWidget(card)
    assert card.findChild(CodeBlock).toPlainText() == HOSTILE
    assert "<i>log</i>, line 7" in [label.plain for label in card.findChildren(Label)]
    assert "warning, likely" in [label.plain for label in card.findChildren(Label)]
