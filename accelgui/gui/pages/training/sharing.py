"""Whether one device trains, or all of the machine share each batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from accelgui.gui.pages import offers
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Label
from accelgui.gui.widgets.fields import Choice, Field
from accelgui.model.strategies import ALL, ONE
from accelgui.words import _, n_
from accelgui.words import strategies as words
from accelgui.words.units import count_text

if TYPE_CHECKING:
    from accelgui.model.snapshot import Snapshot


class Sharing(QWidget):
    """The choice and a plain line on it; disabled, with the reason, where nothing can be shared.

    `count` is how many devices share a batch as it is chosen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strategy = Choice()
        self.field = Field(self.strategy)
        self._line = Label(kind="small")
        self._devices_count = 1
        self._reason: str | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.field)
        column.addWidget(self._line)
        self.strategy.currentIndexChanged.connect(self._explain)

    @property
    def count(self) -> int:
        """How many devices share each batch."""
        return self._devices_count if self.strategy.code == ALL else 1

    @property
    def line(self) -> str:
        """What is said of the choice, as shown."""
        return self._line.text()

    def offer(
        self, snapshot: Snapshot | None, framework: str, device: str, *, is_own: bool
    ) -> None:
        """Offer what the devices that were found, and the rest of the form, leave to choose."""
        self._devices_count = offers.accelerators_count(snapshot, framework)
        self._reason = self._obstacle(snapshot, device, is_own=is_own)
        choices = [(ONE, words.strategy_name(ONE))]
        if self._reason is None:
            all_of_them = n_("All {count} device", "All {count} devices", self._devices_count)
            choices.append((ALL, all_of_them.format(count=count_text(self._devices_count))))
        self.strategy.offer(choices)
        self.strategy.setEnabled(self._reason is None)
        self._explain()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.field.set_label(_("Strategy"))

    def _obstacle(self, snapshot: Snapshot | None, device: str, *, is_own: bool) -> str | None:
        if snapshot is None:
            return words.lack("devices_unknown")
        if self._devices_count < 2:
            return words.lack("one_device_only")
        if device != offers.AUTO:
            return words.lack("all_takes_every_device")
        return words.lack("script_on_one_device") if is_own else None

    def _explain(self) -> None:
        self._line.say(self._reason or words.explanation(self.strategy.code))
