"""A framework told by its metadata alone: its distribution, its version, what it was built for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from accelgui.model.snapshot import Framework

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files
    from accelgui.model.snapshot import Host, Package, PythonContents

_DISTRIBUTIONS = {
    "tensorflow": re.compile(r"(?:intel-)?tensorflow(?:-(?:cpu|gpu|tpu|rocm|intel|macos))?"
                             r"|tf-nightly(?:-(?:cpu|gpu|tpu))?"),
    "pytorch": re.compile(r"torch|torch-nightly"),
    "jax": re.compile(r"jax|jax-nightly"),
}  # fmt: skip
_MODULES = {"tensorflow": "tensorflow", "pytorch": "torch", "jax": "jax"}
_CPU_ONLY = {"tensorflow-cpu", "tf-nightly-cpu", "tensorflow-intel", "intel-tensorflow"}
_CUDA_SETTING = {
    "cuda_version": re.compile(r"['\"]cuda_version['\"]\s*[,:]\s*['\"]([\d.]+)"),
    "cudnn_version": re.compile(r"['\"]cudnn_version['\"]\s*[,:]\s*['\"]([\d.]+)"),
    "is_cuda_build": re.compile(r"['\"]is_cuda_build['\"]\s*[,:]\s*(True|False)"),
}
_TORCH_CUDA = re.compile(r"^cuda(?:\s*:[^=]+)?\s*=\s*(None|['\"][\d.]+['\"])", re.MULTILINE)
_TORCH_LOCAL = re.compile(r"\+cu(\d{2,3})(\d)(?:\b|_)")
# The last part of the name of a file in conda-meta: tensorflow-2.15.0-cpu_py310h6b3b5f8_2.json.
_CONDA_BUILD = re.compile(r"^(?P<name>.+)-(?P<version>[^-]+)-(?P<build>[^-]+)\.json$")
_CONDA_NAMES = {
    "tensorflow": ("tensorflow", "tensorflow-base"),
    "pytorch": ("pytorch", "libtorch"),
    "jax": ("jaxlib",),
}


def framework_in(
    files: Files, name: str, contents: PythonContents, host: Host, prefix: str
) -> Optional[Framework]:
    """Return what metadata tells of a framework, None where there is none of it."""
    packages = [p for p in contents.packages if _DISTRIBUTIONS[name].fullmatch(p.name)]
    sites = [site for site in contents.sites if files.exists(f"{site}/{_MODULES[name]}")]
    if not packages and not sites:
        return None
    package = next((p for p in packages if p.name == _MODULES[name]), next(iter(packages), None))
    site = package.site if package else sites[0]
    return Framework(
        name,
        installed=True,
        version=package.version if package else None,
        distribution=package.name if package else None,
        location=f"{site}/{_MODULES[name]}",
        build=_build(files, name, package, contents, host, prefix),
    )


def _build(
    files: Files,
    name: str,
    package: Optional[Package],
    contents: PythonContents,
    host: Host,
    prefix: str,
) -> dict[str, str]:
    site = package.site if package else contents.sites[0]
    told = {
        "tensorflow": _tensorflow_says,
        "pytorch": _torch_says,
        "jax": lambda *_arguments: {},
    }[name](files, site)
    if told:
        return told
    is_cuda = _conda_says(files, name, prefix)
    if is_cuda is None and package is not None:
        is_cuda = _name_says(name, package, contents, host)
    build = {} if is_cuda is None else {"is_cuda_build": str(is_cuda)}
    local = _TORCH_LOCAL.search(package.version) if package and name == "pytorch" else None
    if local:
        build["cuda_version"] = f"{local[1]}.{local[2]}"
    return build


def _tensorflow_says(files: Files, site: str) -> dict[str, str]:
    text = files.text(f"{site}/tensorflow/python/platform/build_info.py") or ""
    found = {key: pattern.search(text) for key, pattern in _CUDA_SETTING.items()}
    return {key: match[1] for key, match in found.items() if match}


def _torch_says(files: Files, site: str) -> dict[str, str]:
    match = _TORCH_CUDA.search(files.text(f"{site}/torch/version.py") or "")
    if match is None:
        return {}
    if match[1] == "None":
        return {"is_cuda_build": "False"}
    return {"is_cuda_build": "True", "cuda_version": match[1].strip("'\"")}


def _conda_says(files: Files, name: str, prefix: str) -> Optional[bool]:
    for file in files.names(f"{prefix}/conda-meta"):
        match = _CONDA_BUILD.match(file)
        if match is None or match["name"] not in _CONDA_NAMES[name]:
            continue
        build = match["build"].lower()
        if re.search(r"(?:^|_)(?:cuda|gpu|py[\d.]+_cuda)", build):
            return True
        if re.search(r"(?:^|_)(?:cpu|mkl|eigen)", build):
            return False
    return None


def _name_says(name: str, package: Package, contents: PythonContents, host: Host) -> Optional[bool]:
    """Return whether the distribution is a build for CUDA; None where its name leaves it open."""
    if package.name in _CPU_ONLY or re.search(r"\+cpu\b", package.version):
        return False
    if name == "jax":
        names = {p.name for p in contents.packages}
        plugins = [n for n in names if re.match(r"jax-(?:cuda\d*|rocm\d*)-(?:plugin|pjrt)", n)]
        jaxlib = next((p for p in contents.packages if p.name == "jaxlib"), None)
        # Until 0.4.26 jaxlib itself was built for CUDA, and its version said so.
        return bool(plugins) or bool(jaxlib and "cuda" in jaxlib.version)
    if name == "tensorflow":
        return _tensorflow_wheel_is_cuda(package, host)
    return True if "+cu" in package.version else None


def _tensorflow_wheel_is_cuda(package: Package, host: Host) -> Optional[bool]:
    if package.name == "tensorflow-gpu":
        return True
    if package.name != "tensorflow":
        return None
    if host.machine in {"aarch64", "arm64"}:
        return False
    # One wheel for both since 2.1; before, plain "tensorflow" was for the CPU.
    numbers = re.match(r"(\d+)\.(\d+)", package.version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < (2, 1):
        return None
    return True if host.machine in {"x86_64", "amd64", ""} else None
