"""The table of environments: filled row by row, stopped at will, each row a Python to examine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from diagnosis.snapshots import bare_machine, cpu_tensorflow, snapshot
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from accelgui.gui.pages.environments import EnvironmentsPage
from accelgui.model.module import Module
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.runs.environment_check import EnvironmentRow
from accelgui.runs.environments import Environment, EnvironmentKind

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session

FIRST = Environment("/opt/one/bin/python", EnvironmentKind.VENV, "one")
SECOND = Environment("/opt/two/bin/python", EnvironmentKind.CONDA, "two")
SEEN = snapshot(bare_machine(), cpu_tensorflow())


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> EnvironmentsPage:
    made = EnvironmentsPage(session)
    qtbot.addWidget(made)
    made.retranslate()
    made.show()
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def texts(page: EnvironmentsPage, row: int) -> list[str]:
    return [page.model.index(row, column).data() for column in range(page.model.columnCount())]


def test_that_at_first_the_page_says_what_the_button_does(page: EnvironmentsPage) -> None:
    assert page.empty.isVisible()
    assert not page.table.isVisible()


def test_that_rows_fill_as_they_are_examined(page: EnvironmentsPage) -> None:
    page._on_found([FIRST, SECOND])
    assert texts(page, 0) == ["one\nvirtual environment", "…", "…", "…", ""]
    modules = (Module("onnxruntime", True, "1.20", True), Module("tensorrt", True, loads=False))
    page._on_row(EnvironmentRow(FIRST, SEEN, modules, is_done=True))
    row = texts(page, 0)
    assert row[1] == "CPU only\n2.21.0"
    assert row[4] == "ONNX Runtime"
    assert page.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == (
        "No GPU or TPU on this machine"
    )
    assert texts(page, 1)[1] == "…"


def test_that_a_bad_environment_costs_its_own_row(page: EnvironmentsPage) -> None:
    page._on_found([FIRST, SECOND])
    outcome = RunOutcome(RunStatus.NOT_STARTED, 0.1, message="exec format error")
    page._on_row(EnvironmentRow(FIRST, problem=outcome, is_done=True))
    page._on_row(EnvironmentRow(SECOND, SEEN, is_done=True))
    assert texts(page, 0)[1] == "gives no answer"
    assert "exec format error" in page.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert texts(page, 1)[1] == "CPU only\n2.21.0"


def test_that_the_chosen_row_is_explained_and_can_be_examined(
    page: EnvironmentsPage, session: Session, tmp_path: Path
) -> None:
    session.settings.path = tmp_path / "settings.json"
    page._stack.setCurrentIndex(1)
    page._on_found([FIRST, SECOND])
    page._on_row(EnvironmentRow(SECOND, SEEN, is_done=True))
    page.table.selectRow(1)
    assert page.details.isVisible()
    chosen: list[str] = []
    session.choose_python = chosen.append  # type: ignore[method-assign]
    pages: list[str] = []
    page.page_asked.connect(pages.append)
    page.details.examine.click()
    assert chosen == [SECOND.python]
    assert pages == ["overview"]


def test_that_the_examined_row_leads_to_its_remedy(page: EnvironmentsPage) -> None:
    own = Environment(str(page.session.python), EnvironmentKind.VENV, "own")
    page._stack.setCurrentIndex(1)
    page._on_found([own])
    page._on_row(EnvironmentRow(own, SEEN, is_done=True))
    page.table.selectRow(0)
    assert page.details.examine.text() == "Show on the overview"
    pages: list[str] = []
    page.page_asked.connect(pages.append)
    page.details.examine.click()
    assert pages == ["overview"]


def test_that_real_environments_are_examined_and_a_look_can_be_stopped(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    hanging = tmp_path / "hanging"
    hanging.write_text("#!/bin/sh\nexec sleep 600\n")
    hanging.chmod(0o755)
    bare = sys._base_executable  # type: ignore[attr-defined]
    environments = [
        Environment(bare, EnvironmentKind.SYSTEM, "bare"),
        Environment(str(hanging), EnvironmentKind.VENV, "hanging"),
    ]
    session._on_snapshot(snapshot(bare_machine()))
    page = EnvironmentsPage(session, find=lambda: environments)
    qtbot.addWidget(page)
    page.retranslate()
    page.show()
    page.start()
    assert page.progress.isVisible()
    qtbot.waitUntil(lambda: page.model.done_count == 1, timeout=60_000)
    assert texts(page, 0)[1] == "not installed"
    page.stop()
    qtbot.waitUntil(lambda: not page.is_looking, timeout=20_000)
    assert not page.progress.isVisible()
    assert "Stopped after 1 of 2" in page._summary.plain
