"""The images to train on: the built-in digits, or a person's own file of the same layout."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.failures import InputError, WorkError
from accelgui.agent.workloads.training.archive import ArchiveError, read
from accelgui.agent.workloads.training.networks import CLASSES, IMAGE_SIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

# agent/workloads/training/data.py lies three folders below the package.
DIGITS = Path(__file__).resolve().parents[3] / "resources" / "data" / "digits.npz"


@dataclass(frozen=True)
class Images:
    """Float32 images [n, 28, 28, 1] and int32 labels [n], to train and to validate with.

    For a person's own model they are [n, height, width, channels], or what its load_data() gave.
    """

    x_train: Any
    y_train: Any
    x_validation: Any
    y_validation: Any

    @property
    def train_samples(self) -> int:
        """The number of images to train with."""
        return len(self.y_train)

    @property
    def classes(self) -> int:
        """How many classes the labels have."""
        return int(max(self.y_train.max(), self.y_validation.max())) + 1

    @property
    def validation_samples(self) -> int:
        """The number of images to validate with."""
        return len(self.y_validation)


def load(path: Optional[str] = None, *, any_shape: bool = False) -> Images:
    """Read an npz of Keras' MNIST layout, None for the built-in digits.

    Images are [n, 28, 28] or [n, 28, 28, 1] numbers; with `any_shape` [n, height, width] or
    [n, height, width, channels], and there may be any number of classes.
    Values of 0 to 255 are scaled to 0 to 1; values within 0 to 1, and standardised ones, are taken
    as they are. Raises InputError with one line that names the file and the fault.
    """
    _require_numpy()
    file = Path(path).expanduser() if path else DIGITS
    try:
        return _images(read(file), any_shape=any_shape)
    except ArchiveError as fault:
        parameters = {"file": str(file), "fault": fault.code, **fault.parameters}
        raise InputError(f"{file}: {fault}", "data_unusable", parameters) from fault


def _require_numpy() -> None:
    try:
        import numpy as np  # noqa: F401 - Whether it is there is the question.
    except ImportError as error:
        raise WorkError("NumPy is not installed in this Python") from error


def _images(arrays: Mapping[str, Any], *, any_shape: bool) -> Images:
    classes = sys.maxsize if any_shape else CLASSES
    shape = _image_shape(arrays["x_train"]) if any_shape else (IMAGE_SIDE, IMAGE_SIDE, 1)
    for split in ("train", "test"):
        _check_images(f"x_{split}", arrays[f"x_{split}"], shape)
        _check_labels(f"y_{split}", arrays[f"y_{split}"], len(arrays[f"x_{split}"]), classes)
    if not any_shape:
        _require_something_to_learn(arrays)
    scale = _scale(arrays["x_train"], arrays["x_test"])
    return Images(
        x_train=_to_float32("x_train", arrays["x_train"], shape, scale),
        y_train=arrays["y_train"].astype("int32"),
        x_validation=_to_float32("x_test", arrays["x_test"], shape, scale),
        y_validation=arrays["y_test"].astype("int32"),
    )


def _image_shape(images: Any) -> tuple[int, ...]:
    """Return height, width and channels."""
    if images.ndim not in {3, 4} or 0 in images.shape[1:]:
        raise ArchiveError("no_images", name="x_train", shape=_times(images.shape))
    return (*images.shape[1:], 1)[:3]


def _check_images(name: str, images: Any, shape: tuple[int, ...]) -> None:
    if images.shape[1:] not in {shape, shape[:2] if shape[2] == 1 else shape}:
        size = _times(shape[:2] if shape[2] == 1 else shape)
        raise ArchiveError("other_size", name=name, shape=_times(images.shape), size=size)
    if len(images) == 0:
        raise ArchiveError("empty", name=name)


def _check_labels(name: str, labels: Any, images_count: int, classes: int) -> None:
    if labels.shape != (images_count,):
        shape = _times(labels.shape)
        raise ArchiveError("other_count", name=name, shape=shape, count=images_count)
    if labels.dtype.kind not in "iu":
        raise ArchiveError("no_whole_numbers", name=name, dtype=labels.dtype)
    for label in (labels.min(), labels.max()):
        if not 0 <= label < classes:
            code = "no_such_class" if classes == CLASSES else "negative_label"
            raise ArchiveError(code, name=name, label=label, last=classes - 1)


def _require_something_to_learn(arrays: Mapping[str, Any]) -> None:
    """What is everywhere the same is recognised without any training, which shows nothing."""
    for name in ("x_train", "y_train"):
        low, high = arrays[name].min(), arrays[name].max()
        if low == high and len(arrays[name]) > 1:
            raise ArchiveError("constant", name=name, value=low)


def _scale(*arrays: Any) -> float:
    """Return what to multiply by, one for all arrays, so that bytes become 0 to 1."""
    low = min(float(array.min()) for array in arrays)
    high = max(float(array.max()) for array in arrays)
    return 1 / 255 if low >= 0 and 1 < high <= 255 else 1.0


def _to_float32(name: str, images: Any, shape: tuple[int, ...], scale: float) -> Any:
    import numpy as np

    with np.errstate(over="ignore"):  # Too large for float32 becomes infinite, told just below.
        floats = images.astype(np.float32).reshape(-1, *shape)
    # min and max see every NaN and infinity without a mask as large as the images.
    if not np.isfinite([floats.min(), floats.max()]).all():
        raise ArchiveError("not_finite", name=name)
    floats *= np.float32(scale)
    return floats


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "of a single number"
