"""Training drift names the arithmetic; a soak counts what goes wrong, also in memory."""

# ruff: noqa: ARG002 - Stand-ins are called like the real thing.

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from agent.workloads.precision.pretended import CPU, Pretended, flip_bit

from accelgui.agent.workloads.precision import memory as memory_module
from accelgui.agent.workloads.precision.drift import STEPS, by_hand, measure
from accelgui.agent.workloads.precision.formats import FORMATS
from accelgui.agent.workloads.precision.memory import PatternMemory
from accelgui.agent.workloads.precision.soak import soak
from accelgui.model.precision_events import PrecisionRowDone, SoakProgress
from accelgui.model.requests import PrecisionRequest

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array
    from accelgui.model.snapshot import FrameworkDevice


class Trainer(Pretended):
    """Differentiates with operands of every product rounded to a format."""

    def __init__(self, name: str = "float32", factor: float = 1.0) -> None:
        super().__init__()
        self._form = FORMATS[name]
        self._factor = factor

    def gradient(
        self,
        operation: str,
        dtype: str,
        device: FrameworkDevice,
        cotangent: Any,
        *operands: Any,
        stride: int = 1,
    ) -> tuple[Any, ...]:
        x, first, second, targets = (
            self._form.round(operand).astype(np.float32) for operand in operands
        )
        to_first, to_second = by_hand(x, (first, second), targets)
        return x, to_first * np.float32(self._factor), to_second, targets


@pytest.mark.parametrize("name", ["float32", "tf32", "bfloat16"])
def test_that_drift_names_the_arithmetic(name: str) -> None:
    drift = measure(Trainer(name), CPU, seed=1)
    assert drift is not None
    assert drift.named == name
    assert drift.steps[-1] == STEPS
    assert len(drift.steps) == len(drift.cpu_distances) == len(drift.device_distances)


def test_that_a_wrong_gradient_is_trouble() -> None:
    drift = measure(Trainer(factor=1.5), CPU, seed=1)
    assert drift is not None
    assert drift.named == "trouble"


def test_that_training_which_becomes_nan_is_trouble() -> None:
    drift = measure(Trainer(factor=float("nan")), CPU, seed=1)
    assert drift is not None
    assert drift.named == "trouble"
    assert all(np.isfinite(drift.device_distances))


class Ears:
    """Takes what a soak tells; stops it after so many events."""

    def __init__(self, most: int = 1000) -> None:
        self.told: list[Any] = []
        self.stopping = Event()
        self._most = most

    def send(self, event: Any) -> None:
        self.told.append(event)
        if len(self.told) >= self._most:
            self.stopping.set()


def soaked(backend: Pretended, monkeypatch: pytest.MonkeyPatch, **wanted: Any) -> Ears:
    monkeypatch.setattr(memory_module, "_BLOCK_BYTES", 1 << 16)
    ears = Ears()
    request = PrecisionRequest(level="soak", memory_share=0.0, **wanted)
    soak(backend, CPU, request, ears)  # type: ignore[arg-type] # It only sends.
    return ears


def test_that_a_soak_of_a_right_device_counts_no_mismatch(monkeypatch: pytest.MonkeyPatch) -> None:
    ears = soaked(Pretended(), monkeypatch, duration_s=1.0)
    last = ears.told[-1]
    assert isinstance(last, SoakProgress)
    assert last.mismatches == 0
    assert last.elements > 768 * 768
    assert last.elapsed_s >= 1.0
    assert not [event for event in ears.told if isinstance(event, PrecisionRowDone)]


def test_that_a_soak_tells_a_rare_fault_with_what_and_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rarely(result: Array, call: int) -> Array:
        return flip_bit(20)(result, call) if call % 20 == 0 else result

    ears = soaked(Pretended(rarely), monkeypatch, duration_s=2.0)
    last = ears.told[-1]
    assert last.mismatches > 0
    assert last.first_mismatch is not None
    assert 0 <= last.first_mismatch_s <= last.elapsed_s
    assert [event for event in ears.told if isinstance(event, PrecisionRowDone)]


def test_that_changed_words_of_memory_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "_BLOCK_BYTES", 1 << 12)

    class Leaky(Pretended):
        def filled(self, device: FrameworkDevice, words: int, pattern: int) -> Any:
            block = super().filled(device, words, pattern)
            block[3:5] |= np.uint32(4)  # Two stuck bits: not seen where the pattern has them set.
            return block

    memory = PatternMemory(Leaky(), CPU, 3 << 12)
    for _ in range(5):
        memory.grow()
    assert memory.size_bytes == 3 << 12
    found = [memory.verify(number) for number in range(12)]
    assert memory.errors == sum(found) > 0
    assert set(found) == {0, 2}


def test_that_memory_which_is_short_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Small(Pretended):
        def filled(self, device: FrameworkDevice, words: int, pattern: int) -> Any:
            raise MemoryError

    memory = PatternMemory(Small(), CPU, 1 << 30)
    memory.grow()
    assert (memory.size_bytes, memory.verify(0), memory.errors) == (0, 0, 0)
