"""The one line that matters out of what a framework raised, and whether it was the framework."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

_OUR_FOLDER = str(Path(__file__).resolve().parents[3])

# TensorFlow and Keras say these, and print the stack of the node, before what went wrong.
_PREAMBLES = ("Graph execution error", "Detected at node", "Exception encountered when calling")

_DECORATION = re.compile(r"\x1b\[[0-9;]*m|\{\{function_node [^}]*\}\}|\[Op:[^\]]*\].*$")


def framework_words(error: BaseException) -> str:
    """Return the line that says what went wrong, the type's name where there is none."""
    lines = [_DECORATION.sub("", line).strip() for line in str(error).splitlines()]
    stack = [number for number, line in enumerate(lines) if line.startswith('File "')]
    for line in lines[stack[-1] + 1 :] if stack else lines:
        if line and not line.startswith(_PREAMBLES):
            return line
    return type(error).__name__


def raised_by_us(error: BaseException) -> bool:
    """Say whether the innermost frame is ours: then it is a defect, not the framework's failure."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.startswith(_OUR_FOLDER)
