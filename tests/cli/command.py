"""The installed command, run as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCELGUI = Path(sys.executable).parent / "accelgui"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    notes: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it is an error here."""
        return json.loads(self.out, parse_constant=_not_json)


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of this process, with folders of its own."""
    folders = {f"XDG_{name}_HOME": str(folder / name) for name in ("STATE", "CONFIG", "DATA")}
    return {**os.environ, "LC_ALL": "C.UTF-8", **folders, **variables}


def run(folder: Path, *arguments: str, **variables: str) -> Ran:
    """Run accelgui to its end."""
    ended = subprocess.run(
        [ACCELGUI, *arguments],
        env=environment(folder, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def start(
    folder: Path, *arguments: str, stdout: Any = subprocess.PIPE, **variables: str
) -> subprocess.Popen[str]:
    """Start accelgui with pipes."""
    return subprocess.Popen(
        [ACCELGUI, *arguments],
        env=environment(folder, **variables),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _not_json(text: str) -> None:
    raise AssertionError(f"{text} is not JSON")
