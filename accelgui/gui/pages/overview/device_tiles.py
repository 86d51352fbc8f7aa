"""The devices found, each a tile that leads to the Devices page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.theme import SPACE, Role, theme
from accelgui.gui.widgets import layouts
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.tile_layout import TileLayout
from accelgui.model.device import Device, DeviceKind
from accelgui.words import _, joining
from accelgui.words.devices import key_name
from accelgui.words.units import bytes_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from accelgui.model.snapshot import Machine

_TILE_WIDTH = 250


class DevicesCard(Card):
    """A tile for each device; `pressed` when one is."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._shown: tuple[tuple[str, str, str], ...] = ()
        self._empty = Label(kind="muted")
        self._holder = QWidget()
        self._tiles = TileLayout(_TILE_WIDTH, SPACE, most_columns=4)
        self._holder.setLayout(self._tiles)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._holder)

    def show_devices(self, machine: Machine | None, *, is_checking: bool) -> None:
        """Show the devices known by now."""
        self.set_title(_("Devices"))
        devices = machine.devices if machine else ()
        self._empty.say(_("Looking for devices…") if is_checking else _("No device was found."))
        self._empty.setVisible(not devices)
        self._holder.setVisible(bool(devices))
        shown = tuple((d.kind.value, d.name, _summary(d, machine)) for d in devices)
        if shown == self._shown:
            return
        self._shown = shown
        layouts.clear(self._tiles)
        for device, (_kind, name, summary) in zip(devices, shown, strict=True):
            tile = DeviceTile(device.kind, name, summary)
            tile.clicked.connect(self.pressed)
            self._tiles.addWidget(tile)


class DeviceTile(QAbstractButton):
    """Name, key and memory of one device."""

    def __init__(
        self, kind: DeviceKind, name: str, summary: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        icon = "cpu" if kind is DeviceKind.CPU else "microchip"
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(joining.clauses((name, summary)))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(name, "strong"))
        words.addWidget(ElidedLabel(summary, "small"))
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE // 2, SPACE, SPACE, SPACE)
        row.setSpacing(3 * SPACE // 2)
        row.addWidget(IconMark(icon, Role.MUTED, 22))
        row.addLayout(words, 1)
        row.addWidget(IconMark("chevron-right", Role.FAINT, 16))
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_focused = self.hasFocus()
        painter.setPen(QPen(theme.color(Role.ACCENT), 2) if is_focused else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(Role.HOVER if self.underMouse() else Role.SUNKEN))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), SPACE, SPACE)
        painter.end()


def _summary(device: Device, machine: Machine | None) -> str:
    parts = [key_name(device.key)]
    memory = next((f.value for f in device.facts if f.name == "memory_total_bytes"), None)
    if memory is None and device.kind is DeviceKind.CPU and machine is not None:
        memory = machine.host.memory_total_bytes
    if isinstance(memory, (int, float)):
        parts.append(bytes_text(memory))
    return " · ".join(parts)
