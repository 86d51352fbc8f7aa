"""The line above the pages: which machine, which Python, and Check again."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.shell.python_chooser import PythonChooser
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.model.snapshot import Host

# A guest whose maker of virtual machines does not say its name.
_UNKNOWN = "unknown"


class Header(QFrame):
    """Names what is examined; `python_refused(str)` where a chosen Python cannot be."""

    python_refused = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._session = session
        self._hostname = ElidedLabel(kind="strong")
        self._system = ElidedLabel(kind="small")
        self.chooser = PythonChooser(session)
        self.chooser.refused.connect(self.python_refused)
        self.check_button = Button(icon="refresh-cw")
        self.check_button.clicked.connect(session.check_again)
        self._build()
        session.snapshot_changed.connect(self.retranslate)
        session.checking_changed.connect(self.retranslate)
        self.retranslate()

    def _build(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._hostname)
        names.addWidget(self._system)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(IconMark("server", Role.MUTED, 20))
        row.addSpacing(SPACE // 2)
        row.addLayout(names, 1)
        row.addWidget(self.chooser)
        row.addWidget(self.check_button)

    def retranslate(self) -> None:
        """Show the machine in the words of the current language."""
        snapshot = self._session.snapshot
        host = snapshot.machine.host if snapshot and snapshot.machine else None
        self._hostname.say(host.hostname if host else platform.node() or _("This machine"))
        self._system.say(
            _system_line(host) if host else f"{platform.system()} · {platform.machine()}"
        )
        resting, busy = _("Check again"), _("Checking…")
        self.check_button.keep_room_for(resting, busy)
        self.check_button.setText(busy if self._session.is_checking else resting)
        self.check_button.explain(_("Look at this machine and its Python again"), "F5")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _system_line(host: Host) -> str:
    parts = [host.os_name or f"{host.system} {host.kernel}", host.machine]
    if host.wsl:
        parts.append("WSL")
    if host.container:
        parts.append(_("in a container ({kind})").format(kind=host.container))
    if host.virtual_machine == _UNKNOWN:
        parts.append(_("virtual machine"))
    elif host.virtual_machine:
        parts.append(_("virtual machine ({kind})").format(kind=host.virtual_machine))
    return " · ".join(part for part in parts if part)
