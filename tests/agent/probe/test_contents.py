"""What a Python holds, read from folders and metadata without importing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent.probe.contents import contents_of, look_at_this_python
from accelgui.agent.probe.files import Files

if TYPE_CHECKING:
    from standins.machines import MachineTree

SITE = "opt/venv/lib/python3.11/site-packages"


def test_that_wheels_and_their_libraries_are_told_with_versions(machine_tree: MachineTree) -> None:
    machine_tree.write(f"{SITE}/nvidia_cudnn_cu12-9.10.2.21.dist-info/METADATA", "Name: x\n")
    machine_tree.library(f"{SITE}/nvidia/cudnn/lib/libcudnn.so.9")
    machine_tree.library(f"{SITE}/nvidia/cu13/lib/libcudart.so.13")
    machine_tree.library(f"{SITE}/torch/lib/libcudart-12af.so.12")

    contents = contents_of(Files(str(machine_tree.root)), [f"/{SITE}"], None)

    assert [(p.name, p.version) for p in contents.packages] == [("nvidia-cudnn-cu12", "9.10.2.21")]
    assert [(lib.name, lib.version) for lib in contents.libraries] == [
        ("libcudnn.so.9", "9.10.2.21"),
        ("libcudart.so.13", "13"),
    ]


def test_that_of_a_framework_the_requirements_that_count_are_told(
    machine_tree: MachineTree,
) -> None:
    metadata = (
        "Metadata-Version: 2.1\nName: tensorflow\nRequires-Dist: absl-py>=1.0\n"
        'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3; extra == "and-cuda"\n'
        "Requires-Dist: numpy>=1.26\n\nRequires-Dist: numpy in the text\n"
    )
    machine_tree.write(f"{SITE}/tensorflow-2.21.0.dist-info/METADATA", metadata)
    machine_tree.write(f"{SITE}/requests-2.32.0.dist-info/METADATA", metadata)

    (package,) = contents_of(Files(str(machine_tree.root)), [f"/{SITE}"], None).packages

    assert (package.name, package.version, package.site) == ("tensorflow", "2.21.0", f"/{SITE}")
    assert package.requires == (
        'nvidia-cudnn-cu12<10.0,>=9.3; extra == "and-cuda"',
        "numpy>=1.26",
    )


def test_that_this_python_tells_its_own(tmp_path: object) -> None:
    packages = {package.name for package in look_at_this_python(Files()).packages}
    assert {"tensorflow", "numpy", "nvidia-ml-py"} <= packages
