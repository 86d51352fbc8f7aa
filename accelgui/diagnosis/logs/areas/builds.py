"""The framework's build: for which device and for which GPUs it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN = Confidence.CERTAIN

_FRAMEWORKS = {
    "torch_no_cuda": "pytorch",
    "torch_cpu_version": "pytorch",
    "jax_cpu_only": "jax",
    "tf_cpu_package": "tensorflow",
}

_PLUGIN_SAYS = re.compile(
    r"mismatched PJRT|not compatible|Unexpected PJRT|symbol not found|undefined symbol",
    re.IGNORECASE,
)

SIGNS = (
    # Built without CUDA.
    sign(
        "torch_no_cuda",
        (
            "not compiled with cuda",
            "not linked with cuda",
            "without cuda support",
            "compiled with cuda support",
            "without gpu support",
        ),
        r"Torch not compiled with CUDA enabled|not (?:compiled|built|linked) with (?:CUDA|GPU|"
        r"cuda)[^\n]{0,20}|without (?:CUDA|GPU) support",
    ),
    sign(
        "torch_cpu_version",
        ("+cpu", "cpuonly"),
        r"(?:torch\w*[\s=:']{1,12}|^\s*\(?['\"]?|__version__[^\n]{0,8}|version[: ]+|\(you have )"
        r"(?P<version>\d+\.\d+\.\d+[\w.]*\+cpu)|\bcpuonly\b",
    ),
    sign(
        "no_cuda_built",
        ("is_built_with_cuda", "cuda used to build", "torch.version.cuda"),
        r"torch\.version\.cuda\)?\s*None\b|is_built_with_cuda\(\)\)?[\s\"')#:>]*False"
        r"|CUDA used to build PyTorch: None",
    ),
    sign(
        "tf_cpu_package",
        ("tensorflow-cpu", "tensorflow_cpu", "tensorflow-intel"),
        r"(?P<name>tensorflow[-_](?:cpu|intel))[ =@-]{1,20}\d",
    ),
    sign(
        "conda_cpu_build",
        ("eigen_py", "mkl_py", "cpu_py", "=cpu", "cpu_generic", "-mutex"),
        r"(?:pytorch|xgboost|tensorflow)-mutex[ -][\d.]+[ -](?P<build2>cpu\w*)"
        r"|(?:tensorflow(?:-base)?|pytorch|jaxlib) +[\d.]+ +(?P<build>(?:eigen|mkl|cpu)_\w+)",
    ),
    sign(
        "jax_cpu_only",
        ("cuda-enabled jaxlib is not installed", "nvidia gpu may be present"),
        r"(?:NVIDIA GPU may be present on this machine|CUDA-enabled jaxlib is not installed)"
        r"(?![^\n]{0,80}Falling back to (?:gpu|tpu|rocm))",
    ),
    sign(
        "jax_fell_on_gpu",
        "falling back to",
        r"jaxlib is not installed\. Falling back to (?:gpu|tpu|rocm)",
        says="absent_backend_probe",
        confidence=_CERTAIN,
    ),
    sign(
        "jax_fallback",
        ("falling back to cpu", "no gpu/tpu found"),
        r"No GPU/TPU found, falling back to CPU",
    ),
    sign(
        "gpu_not_registered", "not registered as", r"no [^\n]{0,40}registered for device type GPU"
    ),
    sign(
        "lib_no_gpu_support",
        (
            "this binary was not compiled",
            "onnxruntime",
            "in available provider names",
            "built without cuda",
            "gpu support",
        ),
        r"not compiled with CUDA|Specified provider '(?:CUDA|ROCM|MIGraphX|Tensorrt"
        r"|Dml)ExecutionProvider' is not in available"
        r" provider names",
    ),
    sign("onnx_gpu_package", ("onnxruntime-gpu", "onnxruntime_gpu", "cudaexecutionprovider")),
    # ONNX Runtime lists what its build can use, whatever the machine has.
    sign(
        "onnx_providers",
        "cpuexecutionprovider",
        r"(?:available[^\n]{0,40}|providers\(\)\)? ?|^\s*)"
        r"\[(?:(?!CUDA|ROCM|Dml|CoreML|Tensorrt|OpenVINO|MIGraphX)[\w', \"])*"
        r"CPUExecutionProvider['\"]\]",
    ),
    sign(
        "windows_no_gpu",
        "native windows",
        r"GPU (?:support )?is not (?:available|supported) on native Windows",
        says="windows_native_gpu_unsupported",
        confidence=_CERTAIN,
    ),
    sign(
        "jetson",
        (
            "jetpack",
            "jetson",
            "l4t",
            "tegra",
            "orin nano",
            "xavier",
            "grace hopper",
            "gh200",
            "graviton",
            "dgx spark",
        ),
    ),
    # The platform.
    sign("aarch64", ("aarch64", "arm64"), r"aarch64|linux[_-]arm64"),
    sign(
        "windows",
        (
            "site-packages\\",
            "c:\\",
            "d:\\",
            "e:\\",
            "f:\\",
            "win_amd64",
            "windows-1",
            "win32",
            "windows 1",
            "[msc v.",
        ),
        r"[A-Z]:\\+\w|win_amd64|Windows[ -]1[01]|\bon win32\b|['\"]win32['\"]|\[MSC v\.",
    ),
    sign(
        "tf_windows_version",
        ("tensorflow", "tensor flow", "tf.__version__", "tf 2.", "2.1"),
        r"(?:tensorflow[\w-]*(?:==| |-|: )+|\btf |tf\.__version__\)?[^\d\n]{0,60}?['\"]?"
        r"|Tensor ?Flow version[: ]+|\bv?(?=2\.\d+\.\d+-(?:rc\d+-)?\d+-g[\da-f]{8})"
        r"|(?=['\"][\d.]+['\"], ?['\"]win32)['\"])v?"
        r"(?P<version>2\.(?:1[1-9]|2\d)(?:\.\d+)?)",
    ),
    sign(
        "macos",
        (
            "zsh: illegal hardware",
            "mach-o",
            "darwin",
            "macos",
            "mac os",
            "macbook",
            "osx-arm64",
            "arm64-apple",
            "/opt/homebrew",
            '"/users/',
        ),
    ),
    # The architecture of the GPU.
    # Plug-ins.
    sign(
        "plugin_version",
        (
            "pjrt plugin",
            "jax plugin",
            "pjrt_plugin_attributes",
            "libmetal",
            "tensorflow-plugins",
            "pjrt api version",
            "plugin configuration",
            "pluggable",
            "tfdml_plugin",
            "default_memory_space",
            "platform 'metal'",
        ),
        r"Mismatched PJRT plugin PJRT API version \(?(?P<plugin>[\d.]+)\)? and framework PJRT API"
        r" version \(?(?P<framework>[\d.]+)|JAX plugin \S+ version \S+ is installed, but it is not"
        r" compatible|Unexpected PJRT_\w+_Args size|tensorflow-plugins/[\w.]+\.(?:dylib|so)"
        r"[^\n]{0,30}(?:Symbol not found|symbol not found|undefined symbol|Library not loaded)"
        r"|plugin_module\.initialize|Jax plugin configuration error|tfdml_plugin\.dll not found"
        r"|UNIMPLEMENTED: default_memory_space|tensorflow-plugins[^\n]{0,80}(?:not found|failed)",
    ),
)


def without_cuda(clues: Clues) -> Iterator[Candidate]:
    """The build has no CUDA: on some systems there is none that has."""
    clue = clues.first(
        "torch_no_cuda",
        "no_cuda_built",
        "jax_cpu_only",
        "torch_cpu_version",
        "conda_cpu_build",
        "tf_cpu_package",
        "lib_no_gpu_support",
        "built_without",
    )
    if clue is None or clues.has("gpu_listed", "xla_device"):
        return
    if clue.sign == "jax_cpu_only" and clues.has("missing_any_of", "jax_found_older"):
        # JAX says so of a plug-in with CUDA, too, if that one does not start.
        return
    if clue.sign == "no_cuda_built" and clues.has("macos"):
        # No build for macOS has CUDA.
        return
    stated = clues.all("torch_no_cuda", "jax_cpu_only", "no_cuda_built")
    framework = _FRAMEWORKS.get(clue.sign)
    if (
        clues.has("macos")
        and clues.has("apple_gpu", "torch_no_cuda")
        and clue.sign == ("torch_no_cuda")
    ):
        yield likely("apple_gpu_needs_plugin", [clue], framework="pytorch")
        yield likely("cpu_only_build", [clue], framework=framework)
        return
    if aarch64 := clues.first("aarch64"):
        if clues.has("macos"):
            yield likely("apple_gpu_needs_plugin", [clue])
        else:
            yield likely("aarch64_wheel_cpu_only", [aarch64, clue], framework=framework)
            yield likely("cpu_only_build", [clue], framework=framework)
            return
    if _is_tensorflow_on_windows(clues):
        yield likely("windows_native_gpu_unsupported", [*clues.all("tf_windows_version")[:1], clue])
        yield possible("cpu_only_build", [clue], framework="tensorflow")
        return
    # Of an unknown release on Windows, TensorFlow has CUDA in no build, or in some.
    is_dated = not (clues.has("windows") and clues.has("no_cuda_built"))
    is_sure = (
        clues.has("jax_cpu_only", "no_cuda_built") and is_dated
    ) or "orch not compiled" in clue.text
    surely = certain if is_sure and not clues.has("amd_gpu", "intel_gpu") else likely
    yield surely("cpu_only_build", [clue, *stated[:2]], framework=framework)


def without_providers(clues: Clues) -> Iterator[Candidate]:
    """ONNX Runtime's plain package has no CUDA, and hides the other one where both are there."""
    clue = clues.first("onnx_providers")
    if clue is None or clues.has("lib_no_gpu_support", "missing", "missing_elf", "gpu_listed"):
        return
    wanted = clues.first("onnx_gpu_package")
    sure = likely if wanted else possible
    yield sure("cpu_only_build", [clue, *([wanted] if wanted else [])])


