"""Fonts: the desktop's own, or ours where there is no desktop to ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication

from accelgui.words import current_language

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "fonts"

# What Qt falls back to where no desktop names a font: a container, a server, a bare X.
_NOBODYS_CHOICE = {"", "sans", "sans serif", "sans-serif", "dejavu sans", "bitstream vera sans"}

_SMALLEST_BASE_PT = 10.0

# Chinese and Japanese share code points that they draw differently. Qt falls back to a font for
# the language of the system, which is not always the one that the window speaks.
_FALLBACKS = {
    "zh_CN": (
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Microsoft YaHei UI",
        "Microsoft YaHei",
        "PingFang SC",
        "WenQuanYi Micro Hei",
        "WenQuanYi Zen Hei",
    )
}

# A scale of text that the eye can tell apart, in units of the base size.
_SCALE = {"font-small": 0.9, "font-base": 1.0, "font-heading": 1.15, "font-title": 1.6}


def install(application: QApplication) -> None:
    """Give the application a font that reads well."""
    font = application.font()
    if font.family().lower() in _NOBODYS_CHOICE and (family := _load_ours()):
        font.setFamily(family)
    font.setPointSizeF(max(font.pointSizeF(), _SMALLEST_BASE_PT))
    application.setFont(font)
    suit(application)


def suit(application: QApplication) -> bool:
    """Have the letters that the application's font lacks drawn as the current language does.

    Returns whether that took another font.
    """
    font = application.font()
    families = [_real_family(font), *_fallback()]
    if font.families() == families:
        return False
    font.setFamilies(families)
    application.setFont(font)
    return True


def base_size_pt(application: QApplication) -> float:
    """Return the size of body text."""
    return application.font().pointSizeF()


def sizes_pt(base_pt: float) -> dict[str, float]:
    """Return the size of each step of the scale, by its name in the style sheet."""
    return {name: round(base_pt * factor, 1) for name, factor in _SCALE.items()}


def scaled(factor: float, bold: bool = False) -> QFont:
    """Return the application's font in another size."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def monospace() -> QFont:
    """Return the system's font for code, in the size of the text around it."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(QGuiApplication.font().pointSizeF() * 0.95)
    font.setFamilies([_real_family(font), *_fallback()])
    return font


def with_tabular_figures(font: QFont) -> QFont:
    """Return the font with figures of equal width, so that live values do not dance."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _real_family(font: QFont) -> str:
    """Return the family that draws; a list that begins with an alias is drawn with the second."""
    family = font.families()[0]
    return family if family in QFontDatabase.families() else QFontInfo(font).family()


def _fallback() -> list[str]:
    wanted = _FALLBACKS.get(current_language(), ())
    known = set(QFontDatabase.families()) if wanted else set()
    return [family for family in wanted if family in known][:1]


def _load_ours() -> str | None:
    family = None
    for path in sorted(_FOLDER.glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        family = families[0] if families else family
    return family
