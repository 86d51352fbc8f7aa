"""What the form offers, and what is wrong with what was typed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.model.requests import TrainingRequest
from accelgui.words import _
from accelgui.words.devices import key_name
from accelgui.words.frameworks import framework_name
from accelgui.words.units import count_text

if TYPE_CHECKING:
    from accelgui.model.snapshot import Framework, Snapshot

# What the agent trains with; tests hold the two lists together.
FRAMEWORKS = ("tensorflow",)

AUTO = "auto"

_BATCH_SIZES = (1, 65_536)
_EPOCHS = (1, 10_000)
_SEEDS = (0, 2**32 - 1)


@dataclass(frozen=True)
class Typed:
    """The form as a person filled it in: texts are texts until they were judged."""

    framework: str = FRAMEWORKS[0]
    model: str = "mlp"
    device: str = AUTO
    precision: str = "float32"
    batch_size: str = "32"
    epochs: str = "20"
    seed: str = "0"
    data_path: str | None = None


@dataclass(frozen=True)
class Judged:
    """The request, or None and what is wrong: a line for each field."""

    request: TrainingRequest | None = None
    problems: dict[str, str] = field(default_factory=dict)


def judge(typed: Typed) -> Judged:
    """Turn what was typed into a request, or say of each field what is wrong with it."""
    problems: dict[str, str] = {}
    batch_size = _whole_number("batch_size", typed.batch_size, _BATCH_SIZES, problems)
    epochs = _whole_number("epochs", typed.epochs, _EPOCHS, problems)
    seed = _whole_number("seed", typed.seed, _SEEDS, problems)
    if typed.data_path is not None and (problem := _file_problem(typed.data_path)):
        problems["data"] = problem
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
            data_path=typed.data_path,
        )
    )


def installed(snapshot: Snapshot | None) -> list[Framework]:
    """Return the frameworks to choose from, TensorFlow first."""
    found = snapshot.frameworks if snapshot else ()
    return [framework for framework in found if framework.installed and _is_known(framework)]


def devices(snapshot: Snapshot | None, framework: str) -> list[tuple[str, str]]:
    """Return (key, words) of the devices to choose from: the best one, then each by name."""
    choices = [(AUTO, key_name(AUTO))]
    for found in installed(snapshot):
        if found.name == framework:
            choices += [
                (device.key, _device_words(device.key, device.description))
                for device in found.devices
            ]
    return choices


def obstacle(snapshot: Snapshot | None, framework: str, *, is_checking: bool) -> str | None:
    """Say why no run can start, None where nothing speaks against it."""
    if snapshot is None or is_checking:
        return None
    found = next((known for known in installed(snapshot) if known.name == framework), None)
    if found is None:
        return _("{framework} is not installed in this Python.").format(
            framework=framework_name(FRAMEWORKS[0])
        )
    if found.imported is False:
        return _("{framework} is installed but cannot be imported; see Overview.").format(
            framework=framework_name(found.name)
        )
    return None


def _is_known(framework: Framework) -> bool:
    return framework.name in FRAMEWORKS


def _device_words(key: str, description: str | None) -> str:
    return f"{key_name(key)} · {description}" if description else key_name(key)


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
            return _("This is a folder, not an .npz file")
        if not file.is_file():
            return _("There is no such file")
    except (OSError, ValueError):
        return _("There is no such file")
    return None
