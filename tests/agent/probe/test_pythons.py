"""Frameworks below a sysroot, told by their metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.host import look_at_host
from accelgui.agent.probe.pythons import tell_python
from accelgui.model.events import FrameworkSeen, PythonSeen

if TYPE_CHECKING:
    from standins.machines import MachineTree

    from accelgui.model.events import Event
    from accelgui.model.snapshot import Framework

VENV = "opt/venv/lib/python3.11/site-packages"
SYSTEM = "usr/lib/python3/dist-packages"
CONDA = "root/miniconda3/envs/tf"


class Listener:
    """Takes what an agent would send."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def send(self, event: Event) -> None:
        self.events.append(event)


def events_of(tree: MachineTree) -> list[Event]:
    files, listener = Files(str(tree.root)), Listener()
    tell_python(files, look_at_host(files), listener)  # type: ignore[arg-type]
    return listener.events


def frameworks_of(tree: MachineTree) -> dict[str, Framework]:
    return {e.framework.name: e.framework for e in events_of(tree) if isinstance(e, FrameworkSeen)}


def distribution(tree: MachineTree, site: str, *names: str) -> None:
    for name in names:
        tree.write(f"{site}/{name}.dist-info/METADATA", f"Name: {name.partition('-')[0]}\n")


def test_that_a_bare_machine_tells_of_no_python(machine_tree: MachineTree) -> None:
    assert events_of(machine_tree) == []


@pytest.mark.parametrize(
    ("framework", "names", "is_cuda"),
    [
        ("tensorflow", ["tensorflow-2.18.0"], "True"),
        ("tensorflow", ["tensorflow_cpu-2.18.0"], "False"),
        ("tensorflow", ["tensorflow-1.15.0"], None),
        ("pytorch", ["torch-2.5.1+cpu"], "False"),
        ("pytorch", ["torch-2.5.1+cu124"], "True"),
        ("pytorch", ["torch-2.5.1"], None),
        ("jax", ["jax-0.4.35", "jaxlib-0.4.35"], "False"),
        ("jax", ["jax-0.4.35", "jaxlib-0.4.35", "jax_cuda12_plugin-0.4.35"], "True"),
        ("jax", ["jax-0.4.20", "jaxlib-0.4.20+cuda12.cudnn89"], "True"),
    ],
)
def test_that_a_distribution_tells_for_what_it_was_built(
    machine_tree: MachineTree, framework: str, names: list[str], is_cuda: str | None
) -> None:
    distribution(machine_tree, VENV, *names)
    seen = frameworks_of(machine_tree)[framework]
    assert seen.build.get("is_cuda_build") == is_cuda
    assert seen.imported is None


def test_that_what_the_build_says_of_itself_wins(machine_tree: MachineTree) -> None:
    distribution(machine_tree, VENV, "tensorflow-2.18.0", "torch-2.5.1")
    info = "build_info = OrderedDict([('cuda_version', '12.5.1'), ('is_cuda_build', True)])\n"
    machine_tree.write(f"{VENV}/tensorflow/python/platform/build_info.py", info)
    machine_tree.write(f"{VENV}/torch/version.py", "cuda: Optional[str] = None\n")
    seen = frameworks_of(machine_tree)
    assert seen["tensorflow"].build == {"cuda_version": "12.5.1", "is_cuda_build": "True"}
    assert seen["pytorch"].build == {"is_cuda_build": "False"}


def test_that_on_arm_plain_tensorflow_is_for_the_cpu(machine_tree: MachineTree) -> None:
    machine_tree.kernel("6.8.0-1010-nvidia-64k", "aarch64")
    distribution(machine_tree, VENV, "tensorflow-2.18.0")
    assert frameworks_of(machine_tree)["tensorflow"].build == {"is_cuda_build": "False"}


def test_that_conda_says_it_in_the_name_of_the_build(machine_tree: MachineTree) -> None:
    machine_tree.write(f"{CONDA}/conda-meta/tensorflow-2.15.0-cpu_py311h6b3b5f8_2.json", "{}")
    distribution(machine_tree, f"{CONDA}/lib/python3.11/site-packages", "tensorflow-2.15.0")
    first = events_of(machine_tree)[0]
    assert isinstance(first, PythonSeen)
    assert first.python is not None
    assert (first.python.prefix, first.python.is_conda) == (f"/{CONDA}", True)
    assert frameworks_of(machine_tree)["tensorflow"].build == {"is_cuda_build": "False"}


def test_that_the_environment_with_frameworks_is_taken_before_the_systems_own(
    machine_tree: MachineTree,
) -> None:
    distribution(machine_tree, SYSTEM, "numpy-1.26.4", "protobuf-4.21.12")
    distribution(machine_tree, VENV, "jax-0.4.35")
    machine_tree.write("opt/venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.11.9\n")
    first = events_of(machine_tree)[0]
    assert isinstance(first, PythonSeen)
    assert first.python is not None
    assert first.python.executable == "/opt/venv/bin/python3"
    assert first.python.version == "3.11.9"
    assert first.python.is_virtual_environment
