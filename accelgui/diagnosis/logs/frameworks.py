"""Which framework a log speaks of, so that remedies name the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accelgui.diagnosis.logs.clues import Clues
    from accelgui.diagnosis.logs.signs import Clue

# In the order in which they are asked for: TensorFlow's sources are in other frameworks' logs.
_WORDS = {
    "onnxruntime": ("onnxruntime",),
    "pytorch": ("torch",),
    "jax": ("jax", "xla_bridge"),
    "tensorflow": ("tensorflow", "keras", "/tsl/"),
}

SIGNS = tuple(sign(f"speaks_of_{name}", words) for name, words in _WORDS.items())

UNKNOWN = "unknown"


def framework_of(shown: Iterable[Clue], clues: Clues) -> str:
    """Return the framework that evidence names, else the only one that the log names."""
    for clue in shown:
        text = clue.text.lower()
        for name, words in _WORDS.items():
            if any(word in text for word in words):
                return name
    named = [name for name in _WORDS if clues.has(f"speaks_of_{name}")]
    return named[0] if len(named) == 1 else UNKNOWN
