"""Real frameworks that were tampered with, checked by real agents."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from agent.real import Told, ask, logs_to, python_of
from agent.workloads.precision.corrupted import corrupt

from accelgui.model.outcome import RunStatus
from accelgui.model.precision_events import PrecisionRow, PrecisionRowDone, RowVerdict
from accelgui.model.requests import PrecisionRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Corrupted:
    """What a check said of a corrupted framework, and where it can be had again."""

    told: Told
    python: str
    environment: dict[str, str]

    def rows(self, operation: str, tier: str, dtype: str = "float32") -> list[PrecisionRow]:
        return [
            event.row
            for event in self.told.all(PrecisionRowDone)
            if (event.row.operation, event.row.tier, event.row.dtype) == (operation, tier, dtype)
        ]


@pytest.fixture(scope="module", params=["tensorflow", "pytorch", "jax"])
def corrupted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Corrupted]:
    """One quick check of a framework with many faults at once."""
    folder = tmp_path_factory.mktemp("corrupted")
    environment = corrupt(folder, request.param)
    python = python_of(request.param)
    with pytest.MonkeyPatch.context() as patch:
        logs_to(tmp_path_factory.mktemp("logs"), patch)
        wanted = PrecisionRequest(framework=request.param, device="cpu", seed=5)
        yield Corrupted(ask("precision", wanted, python, environment), python, environment)


@pytest.mark.parametrize(
    ("operation", "tier", "reason"),
    [
        ("matmul", "projection", "mismatch"),
        ("matmul", "entries", "mismatch"),
        ("exp", "bound", "over_bound"),
        ("log", "bound", "nan"),
        ("tanh", "bound", "over_bound"),
        ("cumsum", "repeat", "not_repeatable"),
        ("multiply", "bound", "over_bound"),
        ("sum", "exact", "mismatch"),
        ("sum", "bound", "over_bound"),
    ],
)
def test_that_each_corruption_is_caught_where_it_is(
    corrupted: Corrupted, operation: str, tier: str, reason: str
) -> None:
    assert corrupted.told.outcome.status is RunStatus.FINISHED, corrupted.told.log
    rows = corrupted.rows(operation, tier)
    assert rows
    assert {(row.verdict, row.reason) for row in rows} == {(RowVerdict.FAILED, reason)}


def test_that_bfloat16_under_the_label_float32_is_named(corrupted: Corrupted) -> None:
    (row,) = corrupted.rows("softmax", "bound")
    assert (row.verdict, row.reason) == (RowVerdict.LOWER, "bfloat16")


def test_that_the_flipped_bit_is_found_at_its_place(corrupted: Corrupted) -> None:
    (row,) = corrupted.rows("matmul", "projection")
    assert row.at == (1536 - 7, 11)


def test_that_what_was_left_alone_passes(corrupted: Corrupted) -> None:
    for operation in ("conv2d", "erf", "gather", "sin", "rsqrt", "max_pool"):
        for tier in ("exact", "bound", "repeat"):
            for row in corrupted.rows(operation, tier):
                assert row.verdict is RowVerdict.PASSED, row


def test_that_the_reproducer_shows_the_same_error_without_us(corrupted: Corrupted) -> None:
    (row,) = corrupted.rows("exp", "bound")
    assert row.detail is not None
    assert row.detail.result is not None
    assert "accelgui" not in row.detail.reproducer
    ended = subprocess.run(
        [corrupted.python, "-c", row.detail.reproducer],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
        env={**corrupted.environment, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert ended.returncode == 0, ended.stderr
    said = {line.split()[0]: line.split()[1:] for line in ended.stdout.splitlines() if line}
    result, reference = float.fromhex(said["result"][0]), float.fromhex(said["reference"][0])
    assert result == pytest.approx(float(row.detail.result.decimal), rel=1e-7)
    assert reference == pytest.approx(float(row.detail.reference.decimal), rel=1e-15)
    assert abs(result / reference - 1) == pytest.approx(1e-3, rel=1e-2)


def test_that_a_row_is_shown_more_closely(corrupted: Corrupted) -> None:
    (row,) = corrupted.rows("exp", "bound")
    detail = row.detail
    assert detail is not None
    assert sum(detail.histogram) == 16384
    # One in 16384 is further off than 4096 ULP; all others are where they should be.
    assert sum(detail.histogram[-2:]) == 1
    assert max(max(line) for line in detail.heat) > 4096
    assert [number.name for number in detail.inputs] == [f"x{list(row.at)}"]
    assert detail.result is not None
    assert len(detail.result.bits.replace(" ", "")) == 32
    assert len(detail.result.hex) == 10
