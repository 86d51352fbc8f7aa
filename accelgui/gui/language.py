"""The language of the window: our words by gettext, Qt's own by its catalogues."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTranslator

from accelgui import words
from accelgui.gui.theme import theme

# In the language itself: a person who cannot read the current one has to find theirs.
OWN_NAMES = {"en": "English", "zh_CN": "简体中文"}

_qt_translator: QTranslator | None = None


def own_name(language: str) -> str:
    """Return what a language calls itself."""
    return OWN_NAMES.get(language) or QLocale(language).nativeLanguageName() or language


def speak(language: str) -> None:
    """Have everything shown speak `language` from now on, "" for the system's."""
    spoken = words.set_language(language or None)
    QLocale.setDefault(QLocale(spoken))
    _load_qt_words(spoken)
    application = QCoreApplication.instance()
    assert application is not None
    theme.suit_language()
    QCoreApplication.sendEvent(application, QEvent(QEvent.Type.LanguageChange))


def _load_qt_words(language: str) -> None:
    global _qt_translator  # noqa: PLW0603 - The process speaks one language at a time.
    if _qt_translator is not None:
        QCoreApplication.removeTranslator(_qt_translator)
        _qt_translator = None
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator = QTranslator()
    if translator.load(f"qtbase_{language}", folder):
        QCoreApplication.installTranslator(translator)
        _qt_translator = translator
