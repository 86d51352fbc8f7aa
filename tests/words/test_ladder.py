from __future__ import annotations

from dataclasses import replace

from accelgui.model.events import LadderRung, LadderStarted
from accelgui.words.ladder import ending, reason, remark, threads_text, times

FIRST = LadderRung(
    "cpu_eager", "cpu", 32, "eager", "float32", 1000.0, 900.0, 1100.0, 9, 0.25, True, is_kept=True
)
XLA = replace(FIRST, rung="xla", execution="xla", samples_per_second=4200.0)


def test_that_a_ladder_ends_in_a_sentence() -> None:
    slow = replace(FIRST, rung="mixed_bfloat16", samples_per_second=10.0, is_kept=False)
    assert ending([FIRST, XLA, slow]) == (
        "4,200 samples/s on CPU with XLA: 4.20 × as fast as CPU, eager."
    )
    assert ending([FIRST]).startswith("Nothing is faster here than CPU, eager")
    assert ending([replace(FIRST, samples_per_second=None)]) == "No rung could be measured."


def test_that_a_ladder_climbed_beside_other_programs_is_not_relied_upon() -> None:
    disturbed = replace(XLA, others_cores=0.5)
    assert ending([FIRST, disturbed]).endswith(
        "Other programs disturbed 1 rung: measure again when the machine is quiet."
    )
    assert "quiet" not in ending([FIRST, replace(XLA, others_cores=0.1)])


def test_that_a_limit_of_threads_is_told_with_its_reason() -> None:
    started = LadderStarted("pytorch", "2.13", "cpu", "CPU", "mlp", ("cpu_eager",))
    assert threads_text(started) == ""
    one = replace(started, threads_count=1)
    assert threads_text(one) == "1 thread, because other programs keep cores busy"
    assert threads_text(replace(one, threads_count=3)).startswith("3 threads, because")


def test_that_a_factor_needs_two_measurements() -> None:
    assert times(XLA, FIRST) == 4.2
    assert times(replace(XLA, samples_per_second=None), FIRST) is None
    assert times(XLA, None) is None


def test_that_what_differs_is_remarked() -> None:
    assert remark(XLA, FIRST) == "loss unchanged"
    other = replace(XLA, loss=0.9, loss_unchanged=False, is_kept=False)
    assert (
        remark(other, FIRST)
        == "loss 0.900 instead of 0.250 · does not pay here: the next rungs do without"
    )
    disturbed = replace(XLA, others_cores=1.04)
    assert (
        remark(disturbed, FIRST) == "loss unchanged · disturbed: other programs kept 1.0 cores busy"
    )
    slow = replace(disturbed, is_kept=False)
    assert remark(slow, FIRST).endswith("not to be judged so: the next rungs do without")
    larger = replace(XLA, batch_size=256, loss_unchanged=None, joules_per_1000_samples=1.5)
    assert remark(larger, FIRST) == "batch 256 · 1.50 J for 1,000 samples"


def test_that_an_unknown_reason_is_told_in_the_frameworks_words() -> None:
    failed = replace(XLA, samples_per_second=None, reason="failed", message="No algorithm worked!")
    assert reason(failed) == "No algorithm worked!"
    assert reason(replace(failed, reason="no_tf32")).startswith("This device does not")
