"""The real TensorFlow in front of a driver that fails: what `accelgui check` makes of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from cli.command import run
from standins.compiler import build_libcuda, build_nvml
from standins.drivers import CudaDriver, NvmlDriver, together

# What cuInit returns, and the cause that this means on a machine whose NVML answers.
CUINIT = {
    100: {"cuda_initialization_fails"},
    802: {"fabric_manager_not_running"},
    # In a container rather the image's library.
    803: {"driver_upgraded_not_reloaded", "cuda_compat_libs_shadow_newer_driver"},
    804: {"cuda_compat_libs_on_unsupported_gpu"},
    999: {"uvm_broken_after_suspend"},
}


class Bench:
    """A folder with both stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nvml = NvmlDriver(build_nvml(folder / "nvml"), folder / "nvml.state")
        self.cuda = CudaDriver(build_libcuda(folder / "cuda"), folder / "cuda.state")
        self.nvml.install_gpus(1)

    def check(self, *arguments: str, **variables: str) -> dict[str, Any]:
        asked = ["check", "--json", "--framework", "tensorflow", *arguments]
        environment = together(self.nvml, self.cuda)
        environment["LD_LIBRARY_PATH"] += variables.pop("more_folders", "")
        document: dict[str, Any] = run(self.folder, *asked, **environment, **variables).document
        return document


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    for name in ("nvml", "cuda", "old"):
        (folder / name).mkdir()
    return Bench(folder)


def errors(document: dict[str, Any]) -> list[str]:
    return [f["code"] for f in document["findings"] if f["severity"] == "error"]


@pytest.mark.parametrize("code", CUINIT)
def test_that_a_failing_cuinit_is_explained(bench: Bench, code: int) -> None:
    bench.cuda.fail("cuInit", code)
    document = bench.check()
    bench.cuda.fail("cuInit", None)
    assert errors(document)[0] in CUINIT[code]
    assert document["verdict"]["status"] == "not_accelerated"
    assert document["verdict"]["cpu_works"] is True


def test_that_a_hidden_gpu_is_explained(bench: Bench) -> None:
    bench.cuda.fail("cuInit", 100)
    document = bench.check(CUDA_VISIBLE_DEVICES="7")
    bench.cuda.fail("cuInit", None)
    assert errors(document)[0] == "wrong_cuda_visible_devices"


def test_that_missing_libraries_are_explained(bench: Bench) -> None:
    bench.cuda.set(count=1)
    attributes = {f"attribute.{number}": 1 for number in range(1, 160)}
    attributes |= {"attribute.75": 9, "attribute.76": 0, "attribute.16": 132}
    bench.cuda.set(0, name="NVIDIA H200", memory_total=1 << 37, pci_bus_id="0000:01:00.0")
    bench.cuda.set(0, **attributes)
    document = bench.check()
    bench.cuda.set(count=0)
    first = next(f for f in document["findings"] if f["severity"] == "error")
    assert first["code"] == "cuda_library_not_found"
    assert "libcudart.so.12" in first["parameters"]["libraries"]
    assert "libcudnn.so.9" in first["parameters"]["libraries"]


def test_that_a_machine_without_a_gpu_has_no_trouble_with_a_build_for_cuda(
    tmp_path: Path,
) -> None:
    if list(Path("/dev").glob("nvidia*")):
        pytest.skip("this machine has an NVIDIA GPU")
    document = run(tmp_path, "check", "--json", "--framework", "tensorflow").document
    assert errors(document) == []
    assert document["verdict"]["status"] == "no_accelerator"
    assert document["snapshot"]["contents"]["packages"]


@pytest.mark.parametrize(
    ("variable", "framework"),
    [("ACCELGUI_TEST_TORCH_PYTHON", "pytorch"), ("ACCELGUI_TEST_JAX_PYTHON", "jax")],
)
def test_that_a_real_cpu_build_beside_a_gpu_is_explained(
    bench: Bench, variable: str, framework: str
) -> None:
    python = os.environ.get(variable)
    if python is None:
        pytest.skip(f"{variable} names no Python with {framework}")
    bench.cuda.set(count=1)
    document = bench.check("--python", python, "--framework", framework)
    bench.cuda.set(count=0)
    assert errors(document) == ["cpu_only_build"]
    assert document["verdict"]["cpu_works"] is True
