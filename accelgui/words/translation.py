"""Gettext, with the language chosen at run time and changed live."""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path

DOMAIN = "accelgui"
LOCALE_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "locale"
SOURCE_LANGUAGE = "en"

_translations: gettext.NullTranslations = gettext.NullTranslations()
_language = SOURCE_LANGUAGE


def _(message: str) -> str:
    """Return the message in the current language."""
    return _translations.gettext(message)


def n_(singular: str, plural: str, count: int) -> str:
    """Return the form for `count` in the current language."""
    return _translations.ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name.
    """Mark a message for extraction that is translated later, where it is shown."""
    return message


def languages() -> tuple[str, ...]:
    """Return the languages that can be set: the source and each catalogue."""
    found = LOCALE_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return (SOURCE_LANGUAGE, *sorted(path.parent.parent.name for path in found))


def current_language() -> str:
    """Return the language in which messages come now."""
    return _language


def set_language(language: str | None) -> str:
    """Choose a language ("en", "zh_CN"), None for the system's; returns the one now in force."""
    global _translations, _language  # noqa: PLW0603 - The process speaks one language at a time.
    _language = _nearest(language or _system_language())
    _translations = gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[_language], fallback=True)
    return _language


def _nearest(language: str) -> str:
    available = languages()
    if language in available:
        return language
    same = [name for name in available if name.split("_")[0] == language.split("_", maxsplit=1)[0]]
    return same[0] if same else SOURCE_LANGUAGE


def _system_language() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        if value := os.environ.get(variable):
            return value.split(".")[0].split(":")[0]
    return locale.getlocale()[0] or SOURCE_LANGUAGE
