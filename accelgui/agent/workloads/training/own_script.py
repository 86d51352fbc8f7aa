"""A person's own file: `build_model()` and what else it offers (see own_model.md beside this)."""

from __future__ import annotations

import inspect
import linecache
import re
import sys
import types
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.failures import InputError, WorkError
from accelgui.agent.workloads.training import data, own_data
from accelgui.agent.workloads.training.blame import Blame, Place, failure
from accelgui.agent.workloads.training.meter import Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.data import Images
    from accelgui.model.requests import TrainingRequest

LEARNING_RATE = 1e-3


class OwnScript:
    """The file, run once as a module of its own; raises InputError for what is wrong with it."""

    def __init__(self, path: str) -> None:
        self.file = Path(path)
        self._blame = Blame(self.file)
        self._module = types.ModuleType(_module_name(self.file))
        self._run()
        if not callable(getattr(self._module, "build_model", None)):
            raise InputError(
                f"{self.file}: has no build_model()",
                "own_model_has_no_build_model",
                {"file": str(self.file)},
            )

    @property
    def learning_rate(self) -> float:
        """What Adam starts with."""
        rate = getattr(self._module, "learning_rate", LEARNING_RATE)
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 < rate < 1e3:
            raise self.problem(
                f"learning_rate is {rate!r}, expected a number above 0", "learning_rate"
            )
        return float(rate)

    @property
    def loss(self) -> Any:
        """The loss of the file, None where it has none."""
        return getattr(self._module, "loss", None)

    def build_model(self) -> Any:
        """Have the file build its model."""
        with self.blamed("build_model"):
            return self._module.build_model()

    @lru_cache(maxsize=1)  # noqa: B019 - A process has one script, and lives as long as that.
    def images(self, request: TrainingRequest) -> Images:
        """Return the data of load_data(), unless a file was asked for; else that or the digits."""
        load_data = getattr(self._module, "load_data", None)
        if request.data_path is not None or load_data is None:
            return data.load(request.data_path, any_shape=True)
        with self.blamed("load_data"):
            loaded = load_data()
        try:
            return own_data.images(loaded, channels_first=request.framework == "pytorch")
        except own_data.DataProblem as problem:
            raise self.problem(f"load_data() {problem}", "load_data") from problem

    def problem(
        self,
        message: str,
        function: str = "build_model",
        code: str = "own_model_is_wrong",
        **parameters: str,
    ) -> InputError:
        """Return the error that says what is wrong with what a function of the file gave."""
        place = self._definition(function)
        return failure(place, message, code, problem=message, **parameters)

    @contextmanager
    def blamed(self, function: str = "") -> Iterator[None]:
        """Turn what the file raises in this block into an InputError with its own line.

        With a `function`, the block does nothing but call what that function gave: whatever is
        raised is the file's, if need be at the line where the function begins.
        """
        fallback = self._definition(function) if function else None
        try:
            yield
        except (Interrupted, GeneratorExit):
            raise
        except WorkError as error:
            cause = error.__cause__
            place = self._blame.place(cause) if cause is not None and error.code is None else None
            if cause is None or place is None:
                raise
            raise self._blame.failure(cause, place) from cause
        except BaseException as error:
            place = self._blame.place(error) or fallback
            if place is None:
                raise
            raise self._blame.failure(error, place) from error

    def _run(self) -> None:
        with self.blamed():
            try:
                code = compile(self.file.read_bytes(), str(self.file), "exec", dont_inherit=True)
            except OSError as error:
                raise InputError(f"{self.file}: {error.strerror}") from error
            except (SyntaxError, ValueError) as error:
                raise self._blame.unreadable(error) from error
            self._module.__file__ = str(self.file)
            sys.modules[self._module.__name__] = self._module
            # As if it had been started: its neighbours can be imported, and no option is ours.
            sys.path.insert(0, str(self.file.parent))
            sys.argv = [str(self.file)]
            try:
                exec(code, self._module.__dict__)  # noqa: S102 - A person asked to run their file.
            except BaseException as error:
                place = self._blame.place(error) or Place(self.file, 1)
                raise self._blame.failure(error, place) from error

    def _definition(self, function: str) -> Place:
        target = getattr(self._module, function, None)
        try:
            found = inspect.unwrap(target).__code__  # type: ignore[arg-type]
            if Path(found.co_filename) == self.file:
                return Place(self.file, found.co_firstlineno)
        except AttributeError:
            pass
        return Place(self.file, _line_of(self.file, function) or 1)


@lru_cache(maxsize=1)
def load(path: str) -> OwnScript:
    """Return the script at `path`, run once in this process."""
    return OwnScript(path)


def _module_name(file: Path) -> str:
    """Return the name by which Keras can find the file's classes again from its folder."""
    stem = file.stem
    known = getattr(sys, "stdlib_module_names", ())
    is_free = stem.isidentifier() and stem not in sys.modules and stem not in known
    return stem if is_free else "own_model"


def _line_of(file: Path, name: str) -> Optional[int]:
    begins = re.compile(rf"\s*(def\s+)?{re.escape(name)}\b")
    for number, line in enumerate(linecache.getlines(str(file)), start=1):
        if name and begins.match(line):
            return number
    return None
