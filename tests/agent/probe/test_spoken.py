"""What goes to stderr is read back, and still gets to where stderr goes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from accelgui.runs.launch import PACKAGE_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = f"""
import os, sys
sys.path.insert(0, {str(PACKAGE_FOLDER.parent)!r})
sys.stderr.write("before\\n")
from accelgui.agent.probe.spoken import Spoken
spoken = Spoken()
print("from Python", file=sys.stderr)
os.write(2, b"from native code\\n\\n  \\nnot \\xff text\\n")
os.system("echo from a child >&2")
print(spoken.lines(10))
print(spoken.lines(1))
spoken.close()
sys.stderr.write("after\\n")
"""
READ_BACK = ("from Python", "from native code", "not \ufffd text", "from a child")


def check_told(told: str) -> None:
    assert told.splitlines() == [repr(READ_BACK), repr(READ_BACK[-1:])]


def check_passed_on(text: bytes) -> None:
    lines = [line for line in text.decode(errors="replace").splitlines() if line.strip()]
    assert lines == ["before", *READ_BACK, "after"]


def test_that_a_log_file_gets_all_of_it(tmp_path: Path) -> None:
    with (tmp_path / "run.log").open("wb") as log:
        ended = subprocess.run(
            [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=log, check=True
        )
    check_told(ended.stdout.decode())
    check_passed_on((tmp_path / "run.log").read_bytes())


def test_that_a_pipe_gets_all_of_it() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    check_told(ended.stdout.decode())
    check_passed_on(ended.stderr)
