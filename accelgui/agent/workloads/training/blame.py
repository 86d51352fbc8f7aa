"""Where in a person's file something went wrong, told by that line and not by our traceback."""

from __future__ import annotations

import linecache
import os
import re
import sys
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training.own_words import OUR_FOLDER, framework_words

if TYPE_CHECKING:
    from collections.abc import Iterator

# AutoGraph raises anew: of the file's own frames it keeps only these words in the message.
_FRAME = re.compile(r'File "([^"]+)", line (\d+)')

_FOREIGN = (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), OUR_FOLDER)
_MADE_BY_AUTOGRAPH = "__autograph_generated_file"

_LONGEST_TEXT = 120
_LONGEST_ERROR = 200


@dataclass(frozen=True)
class Place:
    """A line of a file, from 1."""

    file: Path
    line: int

    @property
    def text(self) -> str:
        """The line itself, without its indent."""
        return _shortened(linecache.getline(str(self.file), self.line).strip(), _LONGEST_TEXT)


class Blame:
    """Finds the line of a person's file, or of its neighbours, that an error comes from."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._folder = str(file.parent)

    def place(self, error: Optional[BaseException]) -> Optional[Place]:
        """Return the innermost line of the person's own, None where none took part."""
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            if isinstance(error, SyntaxError) and self._is_own(error.filename or ""):
                return Place(Path(str(error.filename)), error.lineno or 1)
            frames = [*self._named_frames(error), *self._frames(error)]
            if frames:
                return frames[-1]
            error = error.__cause__ or error.__context__
        return None

    def failure(self, error: BaseException, place: Place) -> InputError:
        """Return the error to tell for what was raised at a place."""
        if isinstance(error, SystemExit):
            return failure(place, f"ended the script: {_exit_words(error)}", "own_model_exited")
        if isinstance(error, ModuleNotFoundError) and error.name:
            return failure(
                place,
                f"there is no module {error.name} in {sys.executable}",
                "own_model_lacks_module",
                module=error.name,
                python=sys.executable,
            )
        return failure(place, error_words(error), "own_model_raised", error=error_words(error))

    def unreadable(self, error: Exception) -> InputError:
        """Return the error to tell of a file that is no Python."""
        line = getattr(error, "lineno", None) or 1
        words = f"{type(error).__name__}: {getattr(error, 'msg', None) or error}"
        return failure(Place(self._file, line), words, "own_model_raised", error=words)

    def _frames(self, error: BaseException) -> Iterator[Place]:
        for frame in traceback.extract_tb(error.__traceback__):
            if self._is_own(frame.filename):
                yield Place(Path(frame.filename), frame.lineno or 1)

    def _named_frames(self, error: BaseException) -> Iterator[Place]:
        for match in _FRAME.finditer(str(error)):
            if self._is_own(match[1]):
                yield Place(Path(match[1]), int(match[2]))

    def _is_own(self, filename: str) -> bool:
        if filename == str(self._file):
            return True
        # Python, a virtual environment and we may lie below the folder of the file.
        is_foreign = any(_lies_below(filename, folder) for folder in _FOREIGN)
        is_made = Path(filename).name.startswith(_MADE_BY_AUTOGRAPH)
        return _lies_below(filename, self._folder) and not is_foreign and not is_made


def _lies_below(filename: str, folder: str) -> bool:
    return filename.startswith(folder.rstrip(os.sep) + os.sep)


def failure(place: Place, message: str, code: str, **parameters: str) -> InputError:
    """Return an InputError that names file, line and the line's text."""
    where = {"file": str(place.file), "line": str(place.line), "text": place.text}
    said = f"{place.file.name}, line {place.line}: {message}"
    if place.text:
        said = f"{said} [{place.text}]"
    return InputError(said, code, {**where, **parameters})


def error_words(error: BaseException) -> str:
    """Return "ValueError: …" in one line."""
    name, words = type(error).__name__, " ".join(framework_words(error).split())
    printable = "".join(letter if letter.isprintable() else "\ufffd" for letter in words)
    return _shortened(name if words == name else f"{name}: {printable}", _LONGEST_ERROR)


def _exit_words(error: SystemExit) -> str:
    return f"sys.exit({'' if error.code is None else repr(error.code)})"


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
