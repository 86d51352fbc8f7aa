"""The largest batch that fits, found by halving after one did not."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training.halving import Halving
from accelgui.agent.workloads.training.trial import Answer, attempt
from accelgui.model.events import BatchSearchDone, BatchTried, Progress
from accelgui.model.memory import LargestBatch

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import BatchSearchRequest


def find_largest_batch(request: BatchSearchRequest, channel: Channel) -> None:
    """Try batch after batch and tell of each; the last word is BatchSearchDone.

    This process imports no framework, and so takes none of the memory that it asks about. Raises
    InputError where there is nothing to halve, WorkError where an attempt fails for another
    reason than memory.
    """
    training = request.training
    if training.batch_size < 1 or request.limit_s <= 0:
        raise InputError(f"batch size {training.batch_size}, {request.limit_s} s: expected more")
    until_s = time.monotonic() + request.limit_s
    halving = Halving(training.batch_size)
    is_complete = True
    tried = 0
    while (batch_size := halving.next) is not None:
        channel.send(Progress(tried, tried + halving.attempts_left, "try_batch"))
        channel.send(BatchTried(batch_size))
        answer = attempt(replace(training, batch_size=batch_size), channel.stopping, until_s)
        if answer is Answer.INTERRUPTED:
            is_complete = False
            break
        tried += 1
        halving.note(batch_size, fits=answer is Answer.FITS)
        channel.send(BatchTried(batch_size, fits=answer is Answer.FITS))
    channel.send(BatchSearchDone(LargestBatch(halving.fits, halving.fails, is_complete)))
