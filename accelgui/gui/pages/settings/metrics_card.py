"""Whether, and at which port, Prometheus can read live values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from accelgui.gui.pages.settings.option_row import CONTROL_WIDTH, OptionRow
from accelgui.gui.theme import Role
from accelgui.gui.widgets.banner import Banner
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.fields import Choice
from accelgui.settings import option_choices, option_description, option_title
from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.gui.session import Session


# Lower ones need more rights.
_LOWEST_PORT, _HIGHEST_PORT = 1024, 65535


class MetricsCard(Card):
    """A switch and a port; below, where the values are, or why they are not."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self.switch = Choice()
        self.port = QLineEdit()
        self.state = Banner(dismissible=False)
        for value in option_choices("metrics"):
            self.switch.addItem("", value)
        self.switch.setCurrentIndex(max(0, self.switch.findData(session.settings.metrics)))
        self.port.setText(str(session.settings.metrics_port))
        for control in (self.switch, self.port):
            control.setFixedWidth(CONTROL_WIDTH)
        self._rows = {"metrics": OptionRow(self.switch), "metrics_port": OptionRow(self.port)}
        line = QFrame()
        line.setProperty("kind", "line")
        for widget in (self._rows["metrics"], line, self._rows["metrics_port"], self.state):
            self.body.addWidget(widget)
        self.switch.activated.connect(self._on_chosen)
        self.port.editingFinished.connect(self._on_chosen)
        session.endpoint.changed.connect(self._say)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Metrics for Prometheus"))
        for name, row in self._rows.items():
            row.say(option_title(name), option_description(name))
        for number, title in enumerate((_("Off"), _("On"))):
            self.switch.setItemText(number, title)
        self._say()

    def _on_chosen(self) -> None:
        settings = self._session.settings
        port = self.port.text().strip()
        if (
            not (port.isascii() and port.isdecimal())
            or not _LOWEST_PORT <= int(port) <= _HIGHEST_PORT
        ):
            text = _("A port is a number from {lowest} to {highest}.")
            self.state.say(Role.BAD, text.format(lowest=_LOWEST_PORT, highest=_HIGHEST_PORT))
            return
        chosen = (self.switch.currentData(), int(port))
        if chosen != (settings.metrics, settings.metrics_port):
            settings.metrics, settings.metrics_port = chosen
            settings.save()
            self._session.options_changed.emit()
        self._say()

    def _say(self) -> None:
        endpoint = self._session.endpoint
        if endpoint.url:
            text = _("{url} tells the values of now. Only this machine reaches it.")
            self.state.say(Role.GOOD, text.format(url=endpoint.url))
        else:
            self.state.say(Role.WARNING, endpoint.problem)
