"""Texts are put together as the reader's language does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui import words
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.words import joining, outcomes, telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def _in_chinese() -> Iterator[None]:
    words.set_language("zh_CN")
    yield
    words.set_language("en")


def test_that_english_has_blanks_and_marks_of_one_column() -> None:
    assert joining.sentences(["One.", "", None, "Two."]) == "One. Two."
    assert joining.clauses(["faster", "more precise"]) == "faster, more precise"
    assert joining.listed(["cuBLAS", "cuDNN", "NCCL"]) == "cuBLAS, cuDNN, NCCL"
    assert joining.sections(["kept in a, b", "lost in c"]) == "kept in a, b; lost in c"
    assert joining.labelled("GPU 0", "hot") == "GPU 0: hot"
    assert joining.remarked("It failed", "likely") == "It failed (likely)"
    assert joining.full_stop("It failed") == "It failed."


@pytest.mark.usefixtures("_in_chinese")
def test_that_chinese_has_its_own() -> None:
    assert joining.sentences(["一。", "", None, "二。"]) == "一。二。"
    assert joining.clauses(["更快", "更精确"]) == "更快，更精确"
    assert joining.listed(["cuBLAS", "cuDNN", "NCCL"]) == "cuBLAS、cuDNN、NCCL"
    assert joining.sections(["甲，乙", "丙"]) == "甲，乙；丙"
    assert joining.labelled("GPU 0", "过热") == "GPU 0：过热"
    assert joining.remarked("失败", "很可能") == "失败（很可能）"
    assert joining.full_stop("失败") == "失败。"


@pytest.mark.parametrize("ended", ["Why?", "No!", "It failed.", "失败。"])
def test_that_a_sentence_that_ends_gets_no_second_stop(ended: str) -> None:
    assert joining.full_stop(ended) == ended


def test_that_nothing_joined_is_nothing() -> None:
    assert joining.sentences([None, ""]) == joining.listed([]) == ""


def test_that_braces_in_what_is_joined_are_kept() -> None:
    assert joining.sentences(["{a}", "{}", "{before}"]) == "{a} {} {before}"


@pytest.mark.usefixtures("_in_chinese")
def test_that_how_a_run_ended_is_chinese_throughout() -> None:
    failed = RunOutcome(RunStatus.FAILED, 1.0, message="out of memory")
    killed = RunOutcome(RunStatus.KILLED, 1.0, signal=9)
    assert outcomes.sentence(failed, "训练") == "训练失败：out of memory。"
    assert outcomes.sentence(killed, "训练").endswith(
        " (SIGKILL) 终止。通常是内存耗尽后由内核终止。"
    )


@pytest.mark.usefixtures("_in_chinese")
def test_that_reasons_for_held_clocks_stand_apart_as_in_chinese() -> None:
    assert telemetry.limits_text(["power_cap", "too_new"]).count("，") == 1
