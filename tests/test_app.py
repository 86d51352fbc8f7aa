"""The installed program, where there is no window to open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ACCELGUI = Path(sys.executable).with_name("accelgui")


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    environment.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [ACCELGUI, *arguments],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_that_without_a_display_the_verdict_comes_in_the_terminal() -> None:
    # A Python without TensorFlow answers sooner, and the verdict is the machine's all the same.
    ended = run("--python", "/usr/bin/python3")
    assert "No window: there is no display" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert "Acceleration chain" in ended.stdout
    assert ended.returncode == 2


def test_that_the_version_is_told() -> None:
    ended = run("--version")
    assert ended.stdout.startswith("accelgui 0.")
    assert ended.returncode == 0


def test_that_the_window_starts_without_a_framework_or_a_page_of_plots() -> None:
    code = (
        "import sys, accelgui.gui.application\n"
        "heavy = {'tensorflow', 'torch', 'jax', 'keras', 'pyqtgraph', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "package",
    [
        "agent.commands",
        "cli",
        "diagnosis",
        "history",
        "metrics",
        "model",
        "runs.check",
        "settings",
        "telemetry.alerts",
        "words",
    ],
)
def test_that_a_package_without_qt_in_its_name_brings_no_qt(package: str) -> None:
    code = (
        f"import sys, accelgui.{package}\n"
        "sys.exit(any(name.startswith(('PySide6', 'shiboken6')) for name in sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False)
    assert ended.returncode == 0