def on_arm(clues: Clues) -> Iterator[Candidate]:
    """On Linux for ARM, wheels of PyTorch and TensorFlow have long been without CUDA."""
    shown = clues.first("false", "no_gpu_list", "gpu_wanted")
    arm = clues.first("aarch64")
    if shown and arm and not clues.has("macos", "torch_no_cuda", "built_without", "missing"):
        sure = likely if clues.has("jetson") else possible
        yield sure("aarch64_wheel_cpu_only", [shown, arm])
        yield possible("cpu_only_build", [shown])


def jax_fell_back(clues: Clues) -> Iterator[Candidate]:
    """JAX found no GPU and does not say why."""
    clue = clues.first("jax_fallback")
    if clue is None or clues.has(
        "jax_cpu_only",
        "jax_tpu_absent",
        "cuinit",
        "no_device",
        "tpu_busy",
        "missing",
        "missing_elf",
        "tpu_pid",
    ):
        return
    yield likely("cpu_only_build", [clue], framework="jax")
    yield possible("driver_not_installed", [clue])
    yield possible("no_accelerator_present", [clue])


def windows(clues: Clues) -> Iterator[Candidate]:
    """TensorFlow from 2.11 on has no GPU support on Windows itself."""
    if not _is_tensorflow_on_windows(clues) or clues.has("torch_no_cuda", "wsl", "gpu_listed"):
        return
    shown = [*clues.all("tf_windows_version")[:1], *clues.all("no_gpu_list", "windows")[:1]]
    if clues.has("no_gpu_list", "false", "no_cuda_built", "gpu_wanted", "only_cpu_listed"):
        yield likely("windows_native_gpu_unsupported", shown)


