"""Words for people: translation, numbers with units, and the texts of codes.

Everything that a person reads is made here or passes through `_`, so that the window, the command
line and reports say the same in the reader's language. English is the source.
"""

from __future__ import annotations

from accelgui.words.translation import N_, _, current_language, languages, n_, set_language

__all__ = ["N_", "_", "current_language", "languages", "n_", "set_language"]
