"""What is told of a framework: absent, broken, or at work on each of its devices."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from agent.real import Told, ask, bare_python, logs_to, python_of
from agent.workloads.precision.pretended import CPU, GPU, Pretended, put, row_missing

from accelgui.agent.backends.installed import find_installation
from accelgui.agent.probe.operation import exact_product, first_wrong, try_device
from accelgui.model.events import FrameworkSeen, Progress, WorkFailed
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import FrameworkRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from standins.drivers import CudaDriver

    from accelgui.model.snapshot import Framework


def seen(told: Told) -> list[Framework]:
    return [event.framework for event in told.all(FrameworkSeen)]


def look_at_fake(folder: Path, code: str) -> Told:
    """Look at a package named jax that does `code` when it is imported."""
    (folder / "jax").mkdir()
    (folder / "jax" / "__init__.py").write_text(code)
    return ask("framework", FrameworkRequest("jax"), environment={"PYTHONPATH": str(folder)})


@pytest.fixture(scope="module", params=["tensorflow", "pytorch", "jax"])
def looked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """One look at each real framework."""
    with pytest.MonkeyPatch.context() as patch:
        logs_to(tmp_path_factory.mktemp("logs"), patch)
        yield ask("framework", FrameworkRequest(request.param), python_of(request.param))


def test_that_a_look_tells_sooner_what_is_known_sooner(looked: Told) -> None:
    assert looked.outcome.status is RunStatus.FINISHED, looked.log
    stages = seen(looked)
    assert stages[0].installed is True
    assert stages[0].imported is None
    assert stages[0].version
    assert [stage.imported for stage in stages[1:]] == [True] * (len(stages) - 1)
    assert not stages[1].devices
    assert stages[2].devices
    assert not stages[2].operations
    assert [step.what for step in looked.all(Progress)] == ["import", "devices", "operation"]


def test_that_the_last_word_has_all_of_it(looked: Told) -> None:
    last = seen(looked)[-1]
    assert last.import_elapsed_s is not None
    assert 0 < last.import_elapsed_s < 100
    assert last.distribution in {"tensorflow", "tensorflow-cpu", "torch", "jax"}
    assert last.location is not None
    assert last.build["is_cuda_build"] in {"True", "False"}
    assert last.devices[0].key == "cpu"
    assert last.devices[0].description


def test_that_every_listed_device_computes_and_is_right(looked: Told) -> None:
    last = seen(looked)[-1]
    assert [operation.device for operation in last.operations] == [d.key for d in last.devices]
    for operation in last.operations:
        assert operation.ran
        assert operation.right is True
        assert operation.ran_on == operation.device
        assert operation.error is None
        assert operation.elapsed_s is not None


@pytest.mark.skipif(sys.platform != "linux", reason="there is a stand-in for libcuda.so.1 only")
class TestLibcuda:
    """The real TensorFlow on a libcuda that refuses."""

    def look(self, environment: dict[str, str]) -> Framework:
        told = ask("framework", FrameworkRequest("tensorflow"), environment=environment)
        assert told.outcome.status is RunStatus.FINISHED, told.log
        last = seen(told)[-1]
        if last.build["is_cuda_build"] != "True":
            pytest.skip("this TensorFlow is built without CUDA")
        # The log of the run has what the snapshot has, and more.
        assert set(last.log) <= set(told.log)
        assert [device.key for device in last.devices] == ["cpu"]
        assert [operation.right for operation in last.operations] == [True]
        return last

    def test_that_a_refused_start_is_told_in_its_own_words(self, libcuda: CudaDriver) -> None:
        libcuda.fail("cuInit", 803)
        last = self.look(libcuda.environment)
        assert any("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" in line for line in last.log)

    def test_that_a_library_which_cannot_be_loaded_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "libcuda.so.1").write_text("no library")
        last = self.look({"LD_LIBRARY_PATH": str(tmp_path)})
        words = "Could not load dynamic library 'libcuda.so.1'; dlerror: "
        assert any(words in line for line in last.log)


def test_that_an_absent_framework_is_a_fact(tmp_path: Path) -> None:
    told = ask("framework", FrameworkRequest("tensorflow"), bare_python(tmp_path))
    assert told.outcome.status is RunStatus.FINISHED
    (framework,) = seen(told)
    assert framework.installed is False
    assert framework.imported is None
    assert told.all(Progress) == []


def test_that_an_unknown_name_is_told_as_such() -> None:
    told = ask("framework", FrameworkRequest("caffe"))
    (failed,) = told.all(WorkFailed)
    assert failed.kind is FailureKind.INPUT


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise ImportError('libcudart.so.12: cannot open\\nand more')", "ImportError: libcudart"),
        ("import sys; sys.exit(4)", "SystemExit: 4"),
        ("def broken(:", "SyntaxError: invalid syntax"),
        ("", "No module named 'jax.numpy'"),
    ],
    ids=["raises", "exits", "broken source", "somebody's script"],
)
def test_that_a_failed_import_is_a_fact(tmp_path: Path, code: str, words: str) -> None:
    told = look_at_fake(tmp_path, code)
    assert told.outcome.status is RunStatus.FINISHED, told.log
    last = seen(told)[-1]
    assert last.installed is True
    assert last.imported is False
    assert last.import_error is not None
    assert words in last.import_error
    assert "\n" not in last.import_error
    assert any("Traceback" in line for line in last.log)


def test_that_the_last_words_of_a_crash_are_in_the_log_of_the_run(tmp_path: Path) -> None:
    told = look_at_fake(
        tmp_path, "import os\nos.write(2, b'F0000 libcudnn: no such symbol\\n')\nos.abort()\n"
    )
    assert told.outcome.status is RunStatus.KILLED
    assert told.log[0] == "F0000 libcudnn: no such symbol"
    assert seen(told)[-1].installed is True


def test_that_only_the_end_of_a_long_log_is_told(tmp_path: Path) -> None:
    told = look_at_fake(
        tmp_path,
        "import os, sys\n"
        "for number in range(300): print(number, file=sys.stderr)\n"
        "os.write(2, b'from native code\\n')\n"
        "raise ImportError('no')\n",
    )
    log = seen(told)[-1].log
    assert len(log) == 100
    assert "from native code" in log
    assert "0" not in log
    assert "0" in told.log


def test_that_devices_which_cannot_be_listed_stay_unknown(tmp_path: Path) -> None:
    # jax as far as the backend needs it, on a machine whose CUDA plug-in does not start.
    (tmp_path / "jax").mkdir()
    (tmp_path / "jax" / "numpy.py").write_text("matmul = exp = log = tanh = None\n")
    told = ask(
        "framework",
        FrameworkRequest("jax"),
        environment={"PYTHONPATH": str(_with_failing_devices(tmp_path))},
    )
    assert told.outcome.status is RunStatus.FINISHED, told.log
    last = seen(told)[-1]
    assert last.imported is True
    assert last.devices == ()
    assert last.operations == ()
    assert any("Unable to initialize backend 'cuda'" in line for line in last.log)


def _with_failing_devices(folder: Path) -> Path:
    (folder / "jax" / "__init__.py").write_text(
        "from types import SimpleNamespace\n"
        "__version__ = '9.9'\n"
        "config = SimpleNamespace(update=lambda *_: None)\n"
        "lax = nn = SimpleNamespace()\n"
        "def local_devices(**_):\n"
        "    raise RuntimeError(\"Unable to initialize backend 'cuda': no driver\")\n"
    )
    (folder / "jaxlib-9.9.dist-info").mkdir()
    (folder / "jaxlib-9.9.dist-info" / "METADATA").write_text("Name: jaxlib\nVersion: 9.9\n")
    return folder


def test_that_the_distribution_beside_the_module_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text("")
    (tmp_path / "tf_nightly_cpu-9.9.dist-info").mkdir()
    (tmp_path / "tf_nightly_cpu-9.9.dist-info" / "METADATA").write_text(
        "Name: tf_nightly_cpu\nVersion: 9.9\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    found = find_installation("tensorflow")
    assert found is not None
    assert (found.distribution, found.version) == ("tf-nightly-cpu", "9.9")
    assert found.location == str(tmp_path / "tensorflow")


def test_that_the_exact_product_is_that_of_numpy() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.integers(-9, 10, (5, 7)), rng.integers(-9, 10, (7, 3))
    product = exact_product(left.astype(float).tolist(), right.astype(float).tolist())
    assert product == (left @ right).tolist()


def test_that_a_right_device_is_right() -> None:
    result = try_device(Pretended(), GPU)
    assert (result.ran, result.right, result.ran_on) == (True, True, "gpu:0")
    assert result.error is None


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.5])
def test_that_one_wrong_element_is_wrong(value: float) -> None:
    result = try_device(Pretended(put(value)), GPU)
    assert (result.ran, result.right) == (True, False)
    assert result.error is not None
    assert result.error.startswith("element [63, 63] is ")


def test_that_a_missing_row_is_wrong() -> None:
    result = try_device(Pretended(row_missing), GPU)
    assert (result.ran, result.right) == (True, False)


def test_that_a_ragged_result_is_wrong() -> None:
    assert first_wrong([[1.0, 2.0], [3.0]], [[1.0, 2.0], [3.0, 4.0]]) is not None


def test_that_a_result_made_elsewhere_is_told() -> None:
    class QuietlyOnTheCpu(Pretended):
        def integer_matmul(self, _: object, a: object, b: object) -> tuple[list[list[float]], str]:
            return super().integer_matmul(CPU, a, b)  # type: ignore[arg-type]

    assert try_device(QuietlyOnTheCpu(), GPU).ran_on == "cpu"


def test_that_an_operation_which_raises_did_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    class NoKernel(Pretended):
        def integer_matmul(self, *_: object) -> tuple[list[list[float]], str]:
            raise RuntimeError("no kernel image is available for execution on the device")

    result = try_device(NoKernel(), GPU)
    assert (result.ran, result.right) == (False, None)
    assert result.error == "RuntimeError: no kernel image is available for execution on the device"
    assert "Traceback" in capsys.readouterr().err
