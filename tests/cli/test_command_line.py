"""What a person may type, and what they get for it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
from cli.command import ACCELGUI, environment, run

from accelgui import __version__, cli
from accelgui.cli.layout import columns, wrapped
from accelgui.runs.logs import log_folder

if TYPE_CHECKING:
    from pathlib import Path

    from standins.machines import MachineTree

USAGE_ERRORS = {
    "an unknown command": ["bogus"],
    "an unknown option": ["check", "--frobnicate"],
    "an unknown framework": ["check", "--framework", "caffe"],
    "a device without number": ["check", "--device", "gpu"],
    "a device with digits of another script": ["check", "--device", "gpu:٣"],
    "batch size 0": ["train", "--batch-size", "0"],
    "a negative batch size": ["train", "--batch-size", "-1"],
    "a batch size that is no number": ["train", "--batch-size", "many"],
    "a batch size beyond all bounds": ["train", "--batch-size", "9" * 5000],
    "no epochs": ["train", "--epochs", "0"],
    "half an epoch": ["train", "--epochs", "0.5"],
    "a negative seed": ["precision", "--seed", "-1"],
    "a soak of no time": ["precision", "--level", "soak", "--duration", "0"],
    "more memory than there is": ["precision", "--memory-share", "2"],
    "a seed of more than 32 bits": ["precision", "--seed", "4294967296"],
    "no time at all": ["check", "--timeout", "0"],
    "all the time in the world": ["check", "--timeout", "inf"],
    "a time that is not a number": ["check", "--timeout", "nan"],
    "an unknown language": ["check", "--language", "tlh"],
    "two forms of JSON": ["train", "--json", "--json-lines"],
    "an abbreviation": ["train", "--batch", "3"],
    "a missing value": ["check", "--python"],
}

BAD_INPUTS = {
    "a missing interpreter": (["check", "--python", "/nope/python"], "/nope/python"),
    "a folder as interpreter": (["train", "--python", "/"], "no Python at /"),
    "no interpreter by that name": (["precision", "--python", "python0.9"], "python0.9"),
    "a missing sysroot": (["check", "--sysroot", "/nope"], "/nope"),
    "missing data": (["train", "--data", "/nope.npz"], "/nope.npz"),
    "a folder as data": (["train", "--data", "/"], "no file /"),
}


@pytest.mark.parametrize("arguments", USAGE_ERRORS.values(), ids=USAGE_ERRORS)
def test_that_a_usage_error_is_one_line_and_64(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 64
    out, notes = capsys.readouterr()
    assert out == ""
    assert notes.startswith("accelgui: ")
    assert notes.count("\n") == 1


@pytest.mark.parametrize(("arguments", "named"), BAD_INPUTS.values(), ids=BAD_INPUTS)
def test_that_bad_input_is_one_line_and_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    out, notes = capsys.readouterr()
    assert out == ""
    assert named in notes
    assert notes.count("\n") == 1


def test_that_bad_input_is_a_document_too_where_one_was_asked_for(tmp_path: Path) -> None:
    ran = run(tmp_path, "train", "--json", "--data", str(tmp_path / "absent.npz"))
    assert ran.code == 2
    assert ran.document["status"] == "not_started"
    assert ran.document["text"] in ran.notes


def test_that_an_interpreter_that_is_no_python_is_told(tmp_path: Path) -> None:
    ran = run(tmp_path, "check", "--python", "/bin/false")
    assert (ran.code, ran.out) == (2, "")
    assert "could not start" in ran.notes


def test_that_the_version_is_told(tmp_path: Path) -> None:
    ran = run(tmp_path, "--version")
    assert (ran.code, ran.out) == (0, f"accelgui {__version__}\n")


@pytest.mark.parametrize("command", [[], ["check"], ["precision"], ["train"]])
def test_that_help_names_the_options(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*command, "--help"]) == 0
    out, _notes = capsys.readouterr()
    assert "--python" in out


def test_that_our_own_defect_is_one_line_with_the_path_of_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defective(*_arguments: object) -> NoReturn:
        raise LookupError("a defect")

    monkeypatch.setitem(cli._COMMANDS, "check", defective)
    assert cli.main(["check"]) == 70
    out, notes = capsys.readouterr()
    (path,) = log_folder().glob("*defect*")
    assert out == ""
    assert str(path) in notes
    assert "LookupError: a defect" in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["--language", "en"], True),
        (["--python", sys.executable], True),
        (["check"], False),
        (["--language", "en", "check"], False),
        (["--help"], False),
        (["--version"], False),
        (["--python", "/nope"], False),
        (["--bogus"], False),
    ],
)
def test_that_only_a_line_without_command_wants_the_window(
    arguments: list[str], wanted: bool
) -> None:
    assert (cli.window_options(arguments) is not None) is wanted


def test_that_the_window_is_told_which_python_to_examine() -> None:
    options = cli.window_options(["--python", sys.executable])
    assert options is not None
    assert options.python == sys.executable


def on_terminal(folder: Path, *arguments: str, **variables: str) -> str:
    """Run on a terminal of 80 columns; returns what it shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [ACCELGUI, *arguments],
        env={**environment(folder), "COLUMNS": "80", "TERM": "xterm", **variables},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # The terminal's other side is closed.
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    return shown.decode()


def test_that_a_terminal_gets_colours_and_a_bar_and_no_color_is_obeyed(
    machine_tree: MachineTree,
) -> None:
    machine_tree.pci_gpu()
    arguments = ["check", "--sysroot", str(machine_tree.root)]
    assert "\x1b[31m✗" in on_terminal(machine_tree.root.parent, *arguments)
    plain = on_terminal(machine_tree.root.parent, *arguments, NO_COLOR="1")
    assert "\x1b[31m" not in plain
    assert "━" in plain
    assert "✗" in plain


def test_that_text_breaks_at_words_and_between_chinese_characters() -> None:
    assert wrapped("one two three four", 10) == ["one two", "three four"]
    assert wrapped("驱动程序没有加载到内核里。", 10) == ["驱动程序没", "有加载到内", "核里。"]
    assert wrapped("a b", 80, indent="    ", first="  · ") == ["  · a b"]
    assert wrapped("unbreakably", 4) == ["unbreakably"]
    assert wrapped("", 80, first="  | ") == ["  |"]


def test_that_chinese_characters_count_twice() -> None:
    assert columns("GPU 驱动") == 8
