from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from accelgui.agent.workloads.training import refusals, trainers
from accelgui.agent.workloads.training.networks import NETWORKS
from accelgui.gui.pages.training.choices import Typed, judge
from accelgui.gui.pages.training.form import TrainingForm
from accelgui.model import techniques
from accelgui.model.requests import FRAMEWORKS
from accelgui.words import techniques as words
from accelgui.words.training import MODELS, PRECISIONS

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def form(qtbot: QtBot) -> TrainingForm:
    made = TrainingForm()
    qtbot.addWidget(made)
    made.retranslate()
    made.show_snapshot(snapshots.cpu_only(), is_checking=False)
    made.show()
    return made


def test_that_the_form_offers_what_the_agent_can_do() -> None:
    assert set(FRAMEWORKS) == set(trainers._TRAINERS)
    assert tuple(MODELS) == tuple(NETWORKS)
    assert tuple(PRECISIONS) == refusals.PRECISIONS


def test_that_an_untouched_form_asks_for_something_that_can_be_done() -> None:
    request = judge(Typed()).request
    assert request is not None
    refusals.check(request)


@pytest.mark.parametrize("text", ["", "abc", "0", "-1", "3.5", "1e9", "٣", "99999999999999"])
def test_that_nonsense_is_told_in_words_and_nothing_can_start(
    form: TrainingForm, text: str
) -> None:
    form.batch_size.setText(text)
    assert form.problem_text == "Batch size: A whole number from 1 to 65,536"
    assert not form.start.isEnabled()
    form.batch_size.setText("64")
    assert not form.problem_text
    assert form.start.isEnabled()


def test_that_all_that_is_wrong_is_told_at_once(form: TrainingForm) -> None:
    form.batch_size.setText("x")
    form.epochs.setText("")
    form.seed.setText("-5")
    assert len(form.problem_text.splitlines()) == 3


def test_that_a_file_has_to_be_one(form: TrainingForm, tmp_path: Path) -> None:
    form.data.choose("file")
    form._on_data_chosen()
    assert "Choose a file" in form.problem_text
    for path, text in (
        (tmp_path, "folder"),
        (tmp_path / "none.npz", "no such file"),
        ("a\0b", "no such file"),
    ):
        form.data_path.setText(str(path))
        assert text in form.problem_text or "\0" in str(path)
    (tmp_path / "mnist.npz").write_bytes(b"")
    form.data_path.setText(str(tmp_path / "mnist.npz"))
    assert form.start.isEnabled()
    assert form.judged().request.data_path == str(tmp_path / "mnist.npz")


def test_that_devices_are_those_that_the_framework_lists(form: TrainingForm) -> None:
    assert [form.device.itemData(i) for i in range(form.device.count())] == ["auto", "cpu"]


def test_that_a_choice_survives_a_new_check(form: TrainingForm) -> None:
    form.device.choose("cpu")
    form.model.choose("cnn")
    form.show_snapshot(snapshots.cpu_only(), is_checking=False)
    assert (form.device.code, form.model.code) == ("cpu", "cnn")


def test_that_a_python_without_the_framework_says_so(form: TrainingForm) -> None:
    bare = replace(snapshots.cpu_only(), frameworks=())
    form.show_snapshot(bare, is_checking=False)
    assert form.reason_text == "TensorFlow is not installed in this Python."
    assert not form.start.isEnabled()


def test_that_nothing_is_ruled_out_while_it_is_still_being_looked_at(form: TrainingForm) -> None:
    form.show_snapshot(replace(snapshots.cpu_only(), frameworks=()), is_checking=True)
    assert form.start.isEnabled()


def test_that_return_in_a_field_starts(qtbot: QtBot, form: TrainingForm) -> None:
    with qtbot.waitSignal(form.start_pressed):
        qtbot.keyClick(form.epochs, Qt.Key.Key_Return)


def test_that_the_wheel_over_a_choice_changes_nothing(form: TrainingForm) -> None:
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(form.model, wheel)
    assert form.model.code == "mlp"


def test_that_techniques_are_folded_away_and_explained(form: TrainingForm) -> None:
    assert not form.techniques.is_open
    form.techniques.set_open(True)
    form.techniques.execution.choose("xla")
    assert form.techniques.line("execution").startswith("XLA fuses operations")
    request = form.judged().request
    assert request is not None
    assert (request.execution, request.tf32, request.feeding) == ("xla", None, "default")


def test_that_every_technique_has_its_line() -> None:
    for technique, codes in (
        ("execution", words.EXECUTIONS),
        ("feeding", words.FEEDINGS),
        ("tf32", words.TF32),
        ("precision", PRECISIONS),
    ):
        assert all(words.explanation(technique, code) for code in codes)
    assert tuple(words.EXECUTIONS) == techniques.EXECUTIONS
    assert tuple(words.FEEDINGS) == techniques.FEEDINGS


