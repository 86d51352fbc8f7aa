"""What a device does now: a few values, each with its last minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui import fonts
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.sparkline import Sparkline
from accelgui.gui.widgets.tile_layout import TileLayout
from accelgui.words import _, joining, units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Where a device names no limit, the curve gets this much room; beyond it the curve is scaled.
_USUAL_CELSIUS = 100.0
_USUAL_WATTS = 300.0


class LiveStrip(QWidget):
    """Utilisation, memory, temperature and power of one device."""

    def __init__(self, limits: Mapping[str, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limits = dict(limits)
        self._tiles = {
            name: _LiveTile()
            for name in (
                "utilisation_percent",
                "memory_used_bytes",
                "temperature_celsius",
                "power_watts",
            )
        }
        layout = TileLayout(135, 2 * SPACE, most_columns=4)
        self.setLayout(layout)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for tile in self._tiles.values():
            layout.addWidget(tile)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        names = {
            "utilisation_percent": _("Utilisation"),
            "memory_used_bytes": _("Memory in use"),
            "temperature_celsius": _("Temperature"),
            "power_watts": _("Power"),
        }
        for name, tile in self._tiles.items():
            tile.name_it(names[name])

    def show_values(self, values: Mapping[str, float | None]) -> None:
        """Show the newest values; a name that never came counts as not reported."""
        total = values.get("memory_total_bytes") or self._limits.get("memory_total_bytes")
        self._show("utilisation_percent", values, 100.0, _percent)
        self._show("memory_used_bytes", values, total, lambda used: _memory(used, total))
        self._show(
            "temperature_celsius",
            values,
            self._limits.get("temperature_slowdown_celsius", _USUAL_CELSIUS),
            units.celsius_text,
        )
        limit = self._limits.get("power_limit_watts")
        self._show("power_watts", values, limit or _USUAL_WATTS, lambda watts: _power(watts, limit))

    def _show(
        self,
        name: str,
        values: Mapping[str, float | None],
        top: float | None,
        text: Callable[[float], str],
    ) -> None:
        value = values.get(name)
        self._tiles[name].show_value(value, top, "" if value is None else text(value))


class _LiveTile(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._name = Label(kind="small", wraps=False)
        self._value = Label(kind="strong")
        self._value.setFont(fonts.with_tabular_figures(self._value.font()))
        self._line = Sparkline()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._name)
        column.addWidget(self._value)
        column.addWidget(self._line)
        column.addStretch()

    def name_it(self, name: str) -> None:
        self._name.say(name)

    def show_value(self, value: float | None, top: float | None, text: str) -> None:
        is_reported = value is not None
        self._value.say(text if is_reported else _(units.NOT_REPORTED))
        kind = "strong" if is_reported else "faint"
        if self._value.property("kind") != kind:
            self._value.setProperty("kind", kind)
            self._value.style().unpolish(self._value)
            self._value.style().polish(self._value)
        known = [old for old in self._line.values if old is not None]
        highest = max([*known, value or 0.0])
        self._line.add(value, max(top or 0.0, highest * (1.0 if top else 1.25)))
        self._line.setVisible(is_reported or bool(known))
        self.setAccessibleName(joining.labelled(self._name.text(), self._value.text()))


def _percent(value: float) -> str:
    return units.percent_text(round(value))


def _memory(used: float, total: float | None) -> str:
    if total is None:
        return units.bytes_text(used)
    return _("{used} of {total}").format(used=units.bytes_text(used), total=units.bytes_text(total))


def _power(watts: float, limit: float | None) -> str:
    if limit is None:
        return units.watts_text(watts)
    return _("{used} of {total}").format(
        used=units.watts_text(watts), total=units.watts_text(limit)
    )
