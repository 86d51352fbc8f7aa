"""Make accelgui/resources/data/digits.npz from scikit-learn's copy of the UCI optical digits.

    pip install scikit-learn
    python tests/tools/make_digits.py

The file has the layout of Keras' mnist.npz, so that whatever reads one reads the other.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parents[2] / "accelgui" / "resources" / "data" / "digits.npz"

# 8 × 8 pixels become 24 × 24 with a border of 2, as MNIST's digits have one. Pixels are repeated
# rather than interpolated: the source has no more detail, and the file is a quarter of the size.
_SCALE = 3
_BORDER = 2
_SOURCE_MAX = 16


def main() -> None:
    """Write the data set: every fifth image of each digit is kept for validation."""
    images, labels = load_digits(return_X_y=True)
    images = _enlarge(images.reshape(-1, 8, 8))
    held_out = _every_fifth_of_each(labels)
    np.savez_compressed(
        TARGET,
        x_train=images[~held_out],
        y_train=labels[~held_out].astype(np.uint8),
        x_test=images[held_out],
        y_test=labels[held_out].astype(np.uint8),
    )


def _enlarge(images: np.ndarray) -> np.ndarray:
    """Turn [n, 8, 8] of 0…16 into [n, 28, 28] of 0…255."""
    larger = images.repeat(_SCALE, axis=1).repeat(_SCALE, axis=2)
    border = (_BORDER, _BORDER)
    return np.rint(np.pad(larger, ((0, 0), border, border)) * 255 / _SOURCE_MAX).astype(np.uint8)


def _every_fifth_of_each(labels: np.ndarray) -> np.ndarray:
    chosen = np.zeros(labels.shape, bool)
    for label in np.unique(labels):
        chosen[np.flatnonzero(labels == label)[::5]] = True
    return chosen


if __name__ == "__main__":
    main()