def test_that_only_what_a_framework_has_is_offered(form: TrainingForm) -> None:
    offered = [form.techniques.feeding.itemData(i) for i in range(form.techniques.feeding.count())]
    assert offered == ["default", "host", "prefetch"]
    form.techniques.offer("pytorch", "float32")
    offered = [
        form.techniques.execution.itemData(i) for i in range(form.techniques.execution.count())
    ]
    assert offered == ["default", "eager", "graph"]


def test_that_the_code_of_what_the_form_says_can_be_taken_away(
    qtbot: QtBot, form: TrainingForm
) -> None:
    form.model.choose("lstm")
    qtbot.mouseClick(form.code, Qt.MouseButton.LeftButton)
    assert "layers.LSTM(128)" in QApplication.clipboard().text()
    assert form.code.text() == "Copied"
    form.epochs.setText("x")
    assert not form.code.isEnabled()


def test_that_an_own_model_is_asked_for_its_file_and_needs_one(
    form: TrainingForm, tmp_path: Path
) -> None:
    script = tmp_path / "my <b>model.py"
    script.write_text("")
    form.model.choose("own")
    form._on_model_chosen()
    assert form.problem_text == "File with build_model(): Choose a file"
    form.script_path.setText(str(script))
    request = form.judged().request
    assert request is not None
    assert request.script_path == str(script)
    # The ladder and the code are those of the sample networks.
    assert form.start.isEnabled()
    assert not form.ladder.isEnabled()
    assert not form.code.isEnabled()
    form.model.choose("cnn")
    form._on_model_chosen()
    request = form.judged().request
    assert request is not None
    assert (request.model, request.script_path) == ("cnn", None)


@pytest.mark.parametrize(
    ("framework", "name", "problem"),
    [
        ("tensorflow", "w.npz", "The file has to end in .keras"),
        ("pytorch", "w.keras", "The file has to end in .npz"),
        ("jax", "none/w.npz", "There is no such folder"),
        ("jax", "folder.npz", "This is a folder, not a file"),
        ("tensorflow", "w.keras", None),
        ("tensorflow", "", None),
    ],
)
def test_that_a_place_for_the_weights_has_to_be_one(
    framework: str, name: str, problem: str | None, tmp_path: Path
) -> None:
    (tmp_path / "folder.npz").mkdir()
    path = str(tmp_path / name) if name else " "
    judged = judge(Typed(framework=framework, checkpoint_path=path))
    assert judged.problems.get("checkpoint") == problem
    if problem is None:
        assert judged.request is not None
        assert judged.request.checkpoint_path == (path if name else None)


def drop(target: QWidget, path: Path) -> None:
    """Drag a file onto a widget and let it go."""
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(path))])
    at, action = QPoint(5, 5), Qt.DropAction.CopyAction
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(at, action, dragged, button, key)
    QApplication.sendEvent(target, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(at), action, dragged, button, key))


@pytest.mark.parametrize("name", ["net.py", "images.npz"])
def test_that_a_file_may_be_dropped_on_the_form_for_what_it_is(
    form: TrainingForm, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("")
    drop(form, tmp_path / name)
    typed = form.typed()
    assert (typed.script_path, typed.data_path) == (
        (str(tmp_path / name), None) if name == "net.py" else (None, str(tmp_path / name))
    )


def test_that_a_file_may_be_dropped_on_the_line_for_it(form: TrainingForm, tmp_path: Path) -> None:
    drop(form.checkpoint_path, tmp_path / "weights.keras")
    assert form.checkpoint_path.text() == str(tmp_path / "weights.keras")


def test_that_start_stays_in_sight_and_gives_its_place_to_pause(form: TrainingForm) -> None:
    bar = form.actions_bar
    assert not form.isAncestorOf(bar)
    form.offer_pause(is_offered=True)
    assert bar.start.isHidden()
    assert not bar.pause.isHidden()
    form.offer_pause(is_offered=False)
    assert not bar.start.isHidden()


def test_that_one_device_has_nothing_to_share_and_says_so(form: TrainingForm) -> None:
    assert not form.sharing.strategy.isEnabled()
    assert form.sharing.line.startswith("There is one device here.")
    assert form.typed().strategy == "one"


def test_that_all_devices_take_even_shares_of_a_batch(form: TrainingForm) -> None:
    form.show_snapshot(snapshots.accelerated(4), is_checking=False)
    form.sharing.strategy.choose("all")
    form.sharing.strategy.chosen.emit("all")
    assert form.sharing.strategy.currentText() == "All 4 devices"
    request = form.judged().request
    assert request is not None
    assert request.strategy == "all"
    refusals.check(request)
    form.batch_size.setText("33")
    assert form.problem_text == "Batch size: A multiple of 4: each device takes an even share"


def test_that_a_device_by_name_trains_alone(form: TrainingForm) -> None:
    form.show_snapshot(snapshots.accelerated(4), is_checking=False)
    form.sharing.strategy.choose("all")
    form.device.choose("gpu:1")
    form.device.chosen.emit("gpu:1")
    assert not form.sharing.strategy.isEnabled()
    assert form.typed().strategy == "one"
