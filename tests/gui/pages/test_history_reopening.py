from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made import snapshots
from made.work import check_precision, climb, train, written

from accelgui import diagnosis
from accelgui.gui.pages.history import HistoryPage
from accelgui.gui.pages.overview import OverviewPage
from accelgui.gui.pages.precision import PrecisionPage
from accelgui.gui.pages.training import TrainingPage

if TYPE_CHECKING:
    from accelgui.gui.main_window import MainWindow


@pytest.fixture
def page(window: MainWindow) -> HistoryPage:
    shown = window.show_page("history")
    assert isinstance(shown, HistoryPage)
    return shown


def reopened(page: HistoryPage, row: int = 0) -> None:
    page.table.selectRow(row)
    assert [entry.id for entry in page.detail.shown] == [page.model.entries[row].id]
    page.detail.reopen.click()


def test_that_a_precision_check_is_shown_again_as_it_was(
    window: MainWindow, page: HistoryPage
) -> None:
    rows = check_precision(page.session, "tf32")
    written(page, 1)
    reopened(page)
    shown = window.pages["precision"]
    assert isinstance(shown, PrecisionPage)
    assert shown.isVisible()
    assert list(shown.results.model.rows) == rows
    assert "TF32 inputs" in shown.stage.ending.text
    assert shown.stage.then.text.startswith("From the history: ")
    shown.results.choose(0)
    assert shown.results.closer.isVisibleTo(shown)


def test_that_a_training_is_shown_again_beside_those_of_now(
    window: MainWindow, page: HistoryPage
) -> None:
    train(page.session, 0.95)
    written(page, 1)
    for _again in range(2):
        window.show_page("history")
        reopened(page)
    shown = window.pages["training"]
    assert isinstance(shown, TrainingPage)
    (key,) = shown.records
    curve = shown.plots.stack.panels["loss"].curves[key, "training"]
    assert curve.series.values.tolist() == [0.5, 0.25]
    assert "95.0 %" in shown.stage.ending.text
    assert shown.stage.then.isVisible()


def test_that_a_ladder_is_shown_again(window: MainWindow, page: HistoryPage) -> None:
    climb(page.session)
    written(page, 1)
    (entry,) = page.model.entries
    assert (entry.kind, entry.facts["best_rung"]) == ("ladder", "xla")
    reopened(page)
    shown = window.pages["training"]
    assert isinstance(shown, TrainingPage)
    assert shown.ladder.isVisible()
    assert [rung.rung for rung in shown.ladder.rungs] == ["cpu_eager", "xla"]
    assert list(shown.ladder.view.rows) == ["cpu_eager", "xla", "tf32"]


def test_that_a_check_is_shown_again_until_a_person_wants_that_of_now(
    window: MainWindow, page: HistoryPage
) -> None:
    session = page.session
    session._on_snapshot(snapshots.accelerated())
    session.checked.emit(diagnosis.examine(snapshots.accelerated()))
    session._on_snapshot(snapshots.cpu_only())
    written(page, 1)
    reopened(page)
    shown = window.pages["overview"]
    assert isinstance(shown, OverviewPage)
    assert "H200" in shown.verdict_card._sentence.text()
    assert not shown.verdict_card.start_button.isEnabled()
    shown.then.action_pressed.emit()
    assert "H200" not in shown.verdict_card._sentence.text()
    assert shown.then.isHidden()


def test_that_nothing_is_reopened_over_a_run_under_way(
    window: MainWindow, page: HistoryPage
) -> None:
    check_precision(page.session)
    written(page, 1)
    shown = window.show_page("precision")
    assert isinstance(shown, PrecisionPage)
    shown._follower = object()  # type: ignore[assignment]
    window.show_page("history")
    reopened(page)
    assert not shown.results.model.rows
    shown._follower = None
