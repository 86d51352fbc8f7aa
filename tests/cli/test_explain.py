"""``accelgui explain`` as a person runs it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli.command import ACCELGUI, environment, run
from diagnosis.logs.corpus_of_logs import FOLDER
from diagnosis.logs.texts import KINDS

if TYPE_CHECKING:
    from pathlib import Path


def piped(folder: Path, data: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [ACCELGUI, "explain", *arguments],
        env=environment(folder),
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_that_a_log_names_its_cause_lines_and_remedy(tmp_path: Path) -> None:
    ran = run(tmp_path, "explain", str(FOLDER / "upgraded.log"))
    assert ran.code == 2
    assert "The driver was updated, but the old one is still loaded" in ran.out.splitlines()[0]
    assert "upgraded.log:2:" in ran.out
    assert "sudo reboot" in ran.out


def test_that_the_document_has_what_scripts_rely_on(tmp_path: Path) -> None:
    ran = run(tmp_path, "explain", str(FOLDER / "oom.log"), "--json")
    assert set(ran.document) == {"schema", "findings", "coverage"}
    first = ran.document["findings"][0]
    assert first["code"] == "gpu_out_of_memory"
    assert first["evidence"][0]["line"] == 1
    assert {"severity", "title", "cause", "remedy", "link", "confidence"} <= set(first)
    assert ran.document["coverage"] == {
        "line_count": 1,
        "read_bytes": (FOLDER / "oom.log").stat().st_size,
        "total_bytes": (FOLDER / "oom.log").stat().st_size,
        "passed_over_count": 0,
        "is_text": True,
    }
    assert ran.code == 2


def test_that_what_was_not_read_is_said(tmp_path: Path) -> None:
    assert "passed over" not in run(tmp_path, "explain", str(FOLDER / "oom.log")).out
    ran = piped(tmp_path, KINDS["needles in lines"](1_000_000))
    assert b"were passed over." in ran.stdout


def test_that_a_device_without_end_is_left_in_time(tmp_path: Path) -> None:
    ran = run(tmp_path, "explain", "/dev/zero")
    assert ran.code == 0
    assert "Read the first 192.0 MiB." in " ".join(ran.out.split())


@pytest.mark.parametrize("arguments", [(), ("-",)], ids=["no file", "a dash"])
def test_that_a_log_may_be_piped(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = piped(tmp_path, (FOLDER / "arch.log").read_bytes(), *arguments, "--json")
    found = json.loads(ran.stdout)["findings"][0]
    assert found["code"] == "gpu_arch_not_in_build"
    assert found["evidence"][0]["source"] == "stdin"


def test_that_noise_is_good_news(tmp_path: Path) -> None:
    ran = run(tmp_path, "explain", str(FOLDER / "benign_mix.log"))
    assert ran.code == 0
    assert ran.out.startswith("Nothing here says that something is broken.")
    assert "Harmless" in ran.out


def test_that_a_text_about_nothing_is_told_so(tmp_path: Path) -> None:
    ran = piped(tmp_path, b"The meeting is on Monday.")
    assert ran.returncode == 0
    assert ran.stdout.startswith(b"Nothing here says that something is broken.")


def test_that_what_only_slows_down_is_a_warning(tmp_path: Path) -> None:
    assert run(tmp_path, "explain", str(FOLDER / "thermal.log")).code == 1


@pytest.mark.parametrize("name", ["missing.log", "."], ids=["no such file", "a folder"])
def test_that_what_cannot_be_read_gets_one_line(tmp_path: Path, name: str) -> None:
    ran = run(tmp_path, "explain", str(tmp_path / name))
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.notes.splitlines()) == 1
    assert "cannot be read" in ran.notes


def test_that_two_files_are_a_usage_error(tmp_path: Path) -> None:
    assert run(tmp_path, "explain", "one.log", "two.log").code == 64


def test_that_nothing_of_this_machine_enters(tmp_path: Path) -> None:
    log = FOLDER / "module_not_loaded.log"
    hidden = run(tmp_path, "explain", str(log), "--json", CUDA_VISIBLE_DEVICES="-1")
    assert hidden.out == run(tmp_path, "explain", str(log), "--json").out
