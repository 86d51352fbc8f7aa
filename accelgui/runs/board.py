"""TensorBoard as a process of its own, listening on this machine alone."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.runs import launch
from accelgui.runs.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MODULE = "tensorboard.main"
_URL = re.compile(rb"https?://\S+")
_NOT_INSTALLED = re.compile(rb"No module named '?tensorboard")

_TICK_S = 0.2
_END_S = 2.0

# It imports TensorFlow where there is one, which takes its time on a cold disk.
_START_S = 60.0


@dataclass(frozen=True)
class BoardEnding:
    """Why there is no TensorBoard: it is not installed, or what it said last."""

    is_not_installed: bool
    message: str = ""


def serve(
    folder: Path,
    python: str,
    on_url: Callable[[str], None],
    is_over: Callable[[], bool],
) -> BoardEnding | None:
    """Show the runs below a folder until `is_over`; returns why it ended before, or did not begin.

    `on_url` gets the address, of the loopback interface, when it listens. Call it on a thread that
    may wait: the process ends with that thread, whatever becomes of the window.
    """
    try:
        process = _start(folder, python)
    except OSError as error:
        return BoardEnding(is_not_installed=False, message=error.strerror or str(error))
    assert process.stderr is not None
    lines = Lines(process.stderr)
    try:
        return _follow(lines, on_url, is_over)
    finally:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        lines.drain()
        process.stderr.close()


def _start(folder: Path, python: str) -> subprocess.Popen[bytes]:
    options = ["--logdir", str(folder), "--host", "127.0.0.1", "--port", "0"]
    # The fast reader is a second process with a port of its own.
    options += ["--load_fast", "false", "--reload_interval", "5"]
    return subprocess.Popen(
        launch.guarded([python, "-m", _MODULE, *options]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={
            **launch.environment_of(python),
            # It looks at files only: the devices are for the runs.
            "CUDA_VISIBLE_DEVICES": "-1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        cwd=os.path.expanduser("~"),  # noqa: PTH111 - "~" itself where there is no home.
    )


def _follow(
    lines: Lines, on_url: Callable[[str], None], is_over: Callable[[], bool]
) -> BoardEnding | None:
    is_not_installed, is_served = False, False
    last, waited_s = b"", 0.0
    while not is_over():
        line = lines.next(_TICK_S)
        if line is None:
            return BoardEnding(is_not_installed, last.decode(errors="replace").strip())
        waited_s += 0.0 if line else _TICK_S
        if not is_served and waited_s > _START_S:
            return BoardEnding(is_not_installed=False, message=f"no answer within {_START_S:g} s")
        last = line.strip() or last
        is_not_installed = is_not_installed or bool(_NOT_INSTALLED.search(line))
        if not is_served and b"TensorBoard" in line and (found := _URL.search(line)):
            is_served = True
            on_url(found[0].decode())
    return None
