"""The page itself: language, appearance, Python, logs, and what accelgui is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QWidget

from accelgui import words
from accelgui.gui import language
from accelgui.gui.pages.page import Page
from accelgui.gui.pages.settings.about_card import AboutCard
from accelgui.gui.pages.settings.alerts_card import AlertsCard
from accelgui.gui.pages.settings.metrics_card import MetricsCard
from accelgui.gui.pages.settings.option_row import CONTROL_WIDTH, OptionRow
from accelgui.gui.shell.python_chooser import PythonChooser
from accelgui.gui.theme import Role, theme
from accelgui.gui.widgets.banner import Banner
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.fields import Choice
from accelgui.runs.logs import log_folder
from accelgui.settings import option_description, option_title
from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.gui.session import Session


class SettingsPage(Page):
    """Every option takes effect at once and is kept at once."""

    code: ClassVar[str] = "settings"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.language = Choice()
        self.appearance = Choice()
        self.history_days = Choice()
        self.history_megabytes = Choice()
        self.python = PythonChooser(session)
        self.open_logs = Button(icon="folder-open")
        self._fill()
        self._build()
        self._connect()

    def retranslate(self) -> None:
        self._card.set_title(_("Settings"))
        for name, row in self._rows.items():
            row.say(option_title(name), option_description(name))
        self._logs.say(_("Logs of runs"), str(log_folder()))
        self.open_logs.setText(_("Open the folder"))
        self.language.setItemText(0, _("As the system"))
        titles = (_("As the system"), _("Light"), _("Dark"))
        for number, title in enumerate(titles):
            self.appearance.setItemText(number, title)
        spans = (_("30 days"), _("90 days"), _("A year"), _("Ever"))
        for number, title in enumerate(spans):
            self.history_days.setItemText(number, title)
        for number, title in enumerate(("100 MB", "500 MB", "2 GB", _("Any size"))):
            self.history_megabytes.setItemText(number, title)
        self.alerts.retranslate()
        self.metrics.retranslate()
        self.about.retranslate()
        self._show_problem()

    def _fill(self) -> None:
        self.language.addItem("", "")
        for code in words.languages():
            self.language.addItem(language.own_name(code), code)
        for appearance in ("system", "light", "dark"):
            self.appearance.addItem("", appearance)
        settings = self.session.settings
        self.language.setCurrentIndex(max(0, self.language.findData(settings.language)))
        self.appearance.setCurrentIndex(max(0, self.appearance.findData(settings.appearance)))
        for days in ("30", "90", "365", "forever"):
            self.history_days.addItem("", days)
        for megabytes in ("100", "500", "2000", "any"):
            self.history_megabytes.addItem("", megabytes)
        self.history_days.setCurrentIndex(self.history_days.findData(settings.history_days))
        size = self.history_megabytes.findData(settings.history_megabytes)
        self.history_megabytes.setCurrentIndex(size)
        boxes = (self.language, self.appearance, self.history_days, self.history_megabytes)
        for box in boxes:
            box.setFixedWidth(CONTROL_WIDTH)
        self.python.setMinimumWidth(CONTROL_WIDTH)

    def _build(self) -> None:
        self._card = Card()
        self._rows = {
            "language": OptionRow(self.language),
            "appearance": OptionRow(self.appearance),
            "python": OptionRow(self.python),
            "history_days": OptionRow(self.history_days),
            "history_megabytes": OptionRow(self.history_megabytes),
        }
        self._logs = OptionRow(self.open_logs)
        for number, row in enumerate([*self._rows.values(), self._logs]):
            if number:
                line = QFrame()
                line.setProperty("kind", "line")
                self._card.body.addWidget(line)
            self._card.body.addWidget(row)
        self.alerts = AlertsCard(self.session)
        self.metrics = MetricsCard(self.session)
        self.about = AboutCard()
        self.problem = Banner()
        body = self.add_scrolling_body()
        body.addWidget(self.problem)
        body.addWidget(self._card)
        body.addWidget(self.alerts)
        body.addWidget(self.metrics)
        body.addWidget(self.about)
        body.addStretch()

    def _connect(self) -> None:
        self.language.activated.connect(self._on_language)
        self.appearance.activated.connect(self._on_appearance)
        self.history_days.activated.connect(self._on_history)
        self.history_megabytes.activated.connect(self._on_history)
        self.session.options_changed.connect(self._show_problem)
        self.python.refused.connect(self._on_python_refused)
        self.open_logs.clicked.connect(_open_logs)

    def _on_language(self) -> None:
        self.session.settings.language = self.language.currentData()
        self._save()
        language.speak(self.session.settings.language)

    def _on_appearance(self) -> None:
        self.session.settings.appearance = self.appearance.currentData()
        self._save()
        theme.set_appearance(self.session.settings.appearance)

    def _on_history(self) -> None:
        settings = self.session.settings
        settings.history_days = self.history_days.currentData()
        settings.history_megabytes = self.history_megabytes.currentData()
        self._save()
        self.session.options_changed.emit()

    def _on_python_refused(self, problem: str) -> None:
        self.problem.say(Role.WARNING, problem)

    def _save(self) -> None:
        self.session.settings.save()
        self._show_problem()

    def _show_problem(self) -> None:
        self.problem.say(Role.WARNING, self.session.settings.problem)


def _open_logs() -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))
