"""Out of pages that a framework prints, the line that says what went wrong."""

from __future__ import annotations

import pytest

from accelgui.agent.failures import FrameworkError
from accelgui.agent.workloads.training.networks import Weight, initial_weights
from accelgui.agent.workloads.training.own_words import (
    failures_told,
    framework_words,
    raised_by_us,
)
from accelgui.model.snapshot import FrameworkDevice

# As TensorFlow 2.21 words it in eager mode and inside a compiled step, and Keras 3.15 in a layer.
EAGER = (
    "{{function_node __wrapped__Fill_device_/job:localhost/replica:0/task:0/device:GPU:0}} OOM when"
    " allocating tensor with shape[10000,10000] and type float on /device:GPU:0 [Op:Fill] name: "
)
GRAPH = """Graph execution error:

Detected at node zeros defined at (most recent call last):
  File "train.py", line 19, in <module>

  File "train.py", line 18, in step

OOM when allocating tensor with shape[10000,10000] and type float on /device:GPU:0
\t [[{{node zeros}}]]
Hint: If you want to see a list of allocated tensors when OOM happens, add …
 [Op:__inference_g_675]"""
LAYER = """Exception encountered when calling Dense.call().

\x1b[1mMatrix size-incompatible: In[0]: [7,1], In[1]: [2,3]\x1b[0m

Arguments received by Dense.call():
  • inputs=tf.Tensor(shape=(7, 1), dtype=float32)"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EAGER, "OOM when allocating tensor with shape[10000,10000] and type float on"),
        (GRAPH, "OOM when allocating tensor with shape[10000,10000] and type float on"),
        (LAYER, "Matrix size-incompatible: In[0]: [7,1], In[1]: [2,3]"),
        ("No algorithm worked!", "No algorithm worked!"),
        ("", "RuntimeError"),
    ],
)
def test_that_the_line_that_matters_is_found(text: str, expected: str) -> None:
    assert framework_words(RuntimeError(text)).startswith(expected)


def test_that_a_failure_outside_of_our_files_is_not_ours() -> None:
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int("x")
    assert not raised_by_us(caught.value)


def test_that_a_failure_in_our_files_is_ours() -> None:
    with pytest.raises(IndexError) as caught:
        initial_weights([Weight(())], seed=0)
    assert raised_by_us(caught.value)


@pytest.mark.parametrize(
    ("device", "full", "code"),
    [("gpu:0", True, "gpu_out_of_memory"), ("gpu:0", False, None), ("cpu", True, None)],
)
def test_that_only_a_full_gpu_is_out_of_gpu_memory(
    device: str, full: bool, code: str | None
) -> None:
    with (
        pytest.raises(FrameworkError, match=r"^OOM when allocating") as caught,
        failures_told(FrameworkDevice(device, device), lambda _: full),
    ):
        raise RuntimeError(GRAPH)
    assert caught.value.code == code
    assert caught.value.parameters == {"device": device}


def test_that_a_defect_stays_one() -> None:
    with pytest.raises(IndexError), failures_told(FrameworkDevice("cpu", "cpu"), lambda _: False):
        initial_weights([Weight(())], seed=0)
