"""Failures of a framework in its own words, told from our own defects."""

from __future__ import annotations

import re
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.agent.failures import FrameworkError, MemoryLackingError, WorkError
from accelgui.agent.memory import shortage_of
from accelgui.agent.workloads.training.meter import Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.model.snapshot import FrameworkDevice

OUR_FOLDER = str(Path(__file__).resolve().parents[3])

# TensorFlow and Keras say these, and print the stack of the node, before what went wrong.
_PREAMBLES = (
    "Graph execution error",
    "Detected at node",
    "<stack traces unavailable>",
    "Exception encountered when calling",
)

# What PyTorch and oneDNN beneath it say where nobody wrote an operation for a format.
_NO_KERNEL = re.compile(r"could not create a primitive|not implemented for '(Half|BFloat16)'")

_DECORATION = re.compile(r"\x1b\[[0-9;]*m|\{\{function_node [^}]*\}\}|\[Op:[^\]]*\].*$")


@contextmanager
def failures_told(device: FrameworkDevice) -> Iterator[None]:
    """Turn what a framework raises in this block into FrameworkError; defects of ours pass.

    Where memory was lacking, on the device or on the host, it is MemoryLackingError.
    """
    try:
        yield
    except (Interrupted, WorkError):
        raise
    except Exception as error:
        # First: what a framework's compiled code raises seems to come from the line that called it.
        if memory := shortage_of(error, device):
            raise MemoryLackingError(framework_words(error), memory) from error
        if raised_by_us(error):
            raise
        raise _failure(framework_words(error), device) from error


def _failure(words: str, device: FrameworkDevice) -> FrameworkError:
    if not _NO_KERNEL.search(words):
        return FrameworkError(words, None, {"device": device.key})
    parameters = {"device": device.key, "message": words}
    return FrameworkError(words, "operation_lacks_precision", parameters)


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
    return bool(frames) and frames[-1].filename.startswith(OUR_FOLDER)
