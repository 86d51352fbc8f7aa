"""The environment variables that bear on the chain; what may be a secret stays out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = frozenset({
    "COLAB_GPU",
    "CONDA_PREFIX",
    "CUDA_HOME",
    "DATALORE_USER",
    "KAGGLE_KERNEL_RUN_TYPE",
    "KUBERNETES_SERVICE_HOST",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "OMP_NUM_THREADS",
    "SLURM_JOB_ID",
    "VIRTUAL_ENV",
    "WSL_DISTRO_NAME",
    "container",
})
_PREFIXES = (
    "CUDA_",
    "CUDNN_",
    "GPU_",
    "HIP_",
    "HSA_",
    "JAX_",
    "MIG_",
    "NCCL_",
    "NVIDIA_",
    "ONEAPI_",
    "PJRT_",
    "PYTORCH_",
    "ROCM_",
    "ROCR_",
    # Not all of TF_: Terraform's variables, some of them secret, begin with it too.
    "TF_CPP_",
    "TF_CUDNN_",
    "TF_DISABLE_",
    "TF_ENABLE_",
    "TF_FORCE_",
    "TF_GPU_",
    "TF_NUM_",
    "TF_USE_",
    "TF_XLA_",
    "XLA_",
    "ZE_",
)
_SECRETS = ("KEY", "PASSWORD", "SECRET", "TOKEN", "CREDENTIAL")

_TPU_NAMES = frozenset({
    "CLOUD_TPU_TASK_ID",
    "COLAB_TPU_ADDR",
    "KUBE_GOOGLE_CLOUD_TPU_ENDPOINTS",
    "XRT_TPU_CONFIG",
})
_TPU_PREFIXES = ("TPU_", "MEGASCALE_", "LIBTPU_")


def relevant_variables(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that can make or break acceleration."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if _is_relevant(name) and not any(word in name.upper() for word in _SECRETS)
    }


def tpu_hints(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that speak of a TPU."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if name in _TPU_NAMES
        or name.startswith(_TPU_PREFIXES)
        or (name in {"PJRT_DEVICE", "JAX_PLATFORMS"} and "tpu" in value.lower())
    }


def _is_relevant(name: str) -> bool:
    return (
        name in _NAMES
        or name in _TPU_NAMES
        or name.startswith(_PREFIXES)
        or name.startswith(_TPU_PREFIXES)
    )
