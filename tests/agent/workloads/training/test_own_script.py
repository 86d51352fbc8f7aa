"""A person's file as it is read, before any framework has to do with it."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accelgui import agent
from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training.blame import Blame
from accelgui.agent.workloads.training.own_script import OwnScript
from accelgui.model.requests import TrainingRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """A file runs as if it had been started; here others follow it."""
    path, arguments, modules = list(sys.path), sys.argv, set(sys.modules)
    yield
    sys.path[:], sys.argv = path, arguments
    for name in set(sys.modules) - modules:
        if name in {"model", "neighbour", "own_model"}:
            del sys.modules[name]


def fault(folder: Path, content: str | bytes) -> InputError:
    file = folder / "model.py"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        OwnScript(str(file))
    return caught.value


@pytest.mark.parametrize(
    ("content", "code", "line", "text"),
    [
        ("import os\ndef f(:\n    pass\n", "own_model_raised", "2", "def f(:"),
        ("\n\nx = 1 / 0\n", "own_model_raised", "3", "x = 1 / 0"),
        ("import sys\nsys.exit('enough')\n", "own_model_exited", "2", "sys.exit('enough')"),
        ("raise KeyboardInterrupt\n", "own_model_raised", "1", "raise KeyboardInterrupt"),
        ("import no_such_thing\n", "own_model_lacks_module", "1", "import no_such_thing"),
        ("def f():\n    f()\nf()\n", "own_model_raised", "2", "f()"),
    ],
)
def test_that_a_file_that_fails_is_told_by_its_line(
    content: str, code: str, line: str, text: str, tmp_path: Path
) -> None:
    error = fault(tmp_path, content)
    assert error.code == code
    assert (error.parameters["line"], error.parameters["text"]) == (line, text)
    assert str(error).startswith(f"model.py, line {line}: ")


def test_that_a_neighbour_of_the_file_is_named_where_the_fault_is_there(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("import os\nvalue = {}['missing']\n")
    error = fault(tmp_path, "import neighbour\n")
    assert error.parameters["file"] == str(tmp_path / "neighbour.py")
    assert error.parameters["line"] == "2"


@pytest.mark.parametrize("content", [b"\0", b"\xff\xfe", "# coding: klingon\n"])
def test_that_a_file_that_is_no_python_is_told_in_one_line(
    content: str | bytes, tmp_path: Path
) -> None:
    error = fault(tmp_path, content)
    assert error.code == "own_model_raised"
    assert "\n" not in str(error)


def test_that_a_message_of_many_lines_or_control_characters_becomes_one(tmp_path: Path) -> None:
    error = fault(tmp_path, "raise ValueError('\\x1b[2J\\x07one ' + 'x' * 1000)\n")
    assert str(error).isprintable()
    assert len(str(error)) < 600


def test_that_a_file_without_build_model_is_told(tmp_path: Path) -> None:
    assert fault(tmp_path, "x = 1\n").code == "own_model_has_no_build_model"


def test_that_what_follows_a_main_guard_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(
        "def build_model(): pass\nif __name__ == '__main__':\n    raise SystemExit\n"
    )
    OwnScript(str(tmp_path / "model.py"))


@pytest.mark.parametrize(
    ("returned", "problem"),
    [
        ("None", "returned None"),
        ("([1.0], [0])", "returned tuple of 2"),
        ("5", "returned int, expected"),
        ("([[1.0]], [0], [[1.0]], [0, 1])", "gave y_val of shape (2,), expected 1 labels"),
        ("([[1.0]], [0.5], [[1.0]], [0])", "gave y_train of float64, expected whole numbers"),
        ("([[1.0]], [-1], [[1.0]], [0])", "gave y_train with the label -1"),
        ("([['a']], [0], [[1.0]], [0])", "gave x_train of <U1, expected numbers"),
        ("([[1.0]], [0], [[1.0, 2.0]], [0])", "different shapes to train and to validate"),
        ("([], [], [], [])", "n above 0"),
    ],
)
def test_that_data_that_cannot_be_are_told(returned: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(f"def build_model(): pass\ndef load_data():\n    return {returned}\n")
    with pytest.raises(InputError) as caught:
        OwnScript(str(file)).images(TrainingRequest(script_path=str(file)))
    assert problem in str(caught.value)
    assert caught.value.parameters["line"] == "2"


@pytest.mark.parametrize("rate", ["'fast'", "0", "-1", "float('nan')", "True"])
@pytest.mark.parametrize("assigned", ["learning_rate = ", "learning_rate=", "learning_rate: int="])
def test_that_a_learning_rate_has_to_be_one(rate: str, assigned: str, tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(f"def build_model(): pass\n{assigned}{rate}\n")
    with pytest.raises(InputError, match="expected a number above 0") as caught:
        _ = OwnScript(str(file)).learning_rate
    assert caught.value.parameters["line"] == "2"


def test_that_python_and_we_are_nobodys_own_where_they_lie_below_the_file() -> None:
    blame = Blame(Path("/model.py"))
    for path, is_own in (
        ("/model.py", True),
        ("/neighbour.py", True),
        (traceback.__file__, False),
        (agent.__file__, False),
        ("/__autograph_generated_filex1.py", False),
    ):
        error = ValueError(f'File "{path}", line 3')
        assert (blame.place(error) is not None) is is_own
