"""The window: rail, header, the page that is shown, status line."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui import icons
from accelgui.gui.pages import register
from accelgui.gui.shell.alert_strip import AlertStrip
from accelgui.gui.shell.header import Header
from accelgui.gui.shell.rail import Rail
from accelgui.gui.shell.status_line import StatusLine
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.banner import Banner
from accelgui.model.outcome import RunStatus
from accelgui.words import _
from accelgui.words.outcomes import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from accelgui.gui.pages.page import Page
    from accelgui.gui.session import Session
    from accelgui.history import Kept
    from accelgui.model.outcome import RunOutcome

_SIZE = QSize(1100, 720)
_SMALLEST_SIZE = QSize(880, 560)


class MainWindow(QWidget):
    """Assembles the parts and shows one page at a time; pages are made when first visited."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.session = session
        self.pages: dict[str, Page] = {}
        self._entries = register.ENTRIES
        self._build()
        self._connect()
        self._add_shortcuts()
        self._restore_geometry()
        self.retranslate()
        self.show_page(self._entries[0].code)
        # Nothing is focused until a person presses Tab.
        self.setFocus()

    def show_page(self, code: str) -> Page:
        """Show a page, making it when it is visited for the first time."""
        if code not in self.pages:
            self.pages[code] = self._make_page(code)
        page = self.pages[code]
        self._stack.setCurrentWidget(page)
        self.rail.show_current(code)
        return page

    def _go_to(self, code: str) -> None:
        """Show a page and go on with Tab in it, not in the rail."""
        self.show_page(code).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def start(self, code: str) -> None:
        """Show a page and begin its work, where it has any."""
        page = self.show_page(code)
        begin = getattr(page, "start", None)
        if begin is not None:
            begin()

    def reopen(self, code: str, kept: Kept) -> None:
        """Show what was kept of earlier work on the page that did it."""
        page = self.show_page(code)
        page.reopen(kept)  # type: ignore[attr-defined] # Those pages can.

    def replay(self, path: Path) -> None:
        """Show a recording on the page that replays them."""
        page = self.show_page("monitor")
        page.replay(path)  # type: ignore[attr-defined] # That page can.

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.setWindowTitle(_("accelgui: deep learning on this machine"))
        self._show_settings_problem()
        self._show_python_problem()

    def _build(self) -> None:
        self.setMinimumSize(_SMALLEST_SIZE)
        self.setWindowIcon(icons.application_icon())
        self.rail = Rail(self._entries)
        self.header = Header(self.session)
        self.alert_strip = AlertStrip(self.session)
        self.status_line = StatusLine(self.session)
        self.settings_banner = Banner()
        self.python_banner = Banner()
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        self._banners = QWidget()
        banners = QVBoxLayout(self._banners)
        banners.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 0)
        banners.setSpacing(SPACE)
        for banner in (self.settings_banner, self.python_banner):
            banners.addWidget(banner)
            banner.changed.connect(self._make_room_for_banners)
        self._make_room_for_banners()
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._banners)
        column.addWidget(self._stack, 1)
        column.addWidget(self.alert_strip)
        column.addWidget(self.status_line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)

    def _connect(self) -> None:
        self.rail.page_asked.connect(self.show_page)
        self.alert_strip.monitor_asked.connect(lambda: self.show_page("monitor"))
        self.header.python_refused.connect(self._on_python_refused)
        self.session.checking_changed.connect(self._show_python_problem)
        self.session.python_changed.connect(self._show_settings_problem)
        self.python_banner.action_pressed.connect(self._open_python_log)

    def _make_room_for_banners(self) -> None:
        banners = (self.settings_banner, self.python_banner)
        self._banners.setVisible(any(banner.text for banner in banners))

    def _add_shortcuts(self) -> None:
        for number, entry in enumerate(self._entries, 1):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.activated.connect(lambda code=entry.code: self._go_to(code))
        QShortcut(QKeySequence("F5"), self).activated.connect(self.session.check_again)
        QShortcut(QKeySequence("Ctrl+Q"), self).activated.connect(self.close)

    def _make_page(self, code: str) -> Page:
        page = register.entry(code).page_class()(self.session)
        page.page_asked.connect(self.show_page)
        page.start_asked.connect(self.start)
        page.reopen_asked.connect(self.reopen)
        page.retranslate()
        self._stack.addWidget(page)
        return page

    def _on_python_refused(self, problem: str) -> None:
        self.python_banner.say(Role.WARNING, problem)

    def _show_settings_problem(self) -> None:
        self.settings_banner.say(Role.WARNING, self.session.settings.problem)

    def _show_python_problem(self) -> None:
        outcome = self._python_outcome()
        if self.session.is_checking or outcome is None:
            self.python_banner.say(Role.WARNING, "")
            return
        what = _("The Python at {path}").format(path=self.session.python)
        self.python_banner.say(Role.BAD, sentence(outcome, what), _("Open log"))

    def _python_outcome(self) -> RunOutcome | None:
        """Return how the examined Python failed, where no framework's agent could speak in it."""
        outcomes = [end for name, end in self.session.outcomes.items() if name is not None]
        mute = {RunStatus.NOT_STARTED}
        is_mute = bool(outcomes) and all(end.status in mute for end in outcomes)
        return outcomes[0] if is_mute else None

    def _open_python_log(self) -> None:
        outcome = self._python_outcome()
        if outcome is not None and outcome.log_path:
            QDesktopServices.openUrl(QUrl.fromLocalFile(outcome.log_path))

    def _restore_geometry(self) -> None:
        self.resize(_SIZE.boundedTo(self.screen().availableSize()).expandedTo(_SMALLEST_SIZE))
        try:
            geometry = base64.b64decode(self.session.settings.window_geometry, validate=True)
        except ValueError:
            return
        if geometry:
            self.restoreGeometry(QByteArray(geometry))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What nobody else took. Qt presses a button by the space bar only, except in dialogs.
        button = self.focusWidget()
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        is_plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        if is_enter and is_plain and isinstance(button, QAbstractButton):
            if not isinstance(button, QCheckBox):
                button.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        if geometry != self.session.settings.window_geometry:
            self.session.settings.window_geometry = geometry
            self.session.settings.save()
        # Ending what runs may take seconds; nobody should have to look at that.
        self.hide()
        self.session.close()
        super().closeEvent(event)
