"""The facts of a device under their headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui.pages.devices.fact_row import FactRow
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.disclosure import Disclosure
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.masonry_layout import MasonryLayout
from accelgui.model.device import DeviceFact, FactGroup
from accelgui.words import _
from accelgui.words.facts import group_name

if TYPE_CHECKING:
    from accelgui.model.device import Device

_GROUP_WIDTH = 330


class FactGroups(QWidget):
    """Each group with a heading; a group of which the device reports nothing is folded."""

    def __init__(self, device: Device, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = MasonryLayout(_GROUP_WIDTH, 3 * SPACE, most_columns=3)
        self.setLayout(layout)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._groups = []
        for group in FactGroup:
            facts = [fact for fact in device.facts if fact.group is group]
            if facts:
                part = _Group(group, facts)
                self._groups.append(part)
                layout.addWidget(part)
        if rows := self.rows:
            rows[0].setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def rows(self) -> list[FactRow]:
        """Every fact, in the order shown."""
        return [row for group in self._groups for row in group.rows]

    def filter(self, words: list[str]) -> int:
        """Show only the facts in which every word stands; returns how many these are."""
        return sum(group.filter(words) for group in self._groups)


class _Group(QWidget):
    def __init__(self, group: FactGroup, facts: list[DeviceFact]) -> None:
        super().__init__()
        self.rows = [FactRow(fact) for fact in facts]
        self._fold: Disclosure | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        place = column
        if any(row.is_reported for row in self.rows):
            column.addWidget(Label(group_name(group), "strong"))
        else:
            title = _("{group}: nothing reported").format(group=group_name(group))
            self._fold = Disclosure(title)
            column.addWidget(self._fold)
            place = self._fold.body
            place.setSpacing(2)
        for row in self.rows:
            place.addWidget(row)

    def filter(self, words: list[str]) -> int:
        count = 0
        for row in self.rows:
            is_shown = row.matches(words)
            row.setVisible(is_shown)
            count += is_shown
        if self._fold is not None:
            self._fold.set_open(bool(words) and count > 0)
        self.setVisible(count > 0)
        return count
