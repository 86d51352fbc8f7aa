"""Lines that frighten people and mean nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely
from accelgui.diagnosis.logs.gist.remarks import HARMLESS
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule
    from accelgui.diagnosis.logs.signs import Clue

_CERTAIN = Confidence.CERTAIN

# What JAX says of a backend that this build, or this system, can never have.
_NEVER_HERE = ("not in the list", "not a known", "unimplemented", "not implemented")

SIGNS = (
    sign(
        "numa",
        ("numa node", "numa", "kernel may not have been built with"),
        r"negative value \(-1\), but there must be at least one NUMA|could not (?:open file to read"
        r" NUMA|identify NUMA)|not have been built with NUMA support"
        r"|does not support NUMA - returning NUMA node zero",
        says="numa_node_unknown",
        confidence=_CERTAIN,
    ),
    sign(
        "tensorrt",
        ("tensorrt", "libnvinfer", "nvinfer"),
        r"TF-TRT Warning|Could not find TensorRT|(?:could not (?:load dynamic|dlopen) library"
        r" [`'\"]?)lib(?:nvinfer)\w*|Cannot dlopen some TensorRT libraries"
        r"|libnvinfer\w*\.so[.\d]*: cannot open shared object",
        says="tensorrt_not_installed",
        confidence=_CERTAIN,
    ),
    sign(
        "twice",
        ("unable to register", "attempting to register factory"),
        r"Unable to register cu\w+ (?:factory|plugin)|Attempting to register factory for plugin",
        says="duplicate_plugin_registration",
        confidence=_CERTAIN,
    ),
    sign(
        "twice_computation",
        "computation placer already registered",
        says="duplicate_plugin_registration",
        confidence=_CERTAIN,
    ),
    sign(
        "ptxas",
        (
            "relying on driver to perform ptx",
            "couldn't get ptxas",
            "couldn't invoke ptxas",
            "fallback to the nvidia driver",
            "falling back to the cuda driver for ptx",
            "ptxas version",
        ),
        r"Relying on driver to perform ptx compilation|Couldn't (?:get|invoke) ptxas"
        r"|is older than the ptxas CUDA version|disabling parallel compilation"
        r"|fall(?:ing )?back to the (?:NVIDIA|CUDA) driver for (?:some|PTX) compilation",
        says="ptxas_driver_fallback",
        confidence=_CERTAIN,
    ),
    sign(
        "drm",
        ("/sys/class/drm", "device_discovery.cc"),
        r"/sys/class/drm/card\d+/device/(?:vendor|device)",
        says="virtual_display_device_probe",
        confidence=_CERTAIN,
    ),
    sign(
        "backend",
        "unable to initialize backend",
        r"Unable to initialize backend ['\"](?P<backend>\w+)['\"]: ?(?P<why>[^\n]{0,120})",
    ),
    sign(
        "backend_passing",
        "unable to initialize backend",
        r"(?:INFO|DEBUG|I\d{4}|\bI )[^\n]{0,120}Unable to initialize backend ['\"](?P<backend>\w+)",
    ),
    sign(
        "backend_fatal",
        "unable to initialize backend",
        r"(?:RuntimeError|Error): Unable to initialize backend ['\"](?P<backend>\w+)",
    ),
    sign(
        "remote_tpu",
        ("remote tpu is not linked", "interpreter", "tpu_driver"),
        r"Remote TPU is not linked into jax|skipping remote TPU",
        says="absent_backend_probe",
        confidence=_CERTAIN,
    ),
    sign("remarks", HARMLESS, f"(?P<said>{'|'.join(map(re.escape, HARMLESS))})"),
    sign(
        "cpu_features",
        (
            "cpu_feature_guard",
            "this tensorflow binary is optimized",
            "onednn custom operations",
            "cpu supports instructions",
        ),
        None,
    ),
    sign(
        "torch_works",
        ("torch", "cuda:0"),
        r"(?:torch\.cuda\.is_available\(\)\)?[^\w\n]{0,12}True"
        r"|device\(type='cuda'|Using device: cuda"
        r"|device='?cuda:0|(?:torch|pytorch)[^\n]{0,40}on cuda|NVIDIA [\w ]+ \(UUID"
        r"|Using (?:cuda|GPU)|GPU available: True \(cuda\), used: True|Loading pipeline"
        r"|pytorch_lightning|device: cuda|Torch detected GPU|Torch backend: nVidia CUDA)",
    ),
    sign(
        "torch_imported",
        (
            "torch backend:",
            "import torch",
            "site-packages/torch/",
            "torch==",
            "pytorch",
            "transformers",
            "diffusers",
        ),
        None,
    ),
    sign(
        "torch_job",
        ("use_tf=0", "examples/pytorch", "torch.distributed.launch", "torchrun ", "use_torch=1"),
        None,
    ),
    sign(
        "jax_works",
        ("[gpu(id=", "gpudevice(id=", "cudadevice(id=", "[cuda(id=", "tpudevice(id="),
        None,
    ),
    sign("jax_cuda_plugin", ("jax-cuda", "jax_cuda"), None),
    sign("jax_imported", ("import jax", "jax.devices", "flax", "jaxlib"), None),
    sign(
        "none_found",
        "have been found. models won't be available",
        r"None of PyTorch, TensorFlow >= 2\.0, or Flax have been found",
        says="unused_framework_warning",
    ),
    sign("trouble_words", ("error", "failed", "fatal", "traceback"), None),
)


def other_framework(clues: Clues) -> Iterator[Candidate]:
    """TensorFlow says that it has no GPU, in a job that another framework does on one."""
    clue = clues.first("other_framework_works", "torch_job")
    said = clues.first(
        "no_cuda_drivers",
        "ignore_cudart",
        "some_missing",
        "missing",
        "kernel_driver_absent",
        "cuinit",
    )
    if clue is not None and said is not None and not clues.has("libcuda_unversioned"):
        surely = certain if clue.sign == "other_framework_works" else likely
        yield surely("unused_framework_warning", [said, clue])


def another_by_name(clues: Clues) -> Iterator[Candidate]:
    """The name "gpu" stands for ROCm as well as CUDA, and JAX tried the one that is not here."""
    asked = clues.first("jax_platform")
    for clue in clues.all("backend_fatal"):
        has_cuda = clues.first("jax_cuda_plugin")
        if clue["backend"] == "rocm" and (asked or has_cuda):
            shown = [clue, *([asked] if asked else []), *([has_cuda] if has_cuda else [])]
            value = asked["value"] if asked else "rocm"
            yield likely("wrong_jax_platform_name", shown, value=value)


def backends(clues: Clues) -> Iterator[Candidate]:
    """JAX tries every backend it knows of, and says of each that is not here that it is not."""
    fatal = clues.values("backend_fatal", "backend")
    passing = _in_passing(clues)
    harmless = [
        clue
        for clue in passing
        if clue["backend"].lower() not in {"cuda", "gpu"}
        or clues.has("tpu_listed")
        or not clues.has("jax_cpu_only", "cuinit", "jax_fallback")
    ]
    # A chip that somebody holds is more than an absent one.
    harmless = [clue for clue in harmless if "already in use" not in clue["why"].lower()]
    if harmless:
        yield certain("absent_backend_probe", harmless[:3])
    for clue in clues.all("backend"):
        if clue["backend"] not in fatal:
            continue
        why = clue["why"].lower()
        if "no visible" in why or "no_device" in why.replace(" ", "_"):
            yield likely("wrong_cuda_visible_devices", [clue])
        elif clue["backend"] == "tpu" and "not found" in why:
            yield likely("libtpu_library_missing", [clue])
        elif any(words in why for words in _NEVER_HERE):
            yield likely("wrong_jax_platform_name", [clue], value=clue["backend"])
        elif clue["backend"] in {"cuda", "gpu"} and "not_found" in why:
            yield likely("cpu_only_build", [clue], framework="jax")
        elif "registered platform" in why:
            yield likely("wrong_jax_platform_name", [clue], value=clue["backend"])


def unused(clues: Clues) -> Iterator[Candidate]:
    """A line of TensorFlow's, in passing, on a machine where the job is another's."""
    said = clues.first(
        "ignore_cudart", "kernel_driver_absent", "cuinit", "no_cuda_drivers", "missing"
    )
    if said and clues.has("tpu_listed") and not clues.has("gpu_listed", "smi"):
        yield likely("unused_framework_warning", [said])


def _in_passing(clues: Clues) -> list[Clue]:
    """Return what JAX says of backends that it goes on without."""
    fatal = clues.values("backend_fatal", "backend")
    return [clue for clue in clues.all("backend") if clue["backend"] not in fatal]


# The signs of lines that no other reading may take for trouble.
REMARKS = ("remarks", "backend_passing", "cpu_features", "no_switches")

RULES: tuple[Rule, ...] = (other_framework, another_by_name, backends, unused)
