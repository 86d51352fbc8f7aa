from __future__ import annotations

import os
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from accelgui.agent.probe.files import Files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(str(tmp_path))


def test_that_what_is_absent_is_told_and_not_raised(files: Files) -> None:
    assert files.text("/proc/nothing") is None
    assert files.number("/proc/nothing") is None
    assert files.names("/nowhere") == []
    assert files.link_name("/nowhere") is None
    assert files.node("/dev/nvidia0") is None
    assert not files.exists("/nowhere")


def test_that_numbers_may_be_decimal_or_hexadecimal(files: Files, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("42\n")
    (tmp_path / "b").write_text("0x10de\n")
    (tmp_path / "c").write_text("max\n")

    assert [files.number(path) for path in ("/a", "/b", "/c")] == [42, 0x10DE, None]


def test_that_numbers_in_names_sort_as_numbers(files: Files, tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    for name in ("nvidia10", "nvidia2", "nvidiactl"):
        (tmp_path / "dev" / name).touch()

    assert files.names("/dev") == ["nvidiactl", "nvidia2", "nvidia10"]
    assert files.glob("/dev", "nvidia[0-9]*") == ["/dev/nvidia2", "/dev/nvidia10"]


def test_that_an_absolute_link_is_followed_inside_the_root(files: Files, tmp_path: Path) -> None:
    (tmp_path / "etc/alternatives").mkdir(parents=True)
    (tmp_path / "etc/alternatives/libcuda.so.580.1").touch()
    (tmp_path / "usr").mkdir()
    (tmp_path / "usr/lib").symlink_to("/etc/alternatives")
    (tmp_path / "usr/libcuda.so.1").symlink_to("lib/libcuda.so.580.1")

    assert files.real_path("/usr/libcuda.so.1") == "/etc/alternatives/libcuda.so.580.1"
    assert files.exists("/usr/libcuda.so.1")


def test_that_no_link_leads_out_of_the_root(files: Files, tmp_path: Path) -> None:
    (tmp_path / "escape").symlink_to("../../../../etc/hostname")

    assert files.real_path("/escape") == "/etc/hostname"
    assert files.text("/escape") is None


def test_that_links_in_a_circle_end(files: Files, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    assert not files.exists("/a")
    assert files.text("/a") is None


def test_that_a_node_tells_its_mode_and_owner(files: Files, tmp_path: Path) -> None:
    node = tmp_path / "nvidia0"
    node.touch()
    node.chmod(0o640)

    told = files.node("/nvidia0")

    assert told is not None
    assert told.mode == "0640"
    assert told.owner == node.owner()
    assert told.group == node.group()


def test_that_a_pipe_in_a_tree_is_not_waited_for(files: Files, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "os-release")
    assert files.data("/os-release") is None


def test_that_a_driver_which_does_not_answer_is_left_and_told(tmp_path: Path) -> None:
    silent, sound = tmp_path / "version", tmp_path / "params"
    os.mkfifo(silent)
    sound.write_text("here")
    live = Files(answered_by_drivers=(str(tmp_path),), limit_s=0.2)
    assert live.text(str(sound)) == "here"
    assert live.data(str(silent)) is None
    assert live.silent == [str(silent)]
    # Whoever does not answer once is not asked for anything else.
    assert live.text(str(sound)) is None
    assert live.silent == [str(silent)]
    silent.write_bytes(b"")


def test_that_a_chain_of_links_without_end_is_absent_and_leads_nowhere(
    files: Files, tmp_path: Path
) -> None:
    for number in range(60):
        (tmp_path / f"link{number}").symlink_to(f"/link{number + 1}")
    (tmp_path / "link60").symlink_to("/etc/hostname")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "round").symlink_to("/round/round")

    for path in ("/link0", "/loop", "/round", "/round/x"):
        assert files.text(path) is None, path
        assert files.names(path) == [], path
        assert not files.exists(path), path
        assert files.node(path) is None, path
        assert files.real_path(path) == path


def test_that_pipes_and_folders_are_not_read(files: Files, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()

    for path in ("/pipe", "/folder"):
        assert files.data(path) is None
        assert files.end(path, 10) is None


def test_that_of_a_giant_only_a_part_is_read(files: Files, tmp_path: Path) -> None:
    with (tmp_path / "giant").open("wb") as file:
        file.write(b"begins")
        file.seek(1 << 40)
        file.write(b"ends")

    text, end = files.text("/giant"), files.end("/giant", 4)
    assert text is not None
    assert text.startswith("begins")
    assert len(text) <= 4 << 20
    assert end == b"ends"


def test_that_a_small_file_takes_little_memory_to_read(tmp_path: Path) -> None:
    (tmp_path / "statm").write_text("1 2 3")
    files = Files(str(tmp_path))
    files.text("/statm")
    tracemalloc.start()
    assert files.text("/statm") == "1 2 3"
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Files are looked at when memory has run out, too.
    assert most_bytes < 256 << 10


def test_that_of_a_giant_the_first_bytes_are_read(tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    (tmp_path / "giant").write_bytes(content)
    assert Files(str(tmp_path)).data("/giant", 200_000) == content[:200_000]
    assert Files(str(tmp_path)).data("/giant") == content
