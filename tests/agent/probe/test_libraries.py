from __future__ import annotations

import re
import shutil
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest

from accelgui.agent.probe import loader_cache
from accelgui.agent.probe.files import Files
from accelgui.agent.probe.libraries import look_at_libraries

if TYPE_CHECKING:
    from pathlib import Path

    from standins.machines import MachineTree

    from accelgui.model.snapshot import Library

LIBRARIES = "usr/lib/x86_64-linux-gnu"


def told(libraries: tuple[Library, ...]) -> list[tuple[str, str, str, str | None]]:
    return [(lib.name, lib.path, lib.origin, lib.version) for lib in libraries]


def libraries_of(tree: MachineTree) -> list[tuple[str, str, str, str | None]]:
    return told(look_at_libraries(Files(str(tree.root))))


def test_that_a_library_and_its_links_are_one(machine_tree: MachineTree) -> None:
    machine_tree.library(f"{LIBRARIES}/libcuda.so.580.65.06", links=("libcuda.so.1", "libcuda.so"))

    assert libraries_of(machine_tree) == [
        ("libcuda.so.1", f"/{LIBRARIES}/libcuda.so.1", "ldconfig", "580.65.06")
    ]


def test_that_a_toolkits_folder_is_looked_into_whatever_its_version(
    machine_tree: MachineTree,
) -> None:
    machine_tree.library("usr/local/cuda-12.4/compat/libcuda.so.550.54", links=("libcuda.so.1",))
    (machine_tree.root / "usr/local/cuda").symlink_to("cuda-12.4")

    assert libraries_of(machine_tree) == [
        ("libcuda.so.1", "/usr/local/cuda/compat/libcuda.so.1", "path", "550.54")
    ]


def test_that_merged_library_folders_do_not_show_a_library_twice(
    machine_tree: MachineTree,
) -> None:
    machine_tree.library(f"{LIBRARIES}/libcudart.so.12.9.79", links=("libcudart.so.12",))
    (machine_tree.root / "lib").symlink_to("usr/lib")

    assert len(libraries_of(machine_tree)) == 1


def test_that_a_library_in_a_folder_that_nobody_searches_says_so(
    machine_tree: MachineTree,
) -> None:
    machine_tree.library("usr/lib/wsl/lib/libcuda.so.1")

    assert libraries_of(machine_tree) == [
        ("libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1", "path", "1")
    ]


def test_that_other_libraries_are_left_out(machine_tree: MachineTree) -> None:
    machine_tree.library(f"{LIBRARIES}/libcudadebugger.so.1").library(f"{LIBRARIES}/libc.so.6")

    assert libraries_of(machine_tree) == []


def test_that_the_loaders_path_stands_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libcudnn.so.8.9.7").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", f":{tmp_path}:/nowhere")

    found = [row for row in told(look_at_libraries(Files())) if row[0].startswith("libcudnn")]

    assert found[0] == (
        "libcudnn.so.8.9.7",
        str(tmp_path / "libcudnn.so.8.9.7"),
        "LD_LIBRARY_PATH",
        "8.9.7",
    )


def test_that_without_a_cache_the_loaders_configuration_counts(machine_tree: MachineTree) -> None:
    machine_tree.library("usr/lib/wsl/lib/libcuda.so.1")
    machine_tree.library("opt/other/libcudart.so.12")
    machine_tree.write("etc/ld.so.conf.d/ld.wsl.conf", "# Windows\n/usr/lib/wsl/lib\n")

    assert libraries_of(machine_tree) == [
        ("libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1", "ldconfig", "1")
    ]


def test_that_the_loaders_cache_is_read_as_ldconfig_reads_it() -> None:
    ldconfig = shutil.which("ldconfig", path="/sbin:/usr/sbin:/bin:/usr/bin")
    paths = loader_cache.library_paths(Files())
    if ldconfig is None or paths is None:
        pytest.skip("this system has no loader cache")

    listed = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=True)

    assert paths == re.findall(r"=> (\S+)$", listed.stdout, re.MULTILINE)


def test_that_a_library_in_the_cache_is_found_by_the_loader(machine_tree: MachineTree) -> None:
    machine_tree.library("opt/cuda/lib/libcudart.so.12.9.79", links=("libcudart.so.12",))
    write_cache(machine_tree, "/opt/cuda/lib/libcudart.so.12")

    assert libraries_of(machine_tree) == [
        ("libcudart.so.12", "/opt/cuda/lib/libcudart.so.12", "ldconfig", "12.9.79")
    ]


@pytest.mark.parametrize("length", [0, 10, 40, 60])
def test_that_a_cache_that_is_cut_off_is_as_good_as_none(
    machine_tree: MachineTree, length: int
) -> None:
    write_cache(machine_tree, "/opt/cuda/lib/libcudart.so.12")
    cache = machine_tree.root / "etc/ld.so.cache"
    cache.write_bytes(cache.read_bytes()[:length])

    assert libraries_of(machine_tree) == []


def write_cache(tree: MachineTree, path: str) -> None:
    header, entry = 48, 24
    strings = b"name\0" + path.encode() + b"\0"
    at = header + entry
    data = struct.pack("=20s2IB3x4I", b"glibc-ld.so.cache1.1", 1, len(strings), 2, 0, 0, 0, 0)
    data += struct.pack("=i3IQ", 0x0303, at, at + 5, 0, 0) + strings
    (tree.root / "etc/ld.so.cache").write_bytes(data)
