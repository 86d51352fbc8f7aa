"""What the monitor shows: which devices, which quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.style import swatch_icon
from accelgui.gui.theme import SPACE, theme
from accelgui.gui.widgets import Button, Card, Label
from accelgui.words import _
from accelgui.words.devices import key_name
from accelgui.words.units import percent_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accelgui.gui.plots.specs import PanelSpec
    from accelgui.telemetry import Store

_SWATCH = QSize(24, 16)


class DeviceList(Card):
    """A row for each device: shown or not, its colour, its utilisation.

    Signals: `shown_changed(device, bool)`, `chosen(device)` to bring it to the front.
    """

    shown_changed = Signal(str, bool)
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self.body.setSpacing(0)
        # Qt puts nothing behind what takes no focus at all; Tab itself passes over this.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.rows: dict[str, _DeviceRow] = {}
        self._group = QButtonGroup(self)
        self.note = Label(kind="small")
        self.note.hide()
        self.body.addWidget(self.note)
        theme.changed.connect(self._draw_swatches)

    def offer(self, devices: Iterable[str], numbers: dict[str, int]) -> None:
        """Offer these devices, numbered for their colours."""
        for place, device in enumerate(devices):
            if device not in self.rows:
                self._add(device, numbers[device], place)
        self._order_tabs()

    def clear(self) -> None:
        """Forget all devices."""
        for row in self.rows.values():
            self._group.removeButton(row.name)
            row.hide()
            row.deleteLater()
        self.rows.clear()

    def mark_chosen(self, device: str) -> None:
        """Show that this one is in front."""
        if device in self.rows:
            self.rows[device].name.setChecked(True)

    def show_values(self, store: Store, time_s: float | None = None) -> None:
        """Show how busy each device is, at a moment or now."""
        name = "utilisation_percent"
        for device, row in self.rows.items():
            if time_s is None:
                value = store.last(device, name)
            else:
                value = store.value_at(device, name, time_s)
            row.value.say("–" if value is None else percent_text(round(value)))

    def say(self, text: str) -> None:
        """Write a note below the devices, "" for none."""
        self.note.say(text)
        self.note.setVisible(bool(text))

    def names(self, names: dict[str, str]) -> None:
        """Say in tooltips what the devices are called."""
        for device, row in self.rows.items():
            row.name.setToolTip(names.get(device, ""))

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Devices"))
        for row in self.rows.values():
            row.retranslate()

    def _add(self, device: str, number: int, place: int) -> None:
        row = _DeviceRow(device, number)
        row.box.toggled.connect(lambda is_on: self.shown_changed.emit(device, is_on))
        row.name.clicked.connect(lambda: self.chosen.emit(device))
        self._group.addButton(row.name)
        self.rows[device] = row
        self.body.insertWidget(place, row)

    def _order_tabs(self) -> None:
        """Have Tab visit the devices, which come late, in their order and before the curves."""
        last: QWidget = self
        for row in sorted(self.rows.values(), key=self.body.indexOf):
            for widget in (row.box, row.name):
                self.setTabOrder(last, widget)
                last = widget

    def _draw_swatches(self) -> None:
        for row in self.rows.values():
            row.draw_swatch()


class _DeviceRow(QWidget):
    def __init__(self, device: str, number: int) -> None:
        super().__init__()
        self._device = device
        self._number = number
        self.box = QCheckBox()
        self.box.setChecked(True)
        self.name = Button(kind="device")
        self.name.setCheckable(True)
        self.name.setIconSize(_SWATCH)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.value = Label(kind="small", wraps=False)
        self.value.setFont(fonts.with_tabular_figures(self.value.font()))
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.box)
        row.addWidget(self.name, 1)
        row.addWidget(self.value)
        self.draw_swatch()
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        name = key_name(self._device)
        self.name.setText(name)
        self.name.explain(_("Bring {device} to the front").format(device=name))
        self.box.setToolTip(_("Show or hide its curves"))
        self.box.setAccessibleName(_("Show {device}").format(device=name))

    def draw_swatch(self) -> None:
        """Draw the colour of the device as it is now."""
        self.name.setIcon(swatch_icon(self._number, _SWATCH, self.devicePixelRatioF()))


class QuantityList(Card):
    """A box for each quantity that anything reports; `shown_changed(panel, bool)`.

    `notes` are what tooltips say of some, not translated yet.
    """

    shown_changed = Signal(str, bool)

    def __init__(
        self,
        specs: Iterable[PanelSpec],
        notes: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent, is_compact=True)
        self.body.setSpacing(SPACE // 2)
        self.boxes: dict[str, QCheckBox] = {}
        self._specs = {spec.code: spec for spec in specs}
        self._notes = notes
        for code in self._specs:
            box = self.boxes[code] = QCheckBox()
            box.toggled.connect(lambda is_on, code=code: self.shown_changed.emit(code, is_on))
            box.hide()
            self.body.addWidget(box)

    def offer(self, codes: Iterable[str]) -> None:
        """Offer these; the others have nothing to show."""
        offered = set(codes)
        for code, box in self.boxes.items():
            box.setVisible(code in offered)

    def check(self, codes: Iterable[str]) -> None:
        """Choose these."""
        chosen = set(codes)
        for code, box in self.boxes.items():
            box.setChecked(code in chosen)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Curves"))
        for code, box in self.boxes.items():
            box.setText(self._specs[code].title())
            box.setToolTip(_(self._notes[code]) if code in self._notes else "")