def plugins(clues: Clues) -> Iterator[Candidate]:
    """A plug-in was made for another version of the framework, or its start failed for it."""
    clue = clues.first("plugin_version")
    if clue is None:
        return
    is_tpu = clues.has("libtpu", "tpu_words", "torch_xla")
    if is_tpu and "pjrt" in clue.text.lower() and "cuda" not in clue.text.lower():
        yield certain("libtpu_framework_version_mismatch", [clue])
    elif _PLUGIN_SAYS.search(clue.text):
        is_named = clues.has("macos", "jax_cuda_plugin", "amd_gpu", "intel_gpu")
        yield (certain if is_named else likely)("plugin_version_mismatch", [clue])
        if "pjrt" in clue.text.lower() and not is_named:
            # Libtpu is the plug-in that hosted notebooks bring in a version of their own.
            yield likely("libtpu_framework_version_mismatch", [clue])
    elif not clues.has("missing_any_of", "missing_elf", "cudnn_jax", "jax_found_older"):
        yield likely("plugin_version_mismatch", [clue])


def _is_tensorflow_on_windows(clues: Clues) -> bool:
    return clues.has("windows") and clues.has("tf_windows_version")


RULES: tuple[Rule, ...] = (
    without_cuda,
    without_providers,
    on_arm,
    jax_fell_back,
    windows,
    plugins,
)
