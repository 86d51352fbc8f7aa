"""Whether a window can be opened is known before Qt would abort over it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from accelgui.gui.display import NoWindow, missing_libraries, reason_for_no_window
from accelgui.words import window

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux loader and X11")


def test_that_no_display_is_a_reason() -> None:
    assert reason_for_no_window({}) == NoWindow()


def test_that_a_display_that_does_not_answer_is_a_reason() -> None:
    assert reason_for_no_window({"DISPLAY": ":4711"}) == NoWindow(display=":4711")


def test_that_a_wayland_socket_that_does_not_answer_is_a_reason(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    reason = reason_for_no_window(environment)
    # Where the Wayland libraries are not installed, they are the reason that comes first.
    assert reason is not None
    assert reason.libraries or reason.display == str(tmp_path / "wayland-7")


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600"])
def test_that_a_platform_without_a_display_needs_none(platform: str) -> None:
    assert reason_for_no_window({"QT_QPA_PLATFORM": platform}) is None


def test_that_every_missing_library_is_told_at_once() -> None:
    needed = {
        "libnothing.so.1": ("libnothing1", "nothing"),
        "libc.so.6": ("libc6", "glibc"),
        "libnowhere.so.2": ("libnowhere2", "nowhere"),
    }
    assert missing_libraries(needed) == {
        "libnothing.so.1": ("libnothing1", "nothing"),
        "libnowhere.so.2": ("libnowhere2", "nowhere"),
    }


def test_that_the_package_to_install_is_named() -> None:
    text = window.no_window(None, ["libxcb-cursor.so.0"], ["libxcb-cursor0"])
    assert "libxcb-cursor.so.0" in text
    assert text.endswith("install libxcb-cursor0")
