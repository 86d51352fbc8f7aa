"""Whatever is wrong with a person's file is told in one line that names it and the fault."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from accelgui.agent.failures import InputError
from accelgui.agent.memory import host
from accelgui.agent.workloads.training import archive, data

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.agent.workloads.training.data import Images


def arrays(**other: Any) -> dict[str, Any]:
    """Return a small data set without fault, except for the arrays given."""
    generator = np.random.default_rng(0)
    good = {
        "x_train": generator.integers(0, 256, (20, 28, 28), np.uint8),
        "y_train": np.arange(20, dtype=np.uint8) % 10,
        "x_test": generator.integers(0, 256, (10, 28, 28), np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    }
    return {**good, **other}


def load(folder: Path, **other: Any) -> Images:
    path = folder / "own.npz"
    np.savez(path, **arrays(**other))
    return data.load(str(path))


def fault(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        data.load(str(path))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_that_the_built_in_digits_are_ready_to_train_on() -> None:
    images = data.load()
    assert images.x_train.shape == (1433, 28, 28, 1)
    assert images.x_validation.shape == (364, 28, 28, 1)
    assert images.x_train.dtype == np.float32
    assert (images.x_train.min(), images.x_train.max()) == (0, 1)
    assert set(images.y_validation) == set(range(10))


def test_that_no_digit_is_both_trained_and_validated_with() -> None:
    images = data.load()
    trained = {image.tobytes() for image in images.x_train}
    assert not trained & {image.tobytes() for image in images.x_validation}


def test_that_bytes_become_0_to_1(tmp_path: Path) -> None:
    own = arrays()
    loaded = load(tmp_path)
    np.testing.assert_allclose(loaded.x_train[..., 0], own["x_train"] / 255, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["int16", "int64", "float16", "float32", "float64"])
def test_that_0_to_255_in_other_types_is_the_same_as_bytes(tmp_path: Path, dtype: str) -> None:
    own = arrays()
    other = {name: own[name].astype(dtype) for name in ("x_train", "x_test")}
    loaded = load(tmp_path, **other)
    np.testing.assert_array_equal(loaded.x_train, load(tmp_path).x_train)


def test_that_floats_within_0_to_1_stay_as_they_are(tmp_path: Path) -> None:
    images = np.linspace(0, 1, 20 * 784, dtype=np.float32).reshape(20, 28, 28)
    np.testing.assert_array_equal(
        load(tmp_path, x_train=images, x_test=images[:10]).x_train[..., 0], images
    )


def test_that_standardised_images_stay_as_they_are(tmp_path: Path) -> None:
    images = np.random.default_rng(0).normal(size=(20, 28, 28)).astype(np.float32)
    np.testing.assert_array_equal(
        load(tmp_path, x_train=images, x_test=images[:10]).x_train[..., 0], images
    )


def test_that_a_dark_validation_set_is_scaled_as_the_training_set_is(tmp_path: Path) -> None:
    dark = np.ones((10, 28, 28), np.uint8)
    assert load(tmp_path, x_test=dark).x_validation.max() == pytest.approx(1 / 255)


def test_that_a_channel_axis_is_taken(tmp_path: Path) -> None:
    own = arrays()
    loaded = load(tmp_path, x_train=own["x_train"][..., None], x_test=own["x_test"][..., None])
    np.testing.assert_array_equal(loaded.x_train, load(tmp_path).x_train)


def huge(value: float) -> Any:
    images = np.zeros((20, 28, 28))
    images[3, 4, 5] = value
    return images


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"x_train": np.zeros((20, 32, 32))}, "20 × 32 × 32, expected n × 28 × 28 images"),
        ({"x_train": np.zeros((20, 28, 28, 3))}, "20 × 28 × 28 × 3, expected n × 28 × 28 images"),
        ({"x_train": np.zeros((20, 784))}, "x_train has the shape 20 × 784, expected"),
        ({"x_test": np.float64(3)}, "x_test has the shape of a single number, expected"),
        ({"x_train": np.zeros((0, 28, 28)), "y_train": np.zeros(0, int)}, "x_train is empty"),
        ({"x_test": np.zeros((0, 28, 28)), "y_test": np.zeros(0, int)}, "x_test is empty"),
        ({"x_train": huge(np.nan)}, "x_train has values that are NaN"),
        ({"x_train": huge(np.inf)}, "x_train has values that are NaN, infinite"),
        ({"x_train": huge(1e300)}, "too large for float32"),
        ({"x_train": np.zeros((20, 28, 28), complex)}, "x_train holds complex128, expected"),
        ({"x_train": np.full((20, 28, 28), "a")}, "x_train holds <U1, expected numbers"),
        ({"x_train": np.full((20, 28, 28), {}, object)}, "x_train holds Python objects, expected"),
        ({"y_train": np.zeros(19, int)}, "y_train has the shape 19, expected one label for each"),
        ({"y_train": np.zeros((20, 10), int)}, "y_train has the shape 20 × 10, expected one label"),
        ({"y_train": np.zeros(20)}, "y_train holds float64, expected whole numbers"),
        ({"y_test": np.full(10, 10)}, "y_test has the label 10, expected 0 to 9"),
        ({"y_test": np.full(10, -1)}, "y_test has the label -1, expected 0 to 9"),
        ({"y_train": np.full(20, 3)}, "y_train holds nothing but 3: there is nothing to learn"),
        ({"x_train": np.zeros((20, 28, 28))}, "x_train holds nothing but 0.0: there is nothing"),
    ],
)
def test_that_arrays_that_do_not_fit_are_told(
    tmp_path: Path, other: dict[str, Any], expected: str
) -> None:
    path = tmp_path / "own.npz"
    np.savez(path, **arrays(**other))
    assert expected in fault(path)


def test_that_a_missing_file_is_told(tmp_path: Path) -> None:
    assert fault(tmp_path / "none.npz") == "cannot be read: No such file or directory"


def test_that_a_folder_is_told(tmp_path: Path) -> None:
    assert fault(tmp_path) == "is a folder, expected an .npz file"


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"P"])
def test_that_a_file_of_another_kind_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.npz"
    path.write_bytes(content)
    assert fault(path) == "is not an .npz file (a zip archive of arrays)"


def test_that_a_file_that_was_not_copied_to_its_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez(path, **arrays())
    path.write_bytes(path.read_bytes()[:-100])
    assert fault(path) == "is a damaged .npz file: its end is missing"


def test_that_arrays_larger_than_the_memory_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.npz"
    np.savez_compressed(path, **arrays(x_train=np.zeros((20_000, 28, 28))))
    assert path.stat().st_size < 1 << 20
    gib = 1 << 30
    memory = host.HostMemory(total_bytes=2 * gib, free_bytes=gib // 10, own_bytes=None)
    monkeypatch.setattr(host, "memory_now", lambda: memory)
    assert fault(path) == "holds 0.1 GiB of arrays, and 0.1 GiB of memory are free"


def test_that_a_single_array_is_no_data_set(tmp_path: Path) -> None:
    path = tmp_path / "own.npy"
    np.save(path, np.zeros(3))
    assert fault(path) == "is not an .npz file (a zip archive of arrays)"


def test_that_missing_arrays_are_told_with_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez(path, x_train=np.zeros(1), images=np.zeros(1))
    assert fault(path) == "has no y_train, x_test, y_test; it has: x_train, images"


def test_that_members_that_are_no_arrays_are_told(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w") as written:
        for name in archive.ARRAYS:
            written.writestr(name, b"text")
    assert "x_train holds raw bytes, expected numbers" in fault(path)


def test_that_a_cut_off_array_is_told(tmp_path: Path) -> None:
    whole = io.BytesIO()
    np.save(whole, arrays()["x_train"])
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w") as written:
        for name in archive.ARRAYS:
            written.writestr(f"{name}.npy", whole.getvalue()[:300])
    assert "x_train is damaged" in fault(path)


def test_that_a_flipped_bit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez_compressed(path, **arrays())
    content = bytearray(path.read_bytes())
    content[2000] ^= 0x10
    path.write_bytes(content)
    assert "x_train is damaged" in fault(path)
