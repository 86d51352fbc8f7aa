"""The part of the command line's words that argparse says."""

from __future__ import annotations

import argparse
import gettext
import inspect
import re
from typing import TYPE_CHECKING

import pytest

from accelgui import words
from accelgui.cli import argparse_words
from accelgui.cli.arguments import UsageError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def _in_chinese() -> Iterator[None]:
    words.set_language("zh_CN")
    yield
    words.set_language("en")


@pytest.mark.usefixtures("_in_chinese")
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--python"],
        ["check", "--frobnicate"],
        ["bogus"],
        ["train", "--json", "--json-lines"],
        ["check", "--framework", "caffe"],
    ],
    ids=" ".join,
)
def test_that_a_usage_error_is_chinese_throughout(arguments: list[str]) -> None:
    with pytest.raises(UsageError) as raised:
        parse(arguments)

    # What remains of English are names: options, commands, choices.
    prose = re.sub(r"\([^)]*\)|'[^']*'|--?[\w-]+", "", str(raised.value))
    english = set(re.findall(r"[a-z]{3,}", prose))
    assert english <= {"bogus", "caffe"}
    assert re.search(r"[一-鿿]", prose)


@pytest.mark.usefixtures("_in_chinese")
def test_that_the_help_has_chinese_headings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["train", "--help"])

    told = capsys.readouterr().out
    assert told.startswith("用法")
    for english in ("options:", "positional", "show this help"):
        assert english not in told


def test_that_other_parsers_keep_their_words() -> None:
    words.set_language("zh_CN")
    with pytest.raises(UsageError):
        parse(["bogus"])
    words.set_language("en")

    assert argparse.ArgumentParser(prog="other").format_usage().startswith("usage: ")
    assert vars(argparse)["_"] is gettext.gettext


@pytest.mark.parametrize(
    "message", ["usage: ", "unrecognized arguments: %s", "expected one argument"]
)
def test_that_argparse_still_says_what_is_translated(message: str) -> None:
    assert message in argparse_words.MESSAGES
    assert repr(message)[1:-1] in inspect.getsource(argparse)
