"""The page itself: a search field and a card for each device."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from accelgui.gui import icons
from accelgui.gui.pages.devices.device_card import DeviceCard
from accelgui.gui.pages.page import Page
from accelgui.gui.theme import SPACE, Role, theme
from accelgui.gui.widgets.empty_state import EmptyState
from accelgui.gui.widgets.label import Label
from accelgui.model.device import Device, DeviceKind
from accelgui.model.sample import HOST
from accelgui.words import _, current_language, n_

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.model.sample import Sample
    from accelgui.model.snapshot import Snapshot

# More devices than these start folded: eight cards of forty facts are a wall.
_MOST_OPEN = 2


class DevicesPage(Page):
    """What each device is, has and does."""

    code: ClassVar[str] = "devices"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.cards: list[DeviceCard] = []
        self._shown: object = None
        self._build()
        session.snapshot_changed.connect(self._refresh)
        session.checking_changed.connect(self._refresh)
        session.samples_arrived.connect(self._on_samples)
        theme.changed.connect(self._draw_search_icon)

    def retranslate(self) -> None:
        self.search.setPlaceholderText(_("Search the facts (Ctrl+F)"))
        self.search.setAccessibleName(_("Search the facts"))
        self._refresh()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(360)
        self._search_icon = QAction(self)
        self.search.addAction(self._search_icon, QLineEdit.ActionPosition.LeadingPosition)
        self._draw_search_icon()
        self.search.textChanged.connect(self._filter)
        self._count = Label(kind="muted", wraps=False)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bar = QHBoxLayout()
        bar.addWidget(self.search, 1)
        bar.addStretch()
        bar.addWidget(self._count)
        self.empty = EmptyState("search")
        self.empty.pressed.connect(self.search.clear)
        self._column = QVBoxLayout()
        self._column.setSpacing(2 * SPACE)
        body = self.add_scrolling_body()
        body.addLayout(bar)
        body.addWidget(self.empty)
        body.addLayout(self._column)
        body.addStretch()
        for sequence, slot in (("Ctrl+F", self._focus_search), ("Escape", self.search.clear)):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _refresh(self) -> None:
        devices = _devices(self.session.snapshot)
        shown = (devices, current_language())
        if shown != self._shown:
            self._shown = shown
            self._make_cards(devices)
        self._show_live()
        self._filter()

    def _make_cards(self, devices: tuple[Device, ...]) -> None:
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        is_open = len(devices) <= _MOST_OPEN
        self.cards = [DeviceCard(device, is_open=is_open) for device in devices]
        for card in self.cards:
            self._column.addWidget(card)

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        counts = [card.filter(words) for card in self.cards]
        found = sum(counts)
        text = n_("{count} fact found", "{count} facts found", found).format(count=found)
        self._count.say(text if words else "")
        self._show_empty(has_words=bool(words), has_facts=found > 0)

    def _show_empty(self, *, has_words: bool, has_facts: bool) -> None:
        self.empty.setVisible(not self.cards or (has_words and not has_facts))
        if has_words and self.cards:
            self.empty.say(
                _("No fact matches"),
                _("Every word has to stand in a fact's name, value or source."),
                _("Clear the search"),
            )
        elif self.session.is_checking:
            self.empty.say(_("Looking for devices…"), _("This takes a few seconds."))
        else:
            self.empty.say(
                _("No device was found"),
                _("“Check again” looks once more. The overview says what went wrong."),
            )

    def _on_samples(self, samples: list[Sample]) -> None:  # noqa: ARG002 - The session keeps them.
        if self.isVisible():
            self._show_live()

    def _show_live(self) -> None:
        latest = self.session.latest
        for card in self.cards:
            values: dict[str, float | None] = {}
            if card.device.kind is DeviceKind.CPU and HOST in latest:
                values |= latest[HOST].values
            if card.device.key in latest:
                values |= latest[card.device.key].values
            card.show_values(values)

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _draw_search_icon(self) -> None:
        self._search_icon.setIcon(icons.icon("search", Role.FAINT, 16))


def _devices(snapshot: Snapshot | None) -> tuple[Device, ...]:
    return snapshot.machine.devices if snapshot and snapshot.machine else ()
