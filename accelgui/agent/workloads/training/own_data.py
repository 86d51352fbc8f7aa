"""The arrays of a person's own `load_data()`, looked at before anything is trained with them."""

from __future__ import annotations

from typing import Any

from accelgui.agent.workloads.training.data import Images

_NAMES = ("x_train", "y_train", "x_val", "y_val")


class DataProblem(Exception):  # noqa: N818 - What is wrong with arrays, without the file's name.
    """What is wrong with what load_data() returned, as the end of a sentence."""


def images(loaded: Any, *, channels_first: bool) -> Images:
    """Return (x_train, y_train, x_val, y_val), or Keras' pair of pairs, as Images.

    The inputs are [n, …] in whatever shape the model takes them, float64 as float32; labels are
    whole numbers [n], or one-hot [n, classes]. Where a trainer puts channels first, inputs of four
    dimensions are given to it the other way round, so that the model gets them as they came.
    Raises DataProblem.
    """
    import numpy as np

    arrays = dict(zip(_NAMES, map(np.asarray, _four(loaded))))
    for split in ("train", "val"):
        _check_inputs(f"x_{split}", arrays[f"x_{split}"])
        _check_labels(f"y_{split}", arrays[f"y_{split}"], len(arrays[f"x_{split}"]))
    if arrays["x_train"].shape[1:] != arrays["x_val"].shape[1:]:
        raise DataProblem("gave inputs of different shapes to train and to validate with")
    inputs = [_as_inputs(arrays[name], channels_first) for name in ("x_train", "x_val")]
    labels = [_as_labels(arrays[name]) for name in ("y_train", "y_val")]
    return Images(inputs[0], labels[0], inputs[1], labels[1])


def _four(loaded: Any) -> tuple[Any, ...]:
    if isinstance(loaded, (tuple, list)):
        if len(loaded) == 4:
            return tuple(loaded)
        if len(loaded) == 2 and all(isinstance(p, (tuple, list)) and len(p) == 2 for p in loaded):
            return (*loaded[0], *loaded[1])
    of = f" of {len(loaded)}" if isinstance(loaded, (tuple, list)) else ""
    returned = "None" if loaded is None else type(loaded).__name__
    raise DataProblem(f"returned {returned}{of}, expected x_train, y_train, x_val, y_val")


def _check_inputs(name: str, array: Any) -> None:
    if array.dtype.kind not in "biuf":
        raise DataProblem(f"gave {name} of {array.dtype}, expected numbers")
    if array.ndim < 2 or not len(array):
        raise DataProblem(f"gave {name} of shape {array.shape}, expected n × something, n above 0")


def _check_labels(name: str, array: Any, count: int) -> None:
    if array.ndim not in {1, 2} or len(array) != count:
        raise DataProblem(f"gave {name} of shape {array.shape}, expected {count} labels")
    if array.ndim == 1 and array.dtype.kind not in "iu":
        raise DataProblem(f"gave {name} of {array.dtype}, expected whole numbers")
    if array.ndim == 1 and array.min() < 0:
        raise DataProblem(f"gave {name} with the label {array.min()}, expected 0 or more")


def _as_inputs(array: Any, channels_first: bool) -> Any:
    if array.dtype.kind == "f":
        array = array.astype("float32")
    return array.transpose(0, 2, 3, 1) if channels_first and array.ndim == 4 else array


def _as_labels(array: Any) -> Any:
    return (array.argmax(axis=1) if array.ndim == 2 else array).astype("int32")
