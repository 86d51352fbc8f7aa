"""The agent starts in whatever Python there is and keeps its stream clean."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from accelgui.model.events import Hello, decode
from accelgui.runs.launch import AGENT, PACKAGE_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = (3, 9)
SOURCES = [*(PACKAGE_FOLDER / "agent").rglob("*.py"), *(PACKAGE_FOLDER / "model").rglob("*.py")]


def runs(python: str | None) -> bool:
    """Whether this interpreter is there and starts (a shim of pyenv may be there and not)."""
    if python is None:
        return False
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def fake_jax(folder: Path, code: str) -> None:
    """Make a package named jax that does `code` when it is imported."""
    (folder / "jax").mkdir()
    (folder / "jax" / "__init__.py").write_text(code)


def look_at_jax(folder: Path) -> bytes:
    """Have the agent import jax from `folder`; returns its stdout."""
    return subprocess.run(
        [sys.executable, str(AGENT), "framework", json.dumps({"framework": "jax"})],
        input=b"",
        capture_output=True,
        check=False,
        timeout=60,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
    ).stdout


PYTHONS = [
    path
    for minor in range(OLDEST[1], 15)
    if runs(path := shutil.which(f"python3.{minor}")) and path is not None
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE_FOLDER)))
def test_that_the_agent_is_written_for_old_pythons(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=OLDEST)


@pytest.mark.parametrize("python", [sys.executable, *PYTHONS])
def test_that_it_greets_from_any_python_and_leaves_its_path_alone(python: str) -> None:
    ended = subprocess.run(
        [python, "-u", str(AGENT), "framework", json.dumps({"framework": "jax"})],
        input=b"",
        capture_output=True,
        check=False,
        timeout=60,
    )
    hello = decode(ended.stdout.splitlines()[0].decode())
    assert isinstance(hello, Hello), ended.stderr
    assert hello.python.executable


def test_that_our_folders_do_not_reach_the_examined_python(tmp_path: Path) -> None:
    told = tmp_path / "told"
    fake_jax(
        tmp_path, f"import pathlib, sys\npathlib.Path({str(told)!r}).write_text(repr(sys.path))\n"
    )
    look_at_jax(tmp_path)
    path = ast.literal_eval(told.read_text())
    assert str(AGENT) not in path
    assert str(PACKAGE_FOLDER) not in path


def test_that_misuse_is_told_with_64() -> None:
    ended = subprocess.run(
        [sys.executable, str(AGENT), "dance"], capture_output=True, check=False, timeout=60
    )
    assert ended.returncode == 64
    assert ended.stdout == b""


def test_that_nothing_but_events_comes_on_stdout(tmp_path: Path) -> None:
    fake_jax(
        tmp_path,
        "import os\n"
        "print('from Python')\n"
        "os.write(1, b'from C\\n')\n"
        "os.system('echo from a child')\n",
    )
    stdout = look_at_jax(tmp_path)
    events = [decode(line.decode()) for line in stdout.splitlines()]
    assert isinstance(events[0], Hello)
    assert b"from" not in stdout
