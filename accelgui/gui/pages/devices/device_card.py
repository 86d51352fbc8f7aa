"""One device: live values on top, facts below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.gui.icons import IconMark
from accelgui.gui.pages.devices.fact_groups import FactGroups
from accelgui.gui.pages.devices.live_strip import LiveStrip
from accelgui.gui.theme import Role
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.copy_button import CopyButton
from accelgui.gui.widgets.disclosure import Disclosure
from accelgui.model.device import Device, DeviceKind, FactGroup
from accelgui.words import joining, n_
from accelgui.words.devices import device_title
from accelgui.words.facts import fact_name, fact_value, group_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget


class DeviceCard(Card):
    """Everything about one device; the facts are made when they are first unfolded."""

    def __init__(self, device: Device, *, is_open: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.device = device
        self._facts: FactGroups | None = None
        self._was_open = is_open
        icon = "cpu" if device.kind is DeviceKind.CPU else "microchip"
        self.set_title(device_title(device))
        self.header.insertWidget(0, IconMark(icon, Role.MUTED, 22))
        self.header.addWidget(CopyButton(lambda: device_text(device)))
        self.live = LiveStrip(_limits(device))
        count = len(device.facts)
        self._fold = Disclosure(n_("{count} fact", "{count} facts", count).format(count=count))
        self._fold.toggled.connect(self._on_toggled)
        self.body.addWidget(self.live)
        self.body.addWidget(self._fold)
        self._fold.set_open(is_open)

    @property
    def facts(self) -> FactGroups:
        """The facts, made when first asked for."""
        if self._facts is None:
            self._facts = FactGroups(self.device)
            self._fold.body.addWidget(self._facts)
        return self._facts

    def show_values(self, values: Mapping[str, float | None]) -> None:
        """Show the newest live values."""
        self.live.show_values(values)

    def filter(self, words: list[str]) -> int:
        """Show the facts in which every word stands; returns how many these are."""
        if not words:
            if self._facts is not None:
                self._facts.filter([])
            self._fold.set_open(self._was_open)
            self.setVisible(True)
            return len(self.device.facts)
        count = self.facts.filter(words)
        is_open = self._was_open
        self._fold.set_open(count > 0)
        self._was_open = is_open
        self.setVisible(count > 0)
        return count

    def _on_toggled(self, is_open: bool) -> None:
        self._was_open = is_open
        if is_open:
            self.facts.show()


def device_text(device: Device) -> str:
    """Return all facts of a device as text, as the card shows them."""
    lines = [device_title(device)]
    for group in FactGroup:
        facts = [fact for fact in device.facts if fact.group is group]
        if facts:
            lines += ["", group_name(group)]
            lines += [
                f"  {joining.labelled(fact_name(fact.name), fact_value(fact))}" for fact in facts
            ]
    return "\n".join(lines)


def _limits(device: Device) -> dict[str, float]:
    return {
        fact.name: float(fact.value)
        for fact in device.facts
        if isinstance(fact.value, (int, float)) and not isinstance(fact.value, bool)
    }
