"""A run that is asked to stop has its last word, also while the framework does not listen."""

from __future__ import annotations

import subprocess
import sys
import time

from accelgui.model.events import TrainingDone, WorkDone, decode

DEAF = """
import time
from accelgui.agent.channel import Channel
from accelgui.agent.workloads.training.last_word import LastWord
from accelgui.agent.workloads.training.meter import Meter
from accelgui.agent.workloads.training.plan import Plan

channel = Channel.take_stdio()
channel.start()
meter = Meter(Plan(train_samples=100, batch_size=10, epochs=1), channel.send)
meter.start()
meter.begin_epoch()
for meter.step in (1, 2, 3):
    meter.take(loss=0.5, accuracy=0.75)
with LastWord(channel, meter):
    time.sleep(60)
"""


def test_that_a_deaf_run_ends_soon_and_keeps_what_was_measured() -> None:
    began_s = time.monotonic()
    # Its stdin is closed from the start: it is asked to stop as soon as it listens.
    ended = subprocess.run(
        [sys.executable, "-c", DEAF], input="", stdout=subprocess.PIPE, text=True, check=True
    )
    assert time.monotonic() - began_s < 20
    events = [decode(line) for line in ended.stdout.splitlines()]
    done = [event for event in events if isinstance(event, TrainingDone)]
    assert [(event.steps, event.loss, event.stopped) for event in done] == [(3, 0.5, True)]
    assert events[-1] == WorkDone(stopped=True)
