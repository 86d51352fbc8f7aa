"""From which values on a person wants to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QWidget

from accelgui.gui.pages.settings.option_row import CONTROL_WIDTH, OptionRow
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.fields import Choice
from accelgui.gui.widgets.label import Label
from accelgui.settings import option_choices, option_description, option_title
from accelgui.words import _
from accelgui.words.options import alert_choice

if TYPE_CHECKING:
    from accelgui.gui.session import Session


class AlertsCard(Card):
    """A row for each alert; what is chosen holds at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self.boxes: dict[str, Choice] = {}
        self._rows: dict[str, OptionRow] = {}
        self._what = Label(kind="muted")
        self.body.addWidget(self._what)
        for name in session.settings.alert_choices():
            self._add(f"alert_{name}")

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Alerts"))
        self._what.say(
            _(
                "A line at the foot of the window and a mark in the Monitor, kept in the history;"
                " no sound, and nothing that covers your work."
            )
        )
        for name, box in self.boxes.items():
            self._rows[name].say(option_title(name), option_description(name))
            for number, value in enumerate(option_choices(name)):
                box.setItemText(number, alert_choice(name, value))

    def _add(self, name: str) -> None:
        box = Choice()
        box.setFixedWidth(CONTROL_WIDTH)
        for value in option_choices(name):
            box.addItem("", value)
        box.setCurrentIndex(box.findData(getattr(self._session.settings, name)))
        box.activated.connect(lambda _index, name=name: self._on_chosen(name))
        self.boxes[name], self._rows[name] = box, OptionRow(box)
        line = QFrame()
        line.setProperty("kind", "line")
        self.body.addWidget(line)
        self.body.addWidget(self._rows[name])

    def _on_chosen(self, name: str) -> None:
        setattr(self._session.settings, name, self.boxes[name].currentData())
        self._session.settings.save()
        self._session.options_changed.emit()
