from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from accelgui.gui.plots import quantities
from accelgui.gui.plots.specs import PanelSpec, Track
from accelgui.gui.plots.stack import PlotStack
from accelgui.gui.theme import theme
from accelgui.telemetry import WholeSeries

if TYPE_CHECKING:
    import numpy as np
    from pytestqt.qtbot import QtBot

TRAINING = Track("training", lambda: "training")
VALIDATION = Track("validation", lambda: "validation", dash=1, has_marks=True)
HOST = Track("host", lambda: "machine", dash=2, is_aside=True)
SPECS = (
    PanelSpec("loss", lambda: "Loss", quantities.LOSS, (TRAINING, VALIDATION), always_shown=True),
    PanelSpec("power", lambda: "Power", quantities.POWER, (TRAINING, HOST)),
)


def series(*values: float | None, start_s: float = 100.0) -> WholeSeries:
    made = WholeSeries()
    for number, value in enumerate(values):
        made.append(start_s + number, value)
    return made


@pytest.fixture
def stack(qtbot: QtBot) -> PlotStack:
    made = PlotStack(SPECS)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    qtbot.waitUntil(lambda: not made.is_drawing)
    return made


def drawn(stack: PlotStack, run: str, panel: str = "loss", track: str = "training") -> np.ndarray:
    return stack.panels[panel].curves[run, track].drawn_values


def test_that_two_runs_are_drawn_over_each_other_each_from_its_own_start(
    qtbot: QtBot, stack: PlotStack
) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(2.0, 1.0, 0.5), 100.0)
    stack.add_run("b")
    stack.add_curve("b", "loss", "training", series(3.0, 2.0, start_s=900.0), 900.0)
    qtbot.waitUntil(lambda: len(drawn(stack, "b")) == 2)
    assert drawn(stack, "a").tolist() == [2.0, 1.0, 0.5]
    assert stack.panels["loss"].end_s == 2.0
    assert [stack.number_of(run) for run in stack.runs] == [0, 1]


def test_that_new_values_are_drawn_on_a_timer_that_then_rests(
    qtbot: QtBot, stack: PlotStack
) -> None:
    grown = series(1.0)
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", grown, 100.0)
    qtbot.waitUntil(lambda: not stack.is_drawing)
    grown.append(101.0, 0.5)
    assert len(drawn(stack, "a")) == 1
    stack.data_arrived()
    qtbot.waitUntil(lambda: len(drawn(stack, "a")) == 2)
    qtbot.waitUntil(lambda: not stack.is_drawing)


def test_that_nothing_is_drawn_while_hidden_and_all_of_it_when_shown(
    qtbot: QtBot, stack: PlotStack
) -> None:
    stack.hide()
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(1.0, 2.0), 100.0)
    assert not stack.is_drawing
    stack.show()
    qtbot.waitUntil(lambda: len(drawn(stack, "a")) == 2)


def test_that_a_panel_without_values_stays_away(qtbot: QtBot, stack: PlotStack) -> None:
    assert stack.panels["power"].isHidden()
    stack.add_run("a")
    stack.add_curve("a", "power", "training", series(None, None), 100.0)
    stack.draw_now()
    assert stack.panels["power"].isHidden()
    stack.add_curve("a", "power", "host", series(100.0, 120.0), 100.0)
    stack.draw_now()
    assert not stack.panels["power"].isHidden()


def test_that_what_belongs_to_the_machine_is_drawn_for_the_chosen_run_only(
    stack: PlotStack,
) -> None:
    for run in ("a", "b"):
        stack.add_run(run)
        stack.add_curve(run, "power", "host", series(100.0, 120.0), 100.0)
    curves = stack.panels["power"].curves
    assert not curves["a", "host"].is_visible
    stack.choose("a")
    assert curves["a", "host"].is_visible
    assert not curves["b", "host"].is_visible


def test_that_a_hidden_run_leaves_the_picture_and_the_legend(stack: PlotStack) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(1.0, 2.0), 100.0)
    stack.draw_now()
    assert stack.panels["loss"].legend_text == "Loss: training 2"
    stack.set_shown("a", False)
    assert len(drawn(stack, "a")) == 0
    assert stack.panels["loss"].legend_text == "Loss: "


def test_that_the_number_of_a_removed_run_is_given_again(stack: PlotStack) -> None:
    stack.add_run("a")
    stack.add_run("b")
    stack.remove_run("a")
    assert stack.add_run("c") == 0
    assert stack.runs == ("b", "c")


def test_that_the_cursor_reads_all_panels_at_one_moment(stack: PlotStack) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(2.0, 1.0, 0.5), 100.0)
    stack.add_curve("a", "power", "training", series(10.0, None, 30.0), 100.0)
    stack.point_at(1.1)
    assert stack.panels["loss"].legend_text == "Loss: training 1"
    assert stack.panels["power"].legend_text == "Power: training –"
    stack.point_at(None)
    assert stack.panels["power"].legend_text == "Power: training 30 W"


