"""The look of the window: colours by role, fonts and the style sheet, light or dark, live."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from accelgui.gui import fonts
from accelgui.gui.palettes import (
    DARK,
    DARK_SERIES,
    LIGHT,
    LIGHT_SERIES,
    SERIES_DASHES,
    SURFACES,
    Role,
)

__all__ = ["SPACE", "Role", "Theme", "theme"]

# Distances are multiples of this; half of it separates what belongs together.
SPACE = 8

_RESOURCES = Path(__file__).resolve().parent.parent / "resources"
_STYLE_SHEET = _RESOURCES / "style" / "accelgui.qss"
_TOKEN = re.compile(r"@([a-z][a-z-]*)")

_QT_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}

_PALETTE = {
    QPalette.ColorRole.Window: Role.WINDOW,
    QPalette.ColorRole.WindowText: Role.TEXT,
    QPalette.ColorRole.Base: Role.SURFACE,
    QPalette.ColorRole.AlternateBase: Role.SUNKEN,
    QPalette.ColorRole.Text: Role.TEXT,
    QPalette.ColorRole.Button: Role.SURFACE,
    QPalette.ColorRole.ButtonText: Role.TEXT,
    QPalette.ColorRole.BrightText: Role.BAD,
    QPalette.ColorRole.ToolTipBase: Role.SURFACE,
    QPalette.ColorRole.ToolTipText: Role.TEXT,
    QPalette.ColorRole.PlaceholderText: Role.FAINT,
    QPalette.ColorRole.Highlight: Role.ACCENT,
    QPalette.ColorRole.HighlightedText: Role.ON_ACCENT,
    QPalette.ColorRole.Accent: Role.ACCENT,
    QPalette.ColorRole.Link: Role.ACCENT,
    QPalette.ColorRole.LinkVisited: Role.ACCENT,
}


class Theme(QObject):
    """The look in force. `changed` follows a change of scheme, after the new colours hold."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._appearance = "system"
        self._is_dark = False

    @property
    def is_dark(self) -> bool:
        """Whether the dark scheme is in force."""
        return self._is_dark

    def install(self, application: QApplication, appearance: str = "system") -> None:
        """Dress the application; from then on it follows the system where it may."""
        application.setStyle(QStyleFactory.create("Fusion"))
        fonts.install(application)
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system, Qt.ConnectionType.UniqueConnection)
        self.set_appearance(appearance)

    def set_appearance(self, appearance: str) -> None:
        """Choose "light", "dark" or, with any other word, what the system has."""
        self._appearance = appearance
        wanted = _QT_SCHEMES.get(appearance, Qt.ColorScheme.Unknown)
        QGuiApplication.styleHints().setColorScheme(wanted)
        self._apply()

    def suit_language(self) -> None:
        """Take fonts that draw the current language, also in what is shown already."""
        application = QApplication.instance()
        # Before `install` there is nothing to change; it asks for the language itself.
        if not isinstance(application, QApplication) or not application.styleSheet():
            return
        if fonts.suit(application):
            # A style sheet keeps the families that it found when it was set.
            application.setStyleSheet(application.styleSheet())

    def color(self, role: Role) -> QColor:
        """Return the colour of a role in the scheme in force."""
        return QColor(_colors(self._is_dark)[role])

    def surface(self, role: Role) -> QColor:
        """Return the soft background that goes with a strong role."""
        return self.color(SURFACES[role])

    def series_color(self, index: int) -> QColor:
        """Return the colour of the curve number `index`; they repeat after seven."""
        series = DARK_SERIES if self._is_dark else LIGHT_SERIES
        return QColor(series[index % len(series)])

    @staticmethod
    def series_dash(index: int) -> tuple[float, ...]:
        """Return the dashes of the curve number `index` in widths of its pen, () for solid."""
        return SERIES_DASHES[index % len(SERIES_DASHES)]

    def _follow_system(self) -> None:
        if self._appearance not in _QT_SCHEMES:
            self._apply()

    def _apply(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        system_is_dark = application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self._is_dark = {"light": False, "dark": True}.get(self._appearance, system_is_dark)
        application.setPalette(self._palette())
        application.setStyleSheet(_style_sheet(self._is_dark, fonts.base_size_pt(application)))
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        for qt_role, role in _PALETTE.items():
            palette.setColor(qt_role, self.color(role))
        disabled = QPalette.ColorGroup.Disabled
        for qt_role in (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(disabled, qt_role, self.color(Role.FAINT))
        return palette


def _colors(is_dark: bool) -> dict[Role, str]:
    return DARK if is_dark else LIGHT


@cache
def _style_sheet(is_dark: bool, base_pt: float) -> str:
    tokens = {role.value: color for role, color in _colors(is_dark).items()}
    tokens |= {name: f"{size:g}pt" for name, size in fonts.sizes_pt(base_pt).items()}
    tokens["icons"] = (_RESOURCES / "icons" / ("dark" if is_dark else "light")).as_posix()
    return _TOKEN.sub(lambda match: tokens[match[1]], _STYLE_SHEET.read_text(encoding="utf-8"))


theme = Theme()
