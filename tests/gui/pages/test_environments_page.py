"""The table of environments: filled row by row, stopped at will, each row a Python to examine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from diagnosis.snapshots import bare_machine, cpu_tensorflow, machine, snapshot, tensorflow
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from accelgui.gui.bridge.environment_scan import EnvironmentScan
from accelgui.gui.models.environments import _role
from accelgui.gui.pages.environments import EnvironmentsPage
from accelgui.gui.theme import Role
from accelgui.model.module import Module
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.runs.environment_check import EnvironmentRow
from accelgui.runs.environments import Environment, EnvironmentKind

if TYPE_CHECKING:
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
    waiting = ["waiting…"] * 3
    assert texts(page, 0) == ["one\nvirtual environment", *waiting, ""]
    page._on_row(EnvironmentRow(FIRST))
    assert [texts(page, row)[1] for row in (0, 1)] == ["looking…", "waiting…"]
    modules = (Module("onnxruntime", True, "1.20", True), Module("tensorrt", True, loads=False))
    page._on_row(EnvironmentRow(FIRST, SEEN, modules, is_done=True))
    row = texts(page, 0)
    assert row[1] == "CPU only\n2.21.0"
    assert row[4] == "ONNX Runtime"
    assert page.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == (
        "No GPU or TPU on this machine"
    )
    assert texts(page, 1)[1] == "waiting…"


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


def test_that_a_device_stays_with_its_number(page: EnvironmentsPage) -> None:
    page._on_found([FIRST])
    page._on_row(EnvironmentRow(FIRST, snapshot(machine(), tensorflow()), is_done=True))
    assert texts(page, 0)[1] == "works on GPU\N{NO-BREAK SPACE}0\n2.21.0"


def test_that_what_was_not_reached_is_said_to_be_so(page: EnvironmentsPage) -> None:
    page._on_found([FIRST, SECOND])
    page._on_row(EnvironmentRow(FIRST, SEEN, is_done=True))
    page._on_finished()
    assert texts(page, 1)[1] == "not examined"


def test_that_a_cpu_is_no_warning_where_the_machine_has_nothing_else(
    page: EnvironmentsPage,
) -> None:
    in_vain = snapshot(machine(), cpu_tensorflow())
    page._on_found([FIRST, SECOND])
    page._on_row(EnvironmentRow(FIRST, SEEN, is_done=True))
    page._on_row(EnvironmentRow(SECOND, in_vain, is_done=True))
    roles = [_role(page.model.row(n), page.model.cells_of(n)[0]) for n in (0, 1)]
    assert roles == [Role.ACCENT, Role.WARNING]


def test_that_the_python_that_is_examined_is_chosen_first(page: EnvironmentsPage) -> None:
    own = Environment(str(page.session.python), EnvironmentKind.OWN, "own")
    page._stack.setCurrentIndex(1)
    page._on_found([FIRST, own])
    assert page.table.currentIndex().row() == 1
    assert page.details.isVisible()


def test_that_the_line_at_the_foot_tells_of_the_look(page: EnvironmentsPage) -> None:
    told: list[tuple[float | None, str]] = []
    page.session.progress_changed.connect(lambda share, words: told.append((share, words)))
    page._scan = EnvironmentScan(None)
    page._on_found([FIRST, SECOND])
    page._on_row(EnvironmentRow(FIRST, SEEN, is_done=True))
    page._on_finished()
    words = "Looking at your Pythons, one after the other"
    assert told == [(0.0, words), (0.5, words), (None, "")]


def test_that_what_is_no_python_is_refused_in_words(page: EnvironmentsPage, tmp_path: Path) -> None:
    page._stack.setCurrentIndex(1)
    for path, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "none", "does not exist"),
        (Path(__file__), "is not a program that you may run"),
    ):
        page.add(str(path))
        assert words in page.refusal.text
    assert not page.is_looking


def test_that_a_program_that_is_no_python_costs_its_own_row(
    qtbot: QtBot, page: EnvironmentsPage, tmp_path: Path
) -> None:
    page.session.settings.path = tmp_path / "settings.json"
    page.session._on_snapshot(snapshot(bare_machine()))
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho '<b>Hello</b>'\nexit 3\n")
    program.chmod(0o755)
    page._on_found([FIRST])
    page._on_row(EnvironmentRow(FIRST, SEEN, is_done=True))
    page.add(str(program))
    qtbot.waitUntil(lambda: not page.is_looking, timeout=60_000)
    assert [texts(page, row)[1] for row in (0, 1)] == ["CPU only\n2.21.0", "gives no answer"]
    assert page.table.currentIndex().row() == 1
    assert page.session.settings.recent_pythons == [str(program)]


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