def test_that_the_pointer_reads_every_curve_where_the_line_has_no_room_for_all(
    stack: PlotStack,
) -> None:
    stack.run_label = {run: f"GPU {run}" for run in "abcde"}.__getitem__
    for place, run in enumerate("abcde"):
        stack.add_run(run)
        stack.add_curve(run, "loss", "training", series(1.0, 10.0 + place), 100.0)
    stack.add_curve("b", "loss", "validation", series(None, 0.5), 100.0)
    stack.draw_now()
    panel = stack.panels["loss"]
    panel.pointed.emit(1.0)
    assert stack.card.isVisible()
    assert stack.card.rows == [
        ("GPU a", "10", ""),
        ("GPU b", "11", "0.500"),
        ("GPU c", "12", ""),
        ("GPU d", "13", ""),
        ("GPU e", "14", ""),
    ]
    assert stack.rect().contains(stack.card.geometry())
    assert not stack.card.geometry().contains(panel.mapTo(stack, panel.cursor_top))
    panel.pointed.emit(None)
    assert stack.card.isHidden()


def test_that_a_few_curves_are_read_on_the_line_alone(stack: PlotStack) -> None:
    stack.resize(900, 400)
    for run in "ab":
        stack.add_run(run)
        stack.add_curve(run, "loss", "training", series(1.0, 2.0), 100.0)
    stack.draw_now()
    stack.panels["loss"].pointed.emit(1.0)
    assert "2, 2" in stack.panels["loss"].legend_text
    assert stack.card.isHidden()


def test_that_the_wheel_zooms_all_panels_and_ends_the_following(
    qtbot: QtBot, stack: PlotStack
) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(*range(60)), 100.0)
    stack.add_curve("a", "power", "training", series(*range(60)), 100.0)
    stack.fit()
    qtbot.waitUntil(lambda: not stack.is_drawing)
    plot = stack.panels["loss"]._plot
    middle = QPointF(plot.width() / 2, plot.height() / 2)
    with qtbot.waitSignal(stack.following_changed) as changed:
        wheel = QWheelEvent(
            middle,
            QPointF(plot.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(plot.viewport(), wheel)
    assert changed.args == [False]
    spans = {tuple(panel.view.viewRange()[0]) for panel in stack.panels.values()}
    assert len(spans) == 1
    start_s, end_s = spans.pop()
    assert 0 < start_s < end_s < 60
    stack.follow(True)
    assert stack.span.start_s == 0
    assert stack.is_following


def test_that_a_drag_moves_time_under_the_hand(qtbot: QtBot, stack: PlotStack) -> None:
    stack.panels["loss"].view.pan_asked.emit(2.0)
    assert stack.span.start_s == 2.0
    assert not stack.is_following


def test_that_a_double_click_shows_everything_again(qtbot: QtBot, stack: PlotStack) -> None:
    stack.pan(5.0)
    plot = stack.panels["loss"]._plot
    middle = QPoint(plot.width() // 2, plot.height() // 2)
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        left = Qt.MouseButton.LeftButton
        held = left if kind is QEvent.Type.MouseButtonDblClick else Qt.MouseButton.NoButton
        click = QMouseEvent(
            kind,
            QPointF(middle),
            QPointF(plot.mapToGlobal(middle)),
            left,
            held,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(plot.viewport(), click)
    qtbot.waitUntil(lambda: stack.is_following)


def test_that_the_axis_of_values_holds_still_once_moved_by_hand(stack: PlotStack) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(1.0, 2.0), 100.0)
    panel = stack.panels["loss"]
    panel.view.value_zoom_asked.emit(0.5, 1.0)
    by_hand = panel.view.viewRange()[1]
    stack.add_curve("a", "loss", "validation", series(50.0, 60.0), 100.0)
    stack.draw_now()
    assert panel.view.viewRange()[1] == by_hand
    stack.fit()
    stack.draw_now()
    assert panel.view.viewRange()[1][1] >= 60


def test_that_values_cannot_be_zoomed_out_of_sight(stack: PlotStack) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(1.0, 2.0), 100.0)
    stack.draw_now()
    panel = stack.panels["loss"]
    for _ in range(30):
        panel.view.value_zoom_asked.emit(1.25, 1.0)
    low, high = panel.view.viewRange()[1]
    assert 2 < high - low < 20


def test_that_colours_follow_the_scheme(stack: PlotStack) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(1.0, 2.0), 100.0)
    line = stack.panels["loss"].curves["a", "training"].items[0]
    light = line.pen.color()
    theme.set_appearance("dark")
    assert line.pen.color() == theme.series_color(0) != light


def test_that_curves_are_visible_in_the_picture(qtbot: QtBot, stack: PlotStack) -> None:
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", series(*([1.0, 2.0] * 5)), 100.0)
    stack.draw_now()
    image = stack.panels["loss"]._plot.grab().toImage()
    wanted = theme.series_color(0).rgb()
    pixels = (image.pixel(x, y) for x in range(image.width()) for y in range(image.height()))
    assert sum(pixel == wanted for pixel in pixels) > 50


def test_that_a_million_points_are_drawn_as_few(stack: PlotStack) -> None:
    long = WholeSeries()
    for step in range(50_000):
        long.append(100 + step / 100, float(step % 7))
    stack.add_run("a")
    stack.add_curve("a", "loss", "training", long, 100.0)
    stack.draw_now()
    assert 100 < len(drawn(stack, "a")) < 5 * 500
