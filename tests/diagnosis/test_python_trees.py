"""Environments of made machines: judged by metadata alone, the right cause first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from diagnosis.trees import (
    CUDA_12_WHEELS,
    LIBRARIES,
    Tree,
    findings,
    first_code,
    jax_on_tpu,
    shadowing,
    tpu_library,
    verdict,
    with_libraries,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
BY_PYTHON = (
    'numpy<2.0.0,>=1.23.5; python_version <= "3.11"',
    'numpy<2.0.0,>=1.26.0; python_version >= "3.12"',
)


CASES: dict[str, tuple[str, Callable[[Tree], object], Callable[[Tree], object]]] = {
    "CPU-only distribution / the usual one": (
        "cpu_only_build",
        lambda t: t.nvidia_machine().packages("tensorflow_cpu-2.18.0"),
        lambda t: t.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow(),
    ),
    "torch for the CPU / for CUDA": (
        "cpu_only_build",
        lambda t: t.nvidia_machine().packages("torch-2.5.1+cpu"),
        lambda t: t.nvidia_machine().packages("torch-2.5.1+cu124"),
    ),
    "JAX without plug-in / with it": (
        "cpu_only_build",
        lambda t: t.nvidia_machine().packages("jax-0.4.35", "jaxlib-0.4.35"),
        lambda t: t.nvidia_machine().packages(
            "jax-0.4.35", "jaxlib-0.4.35", "jax_cuda12_plugin-0.4.35", *CUDA_12_WHEELS
        ),
    ),
    "TensorFlow on ARM / on x86": (
        "aarch64_wheel_cpu_only",
        lambda t: t.nvidia_machine().kernel(machine="aarch64").packages("tensorflow-2.18.0"),
        lambda t: t.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow(),
    ),
    "the empty tensorflow-gpu / an old real one": (
        "tensorflow_gpu_package_removed",
        lambda t: t.nvidia_machine().packages("tensorflow_gpu-2.12.0"),
        lambda t: t.nvidia_machine().packages("tensorflow_gpu-2.10.1"),
    ),
    "no CUDA libraries / wheels": (
        "cuda_library_not_found",
        lambda t: t.nvidia_machine().tensorflow(),
        lambda t: t.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow(),
    ),
    "one wheel left out / none": (
        "cuda_toolkit_incomplete",
        lambda t: t.nvidia_machine().packages(
            *(name for name in CUDA_12_WHEELS if "cudnn" not in name)
        ).tensorflow(),
        lambda t: t.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow(),
    ),
    "a toolkit of CUDA 11 / of CUDA 12": (
        "built_for_other_cuda_major",
        lambda t: with_libraries(
            t.nvidia_machine().tensorflow(),
            f"{LIBRARIES}/libcudart.so.11.0",
            f"{LIBRARIES}/libcudnn.so.9",
        ),
        lambda t: with_libraries(
            t.nvidia_machine().tensorflow(),
            f"{LIBRARIES}/libcudart.so.12",
            f"{LIBRARIES}/libcudnn.so.9",
        ),
    ),
    "cuDNN 8 for a build with 9 / cuDNN 9": (
        "cudnn_version_mismatch",
        lambda t: t.nvidia_machine().packages(
            *(n for n in CUDA_12_WHEELS if "cudnn" not in n), "nvidia_cudnn_cu12-8.9.7.29"
        ).tensorflow("2.21.0", "numpy>=1.26"),
        lambda t: t.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow(),
    ),
    "libraries in a folder that nobody searches / known to the loader": (
        "cuda_libs_not_on_loader_path",
        lambda t: with_libraries(
            t.nvidia_machine().tensorflow(),
            "usr/local/cuda-12.5/lib64/libcudart.so.12",
            "usr/local/cuda-12.5/lib64/libcudnn.so.9",
        ),
        lambda t: with_libraries(
            t.nvidia_machine().tensorflow().write(
                "etc/ld.so.conf.d/cuda.conf", "/usr/local/cuda-12.5/lib64\n"
            ),
            "usr/local/cuda-12.5/lib64/libcudart.so.12",
            "usr/local/cuda-12.5/lib64/libcudnn.so.9",
        ),
    ),
    "toolkit wheels of two minor versions / of one": (
        "mixed_cuda_wheel_versions",
        lambda t: t.nvidia_machine().packages(
            *(n for n in CUDA_12_WHEELS if "nvrtc" not in n), "nvidia_cuda_nvrtc_cu12-12.1.105"
        ).tensorflow(),
        lambda t: t.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow(),
    ),
    "LD_LIBRARY_PATH with another cuDNN / with the same": (
        "library_path_shadows_bundled_cuda",
        lambda t: shadowing(t, "9.1.0"),
        lambda t: shadowing(t, "9.3.0"),
    ),
    "a driver for CUDA 11 / for CUDA 12": (
        "driver_too_old_for_cuda",
        lambda t: t.nvidia_machine(version="470.256.02").packages(*CUDA_12_WHEELS).tensorflow(),
        lambda t: t.nvidia_machine(version="535.183.01").packages(*CUDA_12_WHEELS).tensorflow(),
    ),
    "NumPy 2 for a build with 1 / NumPy 1": (
        "numpy_abi_incompatible",
        lambda t: t.packages("numpy-2.1.0").tensorflow("2.16.1", "numpy<2.0.0,>=1.26.0"),
        lambda t: t.packages("numpy-1.26.4").tensorflow("2.16.1", "numpy<2.0.0,>=1.26.0"),
    ),
    "NumPy 2 for this Python's build with 1 / for another Python's": (
        "numpy_abi_incompatible",
        lambda t: t.packages("numpy-2.1.0").tensorflow("2.16.1", *BY_PYTHON),
        lambda t: t.packages("numpy-2.1.0").tensorflow("2.16.1", BY_PYTHON[1]),
    ),
    "protobuf out of range / in range": (
        "protobuf_incompatible",
        lambda t: t.packages("protobuf-4.25.3").tensorflow("2.9.3", "protobuf<3.20,>=3.9.2"),
        lambda t: t.packages("protobuf-3.19.6").tensorflow("2.9.3", "protobuf<3.20,>=3.9.2"),
    ),
    "a plug-in of another version / of jaxlib's": (
        "plugin_version_mismatch",
        lambda t: t.nvidia_machine().packages(
            "jax-0.4.35", "jaxlib-0.4.35", "jax_cuda12_plugin-0.4.31", *CUDA_12_WHEELS
        ),
        lambda t: t.nvidia_machine().packages(
            "jax-0.4.35", "jaxlib-0.4.35", "jax_cuda12_plugin-0.4.35", *CUDA_12_WHEELS
        ),
    ),
    "a CPU without AVX / with it": (
        "cpu_lacks_avx",
        lambda t: t.cpu("Intel Celeron", flags="fpu sse sse2 sse4_2").tensorflow(),
        lambda t: t.tensorflow(),
    ),
    "torch_xla of another release / of the same": (
        "torch_xla_version_mismatch",
        lambda t: tpu_library(t).packages("torch-2.5.1", "torch_xla-2.4.0"),
        lambda t: tpu_library(t).packages("torch-2.5.1", "torch_xla-2.5.0"),
    ),
    "another libtpu than asked for / that one": (
        "libtpu_framework_version_mismatch",
        lambda t: jax_on_tpu(t, "0.0.11"),
        lambda t: jax_on_tpu(t, "0.0.17"),
    ),
    "plain TensorFlow on a TPU machine / the one for TPUs": (
        "tensorflow_without_tpu_support",
        lambda t: tpu_library(t).tensorflow(),
        lambda t: tpu_library(t).packages("tensorflow_tpu-2.20.0"),
    ),
    "no libtpu / libtpu": (
        "libtpu_library_missing",
        lambda t: t.tpu("v5e", 1),
        tpu_library,
    ),
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "machine")


@pytest.mark.parametrize(("code", "broken", "_near"), CASES.values(), ids=CASES)
def test_that_the_cause_comes_first(
    tree: Tree, code: str, broken: Callable[[Tree], object], _near: object
) -> None:
    broken(tree)
    assert first_code(tree) == code
    assert findings(tree)[code].evidence


@pytest.mark.parametrize(("code", "_broken", "near"), CASES.values(), ids=CASES)
def test_that_the_near_miss_is_another_matter(
    tree: Tree, code: str, _broken: object, near: Callable[[Tree], object]
) -> None:
    near(tree)
    assert code not in findings(tree)


def test_that_a_cpu_only_build_stays_to_be_mended_beside_a_missing_driver(tree: Tree) -> None:
    tree.pci_gpu().packages("tensorflow_cpu-2.18.0")
    codes = [finding.code for finding in verdict(tree).findings]
    assert codes == ["driver_not_installed", "cpu_only_build"]
