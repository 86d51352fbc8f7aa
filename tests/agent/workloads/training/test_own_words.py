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
from accelgui.model.chain import Link
from accelgui.model.finding import Finding, Severity
from accelgui.model.snapshot import FrameworkDevice
from accelgui.words.findings import describe

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


def told(error: BaseException, device: str = "gpu:0") -> FrameworkError:
    with (
        pytest.raises(FrameworkError) as caught,
        failures_told(FrameworkDevice(device, device)),
    ):
        raise error
    return caught.value


def test_that_a_full_device_is_told_from_a_full_host() -> None:
    assert told(RuntimeError(GRAPH)).code == "gpu_out_of_memory"
    assert told(RuntimeError(GRAPH), "cpu").code == "host_out_of_memory"
    assert told(RuntimeError("DefaultCPUAllocator: can't allocate memory")).code == (
        "host_out_of_memory"
    )


def test_that_another_failure_has_no_code() -> None:
    error = told(RuntimeError("No algorithm worked!"))
    assert (error.code, error.parameters) == (None, {"device": "gpu:0"})
    assert str(error) == "No algorithm worked!"


@pytest.mark.parametrize(
    "words",
    [
        "could not create a primitive descriptor for the LSTM forward propagation primitive.",
        "\"mse_backward_cpu_out\" not implemented for 'Half'",
    ],
)
def test_that_an_operation_without_code_for_a_format_is_no_riddle(words: str) -> None:
    error = told(RuntimeError(words), "cpu")
    assert error.code == "operation_lacks_precision"
    text = describe(
        Finding(error.code, Severity.ERROR, Link.OPERATION_RUNS, parameters=error.parameters)
    )
    assert text.title == "This network cannot be trained in this precision on CPU"
    assert words in text.cause
    assert text.remedies[0].text.startswith("Take float32")


def test_that_memory_that_python_lacks_is_no_defect() -> None:
    # NumPy raises it from our own lines.
    error = told(MemoryError("Unable to allocate 64.0 GiB for an array"), "cpu")
    assert error.code == "host_out_of_memory"
    assert error.memory is not None
    assert error.memory.asked_bytes == 64 << 30


def test_that_a_defect_stays_one() -> None:
    with pytest.raises(IndexError), failures_told(FrameworkDevice("cpu", "cpu")):
        initial_weights([Weight(())], seed=0)
