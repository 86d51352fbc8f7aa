"""Which rungs a ladder has, and what each adds to the one below."""

from __future__ import annotations

from accelgui.agent.workloads.training import refusals
from accelgui.agent.workloads.training.rungs import rungs, with_rung
from accelgui.model.requests import TrainingRequest
from accelgui.model.snapshot import FrameworkDevice
from accelgui.words.ladder import RUNGS

CPU, GPU = FrameworkDevice("cpu", "/CPU:0"), FrameworkDevice("gpu:0", "/GPU:0")
BASE = TrainingRequest(device="cpu", execution="eager")


def test_that_a_cpu_has_a_ladder_of_its_own() -> None:
    techniques = ("graph", "xla", "tf32", "mixed_bfloat16", "larger_batch", "all_devices")
    assert rungs(CPU) == ("cpu_eager", *techniques)


def test_that_a_gpu_is_compared_with_the_cpu_first() -> None:
    assert rungs(GPU)[:2] == ("cpu_eager", "device_eager")
    assert with_rung("device_eager", BASE, GPU).device == "gpu:0"


def test_that_every_rung_has_words_and_can_be_trained() -> None:
    assert set(rungs(GPU)) == set(RUNGS)
    for code in rungs(GPU):
        refusals.check(with_rung(code, BASE, GPU))


def test_that_all_devices_are_none_in_particular() -> None:
    assert with_rung("all_devices", BASE, GPU).device == "auto"
    assert with_rung("all_devices", BASE, CPU).device == "cpu"


def test_that_each_rung_adds_one_technique() -> None:
    for code in rungs(GPU)[1:]:
        device = CPU if code == "all_devices" else GPU
        wanted = with_rung(code, BASE, device)
        changed = [name for name, value in vars(wanted).items() if value != getattr(BASE, name)]
        assert len(changed) == 1
