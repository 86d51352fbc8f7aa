"""The stand-ins as pytest fixtures; tests/conftest.py imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from standins.compiler import build_libcuda, build_nvml
from standins.drivers import CudaDriver, NvmlDriver
from standins.machines import MachineTree

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["libcuda", "libcuda_library", "machine_tree", "nvml", "nvml_library"]


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_nvml(tmp_path_factory.mktemp("nvml"))


@pytest.fixture(scope="session")
def libcuda_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_libcuda(tmp_path_factory.mktemp("libcuda"))


@pytest.fixture
def nvml(nvml_library: Path, tmp_path: Path) -> NvmlDriver:
    """NVML without GPUs; `nvml.install_gpus(2)` adds some, `nvml.environment` makes it found."""
    return NvmlDriver(nvml_library, tmp_path / "nvml.state")


@pytest.fixture
def libcuda(libcuda_library: Path, tmp_path: Path) -> CudaDriver:
    """A libcuda that answers and has no devices."""
    return CudaDriver(libcuda_library, tmp_path / "libcuda.state")


@pytest.fixture
def machine_tree(tmp_path: Path) -> MachineTree:
    """A bare Ubuntu machine below a folder, for `MachineRequest(sysroot=str(tree.root))`."""
    return MachineTree(tmp_path / "machine")
