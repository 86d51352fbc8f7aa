"""What to train, where and how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from accelgui import recipes
from accelgui.gui.pages import offers
from accelgui.gui.pages.training import asking, choices
from accelgui.gui.pages.training.actions import Actions
from accelgui.gui.pages.training.path_row import PathRow
from accelgui.gui.pages.training.sharing import Sharing
from accelgui.gui.pages.training.techniques import TF32_OF, Techniques
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Card
from accelgui.gui.widgets.fields import Choice, Field, number_field
from accelgui.gui.widgets.path_line import PathLine, local_file
from accelgui.model.requests import FRAMEWORKS
from accelgui.model.strategies import ALL
from accelgui.words import _, joining
from accelgui.words.training import MODELS, PRECISIONS, model_name, precision_name

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from accelgui.gui.pages.training.choices import Judged
    from accelgui.model.snapshot import Snapshot

_DIGITS, _FILE = "digits", "file"
_OWN = "own"


class TrainingForm(Card):
    """The form and its Start button.

    Signals: `start_pressed` when Start is pressed with a form that can be, `ladder_pressed` when
    it is the ladder that is wanted, `pause_pressed(bool)` to let the run wait or go on. What is
    wrong is said below the fields while it is typed.
    """

    start_pressed = Signal()
    ladder_pressed = Signal()
    pause_pressed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._snapshot: Snapshot | None = None
        self._is_checking = False
        self._is_busy = False
        self._build_editors()
        self._build_layout()
        self._connect()
        self._offer()
        self.fill(choices.Typed())

    def _build_editors(self) -> None:
        self.framework, self.model = Choice(), Choice()
        self.device, self.precision = Choice(), Choice()
        self.sharing = Sharing()
        self.batch_size, self.epochs, self.seed = number_field(), number_field(), number_field()
        self.data, self.data_path = Choice(), PathLine()
        self.script_path, self.checkpoint_path = PathLine(), PathLine()
        self.techniques = Techniques()
        self.actions_bar = Actions(self._code)
        self.start, self.pause = self.actions_bar.start, self.actions_bar.pause
        self.ladder, self.code = self.actions_bar.ladder, self.actions_bar.code

    def _build_layout(self) -> None:
        self.body.setSpacing(SPACE)
        self._fields = {
            "framework": Field(self.framework),
            "model": Field(self.model),
            "device": Field(self.device),
            "strategy": self.sharing.field,
            "precision": Field(self.precision),
            "batch_size": Field(self.batch_size),
            "epochs": Field(self.epochs),
            "seed": Field(self.seed),
            "data": Field(self.data),
            "script": Field(self.script_path),
            "checkpoint": Field(self.checkpoint_path),
        }
        self._script_row = PathRow(self.script_path, asking.for_script, self._fields["script"])
        self._file_row = PathRow(self.data_path, asking.for_data)
        self._checkpoint_row = PathRow(
            self.checkpoint_path,
            lambda path: asking.for_checkpoint(path, self.framework.code),
            self._fields["checkpoint"],
        )
        for code in ("framework", "model"):
            self.body.addWidget(self._fields[code])
        self.body.addWidget(self._script_row)
        self.body.addWidget(self._fields["device"])
        self.body.addWidget(self.sharing)
        self.body.addWidget(self._fields["precision"])
        self.body.addLayout(_row(*(self._fields[c] for c in ("batch_size", "epochs", "seed"))))
        self.body.addWidget(self._fields["data"])
        self.body.addWidget(self._file_row)
        self.body.addWidget(self._checkpoint_row)
        self.body.addWidget(self.techniques)

    def _connect(self) -> None:
        paths = (self.data_path, self.script_path, self.checkpoint_path)
        for line in (self.batch_size, self.epochs, self.seed, *paths):
            line.textChanged.connect(self._judge)
            line.returnPressed.connect(self._on_start)
        self.framework.chosen.connect(self._offer)
        self.precision.chosen.connect(self._offer)
        self.device.chosen.connect(self._on_device_chosen)
        self.sharing.strategy.chosen.connect(self._judge)
        self.data.chosen.connect(self._on_data_chosen)
        self.model.chosen.connect(self._on_model_chosen)
        self.setAcceptDrops(True)
        self.start.clicked.connect(self._on_start)
        self.ladder.clicked.connect(self.ladder_pressed)
        self.pause.clicked.connect(self._on_pause)

    def fill(self, typed: choices.Typed) -> None:
        """Fill the form in."""
        self.framework.choose(typed.framework)
        self.model.choose(typed.model if typed.script_path is None else _OWN)
        self.script_path.setText(typed.script_path or "")
        self.checkpoint_path.setText(typed.checkpoint_path)
        self.device.choose(typed.device)
        self._offer_sharing()
        self.sharing.strategy.choose(typed.strategy)
        self.precision.choose(typed.precision)
        self.batch_size.setText(typed.batch_size)
        self.epochs.setText(typed.epochs)
        self.seed.setText(typed.seed)
        self.data.choose(_DIGITS if typed.data_path is None else _FILE)
        self.data_path.setText(typed.data_path or "")
        self.techniques.execution.choose(typed.execution)
        self.techniques.tf32.choose({None: "default", True: "on", False: "off"}[typed.tf32])
        self.techniques.feeding.choose(typed.feeding)
        self._on_data_chosen()
        self._on_model_chosen()

    def typed(self) -> choices.Typed:
        """Return the form as it stands."""
        return choices.Typed(
            framework=self.framework.code,
            model=choices.Typed.model if self.model.code == _OWN else self.model.code,
            device=self.device.code,
            precision=self.precision.code,
            batch_size=self.batch_size.text(),
            epochs=self.epochs.text(),
            seed=self.seed.text(),
            data_path=None if self.data.code == _DIGITS else self.data_path.text(),
            execution=self.techniques.execution.code,
            tf32=TF32_OF[self.techniques.tf32.code],
            feeding=self.techniques.feeding.code,
            script_path=self.script_path.text() if self.model.code == _OWN else None,
            checkpoint_path=self.checkpoint_path.text(),
            strategy=self.sharing.strategy.code or choices.Typed.strategy,
        )

    def judged(self) -> Judged:
        """Return what was typed as a request, or what is wrong with it."""
        return choices.judge(self.typed(), self.sharing.count)

    @property
    def obstacle(self) -> str | None:
        """Why nothing can be started here, whatever is typed; None where it can."""
        return offers.obstacle(self._snapshot, self.framework.code, is_checking=self._is_checking)

    @property
    def problem_text(self) -> str:
        """What is wrong with what was typed, as shown."""
        return self.actions_bar.problem.text()

    @property
    def reason_text(self) -> str:
        """Why Start cannot be pressed, as shown."""
        return self.actions_bar.reason.text()

    def show_snapshot(self, snapshot: Snapshot | None, *, is_checking: bool) -> None:
        """Offer what is there."""
        self._snapshot, self._is_checking = snapshot, is_checking
        self._offer()
        self._judge()

    def set_busy(self, is_busy: bool) -> None:
        """While a run is under way, Start waits."""
        self._is_busy = is_busy
        self._judge()

    def offer_pause(self, *, is_offered: bool) -> None:
        """Show the button that lets a run wait, while there is one."""
        self.actions_bar.offer_pause(is_offered=is_offered)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Sample training"))
        for code, text in (
            ("framework", _("Framework")),
            ("model", _("Network")),
            ("device", _("Device")),
            ("precision", _("Precision")),
            ("batch_size", _("Batch size")),
            ("epochs", _("Epochs")),
            ("seed", _("Seed")),
            ("data", _("Data")),
            ("script", _("File with build_model()")),
            ("checkpoint", _("Keep the weights in")),
        ):
            self._fields[code].set_label(text)
        self.data_path.setPlaceholderText(_("path of an .npz file"))
        self.data_path.setAccessibleName(_("Path of the data file"))
        self.script_path.setPlaceholderText(_("path of a .py file"))
        self.checkpoint_path.setPlaceholderText(_("not kept"))
        for row in (self._file_row, self._script_row, self._checkpoint_row):
            row.retranslate()
        self.techniques.retranslate()
        self.sharing.retranslate()
        self.actions_bar.retranslate()
        self._offer()
        self._judge()

    def _offer(self) -> None:
        self.framework.offer(offers.frameworks(self._snapshot, FRAMEWORKS))
        models = [(code, model_name(code)) for code in MODELS]
        self.model.offer([*models, (_OWN, _("Own model (a file)"))])
        self.device.offer(offers.devices(self._snapshot, self.framework.code))
        self._offer_sharing()
        self.precision.offer([(code, precision_name(code)) for code in PRECISIONS])
        self.techniques.offer(self.framework.code, self.precision.code)
        self.data.offer([(_DIGITS, _("Handwritten digits, built in")), (_FILE, _("A file (npz)"))])

    def _offer_sharing(self) -> None:
        self.sharing.offer(
            self._snapshot,
            self.framework.code,
            self.device.code,
            is_own=self.model.code == _OWN,
        )

    def _judge(self) -> None:
        judged = self.judged()
        for code, field in self._fields.items():
            field.set_problem(judged.problems.get(code))
        labels = ((self._fields[code].editor, text) for code, text in judged.problems.items())
        lines = [joining.labelled(editor.accessibleName(), text) for editor, text in labels]
        self.actions_bar.say_problems("\n".join(lines))
        obstacle = self.obstacle
        self.start.setEnabled(judged.request is not None and obstacle is None and not self._is_busy)
        is_own = self.model.code == _OWN
        self.ladder.setEnabled(self.start.isEnabled() and not is_own)
        self.code.setEnabled(judged.request is not None and not is_own)
        self.actions_bar.say_reason(obstacle or "")

    def _code(self) -> str:
        request = self.judged().request
        if request is None:
            return ""
        kind = offers.best_kind(self._snapshot, request.framework)
        if request.strategy == ALL and kind == "tpu":
            request = replace(request, device="tpu:0")  # The script has to know which kind it is.
        return recipes.script(request)

    def _on_data_chosen(self) -> None:
        self._file_row.setVisible(self.data.code == _FILE)
        self._judge()

    def _on_device_chosen(self) -> None:
        self._offer_sharing()
        self._judge()

    def _on_model_chosen(self) -> None:
        self._script_row.setVisible(self.model.code == _OWN)
        self._offer_sharing()
        self._judge()

    def _on_pause(self, is_paused: bool) -> None:
        self.actions_bar.say_pause()
        self.pause_pressed.emit(is_paused)

    def _on_start(self) -> None:
        if self.start.isEnabled():
            self.start_pressed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        path = local_file(event.mimeData())
        if path is not None and PurePath(path).suffix in {".py", ".npz"}:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := local_file(event.mimeData()):
            self.take_file(path)

    def take_file(self, path: str) -> None:
        """Choose a file for what it can be: a model's, or data."""
        if PurePath(path).suffix == ".py":
            self.model.choose(_OWN)
            self.script_path.setText(path)
            self._on_model_chosen()
        elif PurePath(path).suffix == ".npz":
            self.data.choose(_FILE)
            self.data_path.setText(path)
            self._on_data_chosen()


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 1 + (number == 2))
    return row
