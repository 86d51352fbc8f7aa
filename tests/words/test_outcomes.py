"""Each way of ending has its own sentence."""

from __future__ import annotations

import pytest

from accelgui.model.outcome import FailureKind, RunOutcome, RunStatus
from accelgui.words import outcomes, set_language


def said(status: RunStatus, **facts: object) -> str:
    outcome = RunOutcome(status, 125.0, **facts)  # type: ignore[arg-type]
    return outcomes.sentence(outcome, "The training")


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (said(RunStatus.FINISHED), "The training finished in 2 min 05 s."),
        (said(RunStatus.STOPPED), "The training was stopped by you after 2 min 05 s."),
        (
            said(RunStatus.FAILED, message="out of memory", failure=FailureKind.ENVIRONMENT),
            "The training failed: out of memory.",
        ),
        (said(RunStatus.FAILED, exit_code=3), "The training failed with exit code 3."),
        (
            said(RunStatus.FAILED, message="no device gpu:7", failure=FailureKind.INPUT),
            "The training cannot be done as asked: no device gpu:7.",
        ),
        (
            said(RunStatus.FAILED, message="KeyError: 'x'", failure=FailureKind.DEFECT),
            "The training failed by a defect of accelgui: KeyError: 'x'.",
        ),
        (
            said(RunStatus.NOT_STARTED, message="/nope: No such file or directory"),
            "The training could not start: /nope: No such file or directory.",
        ),
        (said(RunStatus.NOT_STARTED, exit_code=3), "The training could not start: exit code 3."),
        (
            said(RunStatus.NO_ANSWER, message="silent for 120 s"),
            "The training was given up: silent for 120 s.",
        ),
    ],
)
def test_that_the_ways_of_ending_are_told_apart(outcome: str, expected: str) -> None:
    assert outcome == expected


def test_that_what_we_say_of_a_run_is_said_in_the_readers_language() -> None:
    set_language("zh_CN")
    try:
        sentence = said(RunStatus.NO_ANSWER, message="no answer within 20 s")
    finally:
        set_language("en")
    assert "20" in sentence
    assert "answer" not in sentence


@pytest.mark.parametrize(
    ("signal", "name", "reason"),
    [
        (6, "SIGABRT", "gave up by itself"),
        (9, "SIGKILL", "out of memory"),
        (11, "SIGSEGV", "mismatched libraries"),
        (4, "SIGILL", "instructions"),
    ],
)
def test_that_a_signal_is_named_with_what_usually_sends_it(
    signal: int, name: str, reason: str
) -> None:
    sentence = said(RunStatus.KILLED, signal=signal)
    assert f"signal {signal} ({name})" in sentence
    assert reason in sentence


def test_that_an_unknown_signal_is_just_its_number() -> None:
    assert said(RunStatus.KILLED, signal=4242) == ("The training was killed by signal 4242 (4242).")
