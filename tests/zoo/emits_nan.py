"""Sends losses that are no numbers: ours, flagged, and bare NaN, which is not JSON."""

from __future__ import annotations

import sys

import speak

speak.hello()
loss = {"event": "TrainingProgress", "time_s": 1, "step": 1, "epoch": 1, "accuracy": 0.5}
speak.line(**loss, samples_per_second=1.0, loss=None, not_finite={"loss": "nan"})
sys.stdout.write('{"event":"TrainingProgress","time_s":1,"step":2,"epoch":1,"loss":NaN}\n')
speak.done()
