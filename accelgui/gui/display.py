"""Whether a window can be opened here, asked before Qt is loaded: Qt itself would abort."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What the Qt libraries of PySide6-Essentials ask of the system on Linux (objdump -p, NEEDED), with
# the package that holds it in Debian and Ubuntu, and in Fedora.
_LIBRARIES = {
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
}
_X11_LIBRARIES = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
_WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
}
_WITHOUT_DISPLAY = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs", "vkkhrdisplay")


@dataclass(frozen=True)
class NoWindow:
    """Why there can be no window: no display, one that does not answer, or libraries that lack.

    `display` is the display that was asked for; `libraries` and `packages` what to install.
    """

    display: str | None = None
    libraries: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


def reason_for_no_window(environment: Mapping[str, str] = os.environ) -> NoWindow | None:
    """Say why no window can be opened, None where one can be."""
    if sys.platform != "linux":
        return None
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    wayland = _wayland_socket(environment)
    display = environment.get("DISPLAY")
    needed = dict(_LIBRARIES)
    if platform not in _WITHOUT_DISPLAY:
        if not display and not wayland:
            return NoWindow()
        needed |= _X11_LIBRARIES if display else _WAYLAND_LIBRARIES
    if missing := missing_libraries(needed):
        return _lacking(missing)
    if platform in _WITHOUT_DISPLAY or (wayland and _socket_answers(wayland)):
        return None
    return None if display and _x11_answers(display) else NoWindow(display=display or str(wayland))


def missing_libraries(
    needed: Mapping[str, tuple[str, str]], load: Callable[[str], object] = ctypes.CDLL
) -> dict[str, tuple[str, str]]:
    """Return those of the needed libraries that the loader does not find."""
    missing = {}
    for name, packages in needed.items():
        try:
            load(name)
        except OSError:
            missing[name] = packages
    return missing


def _lacking(missing: Mapping[str, tuple[str, str]]) -> NoWindow:
    uses_rpm = Path("/etc/redhat-release").exists() or Path("/etc/fedora-release").exists()
    packages = {names[1 if uses_rpm else 0] for names in missing.values()}
    return NoWindow(libraries=tuple(missing), packages=tuple(sorted(packages)))


def _wayland_socket(environment: Mapping[str, str]) -> Path | None:
    name = environment.get("WAYLAND_DISPLAY")
    if not name:
        return None
    return Path(environment.get("XDG_RUNTIME_DIR", "/")) / name


def _socket_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True


def _x11_answers(display: str) -> bool:
    """Open and close a connection as Qt will, access control included."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    has_error = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not has_error
