"""The techniques as switches, folded away until somebody wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from accelgui.gui.widgets import Disclosure, Label
from accelgui.gui.widgets.fields import Choice, Field
from accelgui.model import techniques as model
from accelgui.words import _
from accelgui.words import techniques as words

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

TF32_OF = {"default": None, "on": True, "off": False}


class Techniques(Disclosure):
    """Execution, TF32 and feeding, each with a plain line on what is chosen; `changed`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.execution, self.tf32, self.feeding = Choice(), Choice(), Choice()
        self._framework = ""
        self._fields = {
            "execution": Field(self.execution),
            "tf32": Field(self.tf32),
            "feeding": Field(self.feeding),
        }
        self._lines = {name: Label(kind="small") for name in (*self._fields, "precision")}
        self._batch = Label(kind="small")
        for name, field in self._fields.items():
            self.body.addWidget(field)
            self.body.addWidget(self._lines[name])
        self.body.addWidget(self._lines["precision"])
        self.body.addWidget(self._batch)
        for choice in (self.execution, self.tf32, self.feeding):
            choice.currentIndexChanged.connect(self._explain)
            choice.chosen.connect(lambda _code: self.changed.emit())

    def offer(self, framework: str, precision: str) -> None:
        """Offer what the framework has, and say what the chosen precision means."""
        self._framework = framework
        self.execution.offer([
            (code, words.execution_name(code)) for code in model.executions(framework)
        ])
        self.feeding.offer([(code, words.feeding_name(code)) for code in model.feedings(framework)])
        self.tf32.offer([(code, words.tf32_name(code)) for code in words.TF32])
        self._lines["precision"].say(
            _("Precision: {text}").format(text=words.explanation("precision", precision))
        )
        self._explain()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Techniques"))
        for name, text in (
            ("execution", _("Execution")),
            ("tf32", _("TF32 products")),
            ("feeding", _("Data reach the device")),
        ):
            self._fields[name].set_label(text)
        self._batch.say(_("Batch size: {text}").format(text=words.batch_explanation()))

    def line(self, technique: str) -> str:
        """Return what is said of a technique as it is chosen."""
        return self._lines[technique].text()

    def _explain(self) -> None:
        for name, field in self._fields.items():
            choice = field.editor
            assert isinstance(choice, Choice)
            self._lines[name].say(words.explanation(name, choice.code))
