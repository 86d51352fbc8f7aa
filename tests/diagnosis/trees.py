"""Made machines as trees of files, and what is found of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from standins.machines import MachineTree

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.machine import machine_in_files
from accelgui.agent.probe.pythons import tell_python
from accelgui.diagnosis import examine
from accelgui.model.events import FrameworkSeen, PythonSeen
from accelgui.model.snapshot import Snapshot

if TYPE_CHECKING:
    from accelgui.model.events import Event
    from accelgui.model.finding import Finding, Verdict

KERNEL = "6.8.0-45-generic"
OLDER_KERNEL = "6.8.0-41-generic"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
VENV = "opt/venv/lib/python3.11/site-packages"
CUDA_12_WHEELS = (
    "nvidia_cublas_cu12-12.5.3.2",
    "nvidia_cuda_runtime_cu12-12.5.82",
    "nvidia_cuda_nvrtc_cu12-12.5.82",
    "nvidia_cudnn_cu12-9.3.0.75",
    "nvidia_cufft_cu12-11.2.3.61",
    "nvidia_nvjitlink_cu12-12.5.82",
)
TENSORFLOW_REQUIRES = (
    'nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    'nvidia-cuda-runtime-cu12<13.0,>=12.5.82; extra == "and-cuda"',
    'nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
    'nvidia-cufft-cu12<12.0,>=11.2.3.61; extra == "and-cuda"',
    "numpy>=1.26.0",
    "protobuf<8.0.0,>=6.31.1",
)


class Tree(MachineTree):
    """A machine with more to be had."""

    def pascal(self, driver: str | None = None) -> Self:
        return self.pci_gpu(device_id="1b80", driver=driver)

    def turing(self, driver: str | None = None) -> Self:
        return self.pci_gpu(device_id="1e04", driver=driver)

    def blackwell(self, driver: str | None = None) -> Self:
        return self.pci_gpu(device_id="2b85", driver=driver)

    def driver_unloaded(self) -> Self:
        """Have GPU, libraries and module file, and nothing loaded."""
        return self.pci_gpu().nvidia_user_space().module_on_disk("580.65.06")

    def packages(self, *names: str, site: str = VENV) -> Self:
        for name in names:
            self.write(f"{site}/{name}.dist-info/METADATA", f"Name: {name}\n")
        return self

    def tensorflow(self, version: str = "2.21.0", *requires: str) -> Self:
        lines = "".join(f"Requires-Dist: {line}\n" for line in requires or TENSORFLOW_REQUIRES)
        text = f"Name: tensorflow\nVersion: {version}\n{lines}\n"
        return self.write(f"{VENV}/tensorflow-{version}.dist-info/METADATA", text)

    def kernel_log(self, *lines: str) -> Self:
        text = "".join(f"[   12.345678] {line}\n" for line in lines)
        return self.write("var/log/dmesg", f"[    0.000000] Linux version {KERNEL}\n{text}")

    def program(self, name: str) -> Self:
        return self.write(f"usr/bin/{name}", "")

    def switches(self, count: int = 4) -> Self:
        for number in range(count):
            address = f"0000:{number + 16:02x}:00.0"
            self.pci_device(address, vendor_id="10de", device_id="22a3", class_code="068000")
        return self


def healthy(t: Tree) -> Tree:
    return t.nvidia_machine()


def in_docker(t: Tree) -> Tree:
    return t.container("docker").nvidia_module().pci_gpu(driver="nvidia")


def with_libraries(t: Tree, *names: str) -> Tree:
    for name in names:
        t.library(name)
    return t


def compat_on(t: Tree, model: str) -> Tree:
    library = "usr/local/cuda/compat/libcuda.so.590.44.01"
    return (
        in_docker(t)
        .nvidia_nodes()
        .nvidia_user_space()
        .library(library, links=("libcuda.so.1",))
        .write("etc/ld.so.conf.d/compat.conf", "/usr/local/cuda/compat\n")
        .write("proc/driver/nvidia/gpus/0000:01:00.0/information", f"Model: \t\t {model}\n")
    )


def wsl_libraries(t: Tree) -> Tree:
    for name in ("libcuda.so.1", "libdxcore.so", "libnvidia-ml.so.1"):
        t.library(f"usr/lib/wsl/lib/{name}")
    return t.wsl()


def kubernetes_node(t: Tree, runtime: str) -> Tree:
    text = f'[plugins."x".containerd]\n  default_runtime_name = "{runtime}"\n'
    t.nvidia_machine().program("kubelet").program("nvidia-ctk")
    return t.write("etc/containerd/config.toml", text)


def shadowing(t: Tree, version: str) -> Tree:
    t.nvidia_machine().packages(*CUDA_12_WHEELS).tensorflow()
    t.library(f"{VENV}/nvidia/cudnn/lib/libcudnn.so.9")
    t.library(f"opt/cudnn/libcudnn.so.{version}", links=("libcudnn.so.9",))
    return t.write("etc/environment", 'LD_LIBRARY_PATH="/opt/cudnn"\n')


def tpu_library(t: Tree) -> Tree:
    return t.tpu("v5e", 1).library(f"{VENV}/libtpu/libtpu.so")


def jax_on_tpu(t: Tree, version: str) -> Tree:
    metadata = "Name: jax\nRequires-Dist: libtpu==0.0.17.*; extra == 'tpu'\n"
    tpu_library(t).packages(f"libtpu-{version}", "jaxlib-0.6.2")
    return t.write(f"{VENV}/jax-0.6.2.dist-info/METADATA", metadata)


class _Listener:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def send(self, event: Event) -> None:
        self.events.append(event)


def seen(tree: MachineTree) -> Snapshot:
    """Look at a tree as the agent does."""
    files, listener = Files(str(tree.root)), _Listener()
    machine = machine_in_files(files)
    tell_python(files, machine.host, listener)  # type: ignore[arg-type]
    told = [event for event in listener.events if isinstance(event, PythonSeen)]
    frameworks = (e.framework for e in listener.events if isinstance(e, FrameworkSeen))
    return Snapshot(
        taken_at="2026-01-01T00:00:00+00:00",
        machine=machine,
        python=told[0].python if told else None,
        frameworks=tuple(frameworks),
        contents=told[0].contents if told else None,
    )


def verdict(tree: MachineTree) -> Verdict:
    return examine(seen(tree))


def findings(tree: MachineTree) -> dict[str, Finding]:
    return {finding.code: finding for finding in verdict(tree).findings}


def first_code(tree: MachineTree) -> str | None:
    return next((finding.code for finding in verdict(tree).findings), None)
