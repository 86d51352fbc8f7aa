"""What was typed into the form, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from accelgui.gui.pages import offers
from accelgui.model.checkpoint import SUFFIXES
from accelgui.model.requests import FRAMEWORKS, TrainingRequest
from accelgui.model.strategies import ONE
from accelgui.model.techniques import DEFAULT
from accelgui.words import _
from accelgui.words.units import count_text

_BATCH_SIZES = (1, 65_536)
_EPOCHS = (1, 10_000)
_SEEDS = (0, 2**32 - 1)


@dataclass(frozen=True)
class Typed:
    """The form as a person filled it in: texts are texts until they were judged."""

    framework: str = FRAMEWORKS[0]
    model: str = "mlp"
    device: str = offers.AUTO
    precision: str = "float32"
    batch_size: str = "32"
    epochs: str = "20"
    seed: str = "0"
    data_path: str | None = None
    execution: str = DEFAULT
    tf32: bool | None = None
    feeding: str = DEFAULT
    script_path: str | None = None
    checkpoint_path: str = ""
    strategy: str = ONE


@dataclass(frozen=True)
class Judged:
    """The request, or None and what is wrong: a line for each field."""

    request: TrainingRequest | None = None
    problems: dict[str, str] = field(default_factory=dict)


def judge(typed: Typed, replicas_count: int = 1) -> Judged:
    """Turn what was typed into a request, or say of each field what is wrong with it.

    `replicas_count` devices share each batch.
    """
    problems: dict[str, str] = {}
    batch_size = _whole_number("batch_size", typed.batch_size, _BATCH_SIZES, problems)
    if batch_size % replicas_count and "batch_size" not in problems:
        problems["batch_size"] = _("A multiple of {count}: each device takes an even share").format(
            count=count_text(replicas_count)
        )
    epochs = _whole_number("epochs", typed.epochs, _EPOCHS, problems)
    seed = _whole_number("seed", typed.seed, _SEEDS, problems)
    for name, path in (("data", typed.data_path), ("script", typed.script_path)):
        if path is not None and (problem := _file_problem(path)):
            problems[name] = problem
    if problem := _checkpoint_problem(typed):
        problems["checkpoint"] = problem
    if problems:
        return Judged(problems=problems)
    return Judged(
        TrainingRequest(
            framework=typed.framework,
            model=typed.model,
            device=typed.device,
            precision=typed.precision,
            batch_size=batch_size,
            epochs=epochs,
            seed=seed,
            data_path=_absolute(typed.data_path),
            execution=typed.execution,
            tf32=typed.tf32,
            feeding=typed.feeding,
            script_path=_absolute(typed.script_path),
            checkpoint_path=_absolute(typed.checkpoint_path.strip() or None),
            strategy=typed.strategy,
        )
    )


def _whole_number(name: str, text: str, limits: tuple[int, int], problems: dict[str, str]) -> int:
    low, high = limits
    cleaned = text.strip().replace(",", "").replace("\u202f", "")
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 12:
        number = int(cleaned)
        if low <= number <= high:
            return number
    problems[name] = _("A whole number from {low} to {high}").format(
        low=count_text(low), high=count_text(high)
    )
    return low


def _file_problem(path: str) -> str | None:
    if not path.strip():
        return _("Choose a file")
    file = Path(path).expanduser()
    try:
        if file.is_dir():
            return _("This is a folder, not a file")
        if not file.is_file():
            return _("There is no such file")
    except (OSError, ValueError):
        return _("There is no such file")
    return None


def _checkpoint_problem(typed: Typed) -> str | None:
    path = typed.checkpoint_path.strip()
    if not path:
        return None
    file, suffix = Path(path).expanduser(), SUFFIXES[typed.framework]
    if file.suffix != suffix:
        return _("The file has to end in {suffix}").format(suffix=suffix)
    try:
        if file.is_dir():
            return _("This is a folder, not a file")
        if not file.absolute().parent.is_dir():
            return _("There is no such folder")
    except (OSError, ValueError):
        return _("There is no such folder")
    return None


def _absolute(path: str | None) -> str | None:
    return None if path is None else str(Path(path).expanduser().absolute())
