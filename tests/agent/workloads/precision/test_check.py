"""The checks on the real frameworks, in real agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from agent.real import Told, ask, bare_python, logs_to, python_of

from accelgui.model.events import Progress, WorkDone, WorkFailed
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.precision_events import (
    FingerprintSeen,
    PrecisionCost,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
)
from accelgui.model.requests import PrecisionRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module", params=["tensorflow", "pytorch", "jax"])
def checked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """One quick check of the CPU by each framework."""
    with pytest.MonkeyPatch.context() as patch:
        logs_to(tmp_path_factory.mktemp("logs"), patch)
        wanted = PrecisionRequest(framework=request.param, device="cpu", level="quick", seed=11)
        yield ask("precision", wanted, python_of(request.param))


def test_that_the_cpu_passes(checked: Told) -> None:
    assert checked.outcome.status is RunStatus.FINISHED, checked.log
    wrong = [
        event.row
        for event in checked.all(PrecisionRowDone)
        if event.row.verdict is not RowVerdict.PASSED
    ]
    assert wrong == []


def test_that_the_start_says_how_much_there_is_to_come(checked: Told) -> None:
    (started,) = checked.all(PrecisionStarted)
    assert started.device == "cpu"
    assert started.framework_version
    wide = ("float64", "float32", "float16", "bfloat16")
    assert set(started.dtypes) == {*wide, "float8_e4m3fn", "float8_e5m2"}
    assert started.rows_total == len(checked.all(PrecisionRowDone)) > 140


def test_that_rows_tell_how_far_from_the_bound_they_were(checked: Told) -> None:
    for row in (event.row for event in checked.all(PrecisionRowDone)):
        if row.tier == "bound":
            assert row.ratio is not None
            assert 0 <= row.ratio <= 1
            assert row.bound is not None
            assert row.bound > 0
        assert row.shape or row.tier == "special"
        assert row.elapsed_s is not None


def test_that_the_arithmetic_of_the_cpu_is_told(checked: Told) -> None:
    found = checked.all(FingerprintSeen)[-1].fingerprint
    assert (found.math_mode, found.default_mode) == ("fp32", "fp32")
    assert found.behaves_like == ("fused multiply-add",)
    assert set(found.subnormals_kept) == {"float32", "float16", "bfloat16"}
    assert all(found.is_repeatable.values())


def test_that_references_do_not_dominate(checked: Told) -> None:
    (cost,) = checked.all(PrecisionCost)
    assert 0 < cost.reference_s <= 0.4 * cost.elapsed_s
    assert 0 < cost.import_s < cost.elapsed_s


def test_that_progress_comes_with_the_time_left(checked: Told) -> None:
    steps = checked.all(Progress)
    assert steps[0].what == "import"
    assert [step.done for step in steps[1:]] == list(range(1, len(steps)))
    assert all(step.remaining_s is not None and step.remaining_s > 0 for step in steps[1:-1])
    assert (steps[-1].what, steps[-1].remaining_s) == ("done", 0.0)


def test_that_a_stop_in_the_middle_keeps_what_was_found() -> None:
    told = ask(
        "precision", PrecisionRequest(level="full"), until=lambda e: isinstance(e, PrecisionRowDone)
    )
    assert told.outcome.status is RunStatus.STOPPED
    rows = told.all(PrecisionRowDone)
    assert 0 < len(rows) < told.all(PrecisionStarted)[0].rows_total
    assert all(event.row.verdict is RowVerdict.PASSED for event in rows)
    assert told.all(WorkDone) in ([], [WorkDone(stopped=True)])


def failure(told: Told) -> WorkFailed:
    (failed,) = told.all(WorkFailed)
    assert told.outcome.status is RunStatus.FAILED
    return failed


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (PrecisionRequest(framework="caffe"), "unknown framework 'caffe'; known: tensorflow, "),
        (PrecisionRequest(level="thorough"), "unknown level 'thorough'; known: quick, full, soak"),
        (PrecisionRequest(seed=-1), "the seed must not be negative: -1"),
        (PrecisionRequest(duration_s=0), "the duration must be a time above 0: 0"),
        (PrecisionRequest(memory_share=1.5), "the share of memory must be from 0 to 0.95: 1.5"),
        (PrecisionRequest(device="gpu:9"), "tensorflow lists no device 'gpu:9'; it lists: cpu"),
    ],
)
def test_that_what_cannot_be_asked_for_is_told_as_such(
    wanted: PrecisionRequest, words: str
) -> None:
    failed = failure(ask("precision", wanted))
    assert failed.kind is FailureKind.INPUT
    assert failed.message.startswith(words)


def test_that_an_absent_framework_is_no_defect(tmp_path: Path) -> None:
    failed = failure(ask("precision", PrecisionRequest(), bare_python(tmp_path)))
    assert failed.kind is FailureKind.ENVIRONMENT
    assert failed.code == "framework_not_installed"


def test_that_numpy_is_asked_for_by_name(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("")
    failed = failure(
        ask(
            "precision",
            PrecisionRequest(framework="pytorch"),
            bare_python(tmp_path),
            {"PYTHONPATH": str(tmp_path)},
        )
    )
    assert failed.kind is FailureKind.ENVIRONMENT
    assert failed.message.startswith("NumPy is not installed")
