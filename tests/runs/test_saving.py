"""A stopped run has the time to save, as long as it does; and no log fills the disk."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import zoo

from accelgui.model.outcome import RunStatus
from accelgui.runs.logs import LARGEST_LOG_BYTES, keep_within
from accelgui.runs.run import AgentRun, Limits

if TYPE_CHECKING:
    from pathlib import Path


def stopped_after_s(name: str, limits: Limits) -> float:
    """Stop a run that saves; returns how long it then went on."""
    run = AgentRun(zoo.command(name), limits)
    asked_s = 0.0
    for _event in run.events():
        if not asked_s:
            asked_s = time.monotonic()
            run.stop()
    assert run.outcome is not None
    assert run.outcome.status is RunStatus.STOPPED
    return time.monotonic() - asked_s


def test_that_a_run_that_goes_on_saving_is_waited_for_but_not_for_ever() -> None:
    limits = Limits(close_s=0.2, terminate_s=0.2, saving_s=0.5, saving_total_s=2.0)
    assert 2 < stopped_after_s("saves_for_ever", limits) < 6


def test_that_a_run_that_is_stuck_while_it_saves_is_ended() -> None:
    limits = Limits(close_s=0.2, terminate_s=0.2, saving_s=0.8, saving_total_s=60.0)
    assert 0.8 < stopped_after_s("stuck_saving", limits) < 5


def test_that_of_a_flooded_log_the_end_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(b"small")
    keep_within(log)
    assert log.read_bytes() == b"small"
    with log.open("ab") as writer:
        os.ftruncate(writer.fileno(), LARGEST_LOG_BYTES + 1)
        writer.write(b"the last words")
        writer.flush()
        keep_within(log)
        writer.write(b", and more")
    text = log.read_bytes()
    assert len(text) < 100_000
    assert text.endswith(b"the last words, and more")
    keep_within(tmp_path / "none")
