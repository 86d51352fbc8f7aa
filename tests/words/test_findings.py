"""Findings are worded for the machine at hand, and commands are safe to copy."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

import accelgui.diagnosis.rules as rules_package
from accelgui.model.chain import Accelerator, Link, LinkStatus
from accelgui.model.data_faults import FAULTS
from accelgui.model.finding import Finding, Severity
from accelgui.words.chain import link_explanation, link_name
from accelgui.words.chain import status_name as link_status_name
from accelgui.words.findings import (
    TEXTS,
    FindingText,
    convergence,
    describe,
    memory,
    own_model,
    requests,
    workers,
)

RULES_FOLDER = Path(rules_package.__file__).parent
# Breaks out of no quotes, of double ones and of single ones.
HOSTILE = "$(: > mark)'; : > mark; echo '"
PARAMETERS = (
    "python",
    "group",
    "folder",
    "folders",
    "path",
    "found",
    "driver",
    "pid",
    "process",
    "value",
    "variable",
    "nodes",
    "libraries",
    "kernel",
    "version",
    "device",
    "message",
    "signal",
    "what",
)
SYSTEMS = [
    {},
    {"os_id": "ubuntu"},
    {"os_id": "debian"},
    {"os_id": "fedora"},
    {"os_id": "opensuse-leap"},
    {"os_id": "arch"},
    {"os_id": "unheard-of"},
    {"os_id": "ubuntu", "container": "docker"},
    {"os_id": "ubuntu", "container": "kubernetes"},
    {"os_id": "ubuntu", "wsl": "yes"},
    {"system": "Windows"},
]


def described(code: str, **parameters: str) -> FindingText:
    return describe(Finding(code, Severity.ERROR, Link.DEVICE, parameters=parameters))


def commands(text: FindingText) -> list[str]:
    return [remedy.command for remedy in text.remedies if remedy.command]


def codes_in_rules() -> set[str]:
    folders = (RULES_FOLDER, RULES_FOLDER.parent / "logs")
    files = [path for folder in folders for path in folder.rglob("*.py")]
    sources = "\n".join(path.read_text() for path in files)
    found = re.findall(r'"([a-z][a-z0-9]*(?:_[a-z0-9]+)+)"', sources)
    return {code for code in found if code in TEXTS}


def test_that_rules_and_words_know_the_same_codes() -> None:
    without_rule = set(TEXTS) - codes_in_rules()
    by_runs = (own_model, memory, convergence, workers, requests)
    assert without_rule <= {code for module in by_runs for code in module.TEXTS}


def test_that_the_words_of_a_failed_import_are_shown_whoever_tells_them() -> None:
    for name in ("message", "error"):
        assert (
            "no such symbol"
            in described("framework_import_fails", **{name: "no such symbol"}).cause
        )


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_that_every_code_is_worded_on_every_system(system: dict[str, str]) -> None:
    for code in TEXTS:
        text = described(code, **system)
        assert text.title
        assert text.cause
        assert not text.title.endswith(".")
        assert all(remedy.text for remedy in text.remedies)
        assert "{" not in text.title + text.cause


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_that_parameters_from_a_machine_cannot_run_in_a_copied_command(
    code: str, tmp_path: Path
) -> None:
    # With nothing on PATH only what the shell itself does remains, such as to write the mark.
    for extra in ({"os_id": "ubuntu"}, {"conda": "yes"}, {"kind": "tpu"}):
        for command in commands(described(code, **dict.fromkeys(PARAMETERS, HOSTILE), **extra)):
            subprocess.run(
                ["/bin/bash", "-c", command],
                env={"PATH": str(tmp_path / "empty")},
                cwd=tmp_path,
                capture_output=True,
                check=False,
            )
            assert not (tmp_path / "mark").exists(), command


def test_that_the_mark_would_be_made_by_an_unquoted_parameter(tmp_path: Path) -> None:
    for command in (f"echo {HOSTILE}", f'echo "{HOSTILE}"', f"echo '{HOSTILE}'"):
        subprocess.run(["/bin/bash", "-c", command], cwd=tmp_path, capture_output=True, check=False)
        assert (tmp_path / "mark").exists()
        (tmp_path / "mark").unlink()


def test_that_the_driver_is_installed_as_the_distribution_does_it() -> None:
    assert commands(described("driver_not_installed", os_id="ubuntu"))[0] == (
        "sudo ubuntu-drivers install"
    )
    assert "dnf" in commands(described("driver_not_installed", os_id="fedora"))[0]
    assert "pacman" in commands(described("driver_not_installed", os_id="arch"))[0]
    assert "mhwd" in commands(described("driver_not_installed", os_id="manjaro"))[0]
    # There is no package nvidia-driver in what is Ubuntu underneath.
    for os_id in ("linuxmint", "pop", "zorin", "elementary"):
        assert (
            "install nvidia-driver"
            not in commands(described("driver_not_installed", os_id=os_id))[0]
        )


@pytest.mark.parametrize(
    ("os_id", "first"),
    [
        ("debian", "non-free-firmware"),
        ("fedora", "RPM Fusion"),
        ("rocky", "RPM Fusion"),
        ("opensuse-leap", "NVIDIA's repository"),
    ],
)
def test_that_what_has_to_be_done_first_is_told_first(os_id: str, first: str) -> None:
    texts = [remedy.text for remedy in described("driver_not_installed", os_id=os_id).remedies]
    assert first in texts[0]
    assert texts[-1] == "Restart the machine."


def test_that_the_key_that_is_enrolled_is_that_of_the_distribution() -> None:
    keys = {
        os_id: commands(described("secure_boot_rejects_module", os_id=os_id))[1].split()[-1]
        for os_id in ("ubuntu", "debian", "fedora")
    }
    assert keys == {
        "ubuntu": "/var/lib/shim-signed/mok/MOK.der",
        "debian": "/var/lib/dkms/mok.pub",
        "fedora": "/etc/pki/akmods/certs/public_key.der",
    }


def test_that_nothing_is_installed_from_inside_a_container_or_wsl() -> None:
    for place in ({"container": "docker"}, {"wsl": "yes"}):
        text = described("driver_not_installed", os_id="ubuntu", **place)
        assert commands(text) == []


def test_that_a_framework_is_installed_into_the_examined_python() -> None:
    text = described("cpu_only_build", python="/my envs/a b/bin/python", framework="tensorflow")
    assert commands(text) == ["'/my envs/a b/bin/python' -m pip install 'tensorflow[and-cuda]'"]


def test_that_conda_gets_a_remedy_of_its_own() -> None:
    text = described("cuda_libs_not_on_loader_path", folders="/opt/conda/lib", conda="yes")
    assert commands(text)[0].startswith("conda env config vars set")


def test_that_an_unknown_code_is_still_readable() -> None:
    text = described("flux_capacitor_drained")
    assert text.title == "Flux capacitor drained"
    assert text.cause


def test_that_every_link_and_status_has_words() -> None:
    for accelerator, link in chain.from_iterable(((a, link) for link in Link) for a in Accelerator):
        assert link_name(link, accelerator)
        assert link_explanation(link, accelerator)
    assert len({link_status_name(status) for status in LinkStatus}) == len(LinkStatus)


def test_that_a_file_for_another_framework_says_which_to_choose() -> None:
    place = {"file": "model.py", "line": "1", "text": "import torch", "module": "torch"}
    finding = Finding("own_model_lacks_module", Severity.ERROR, Link.OPERATION_RUNS)
    foreign = replace(finding, parameters={**place, "framework": "tensorflow"})
    assert describe(foreign).remedies[0].text == (
        "Choose PyTorch as the framework (--framework pytorch)."
    )
    own = replace(finding, parameters={**place, "framework": "pytorch"})
    assert describe(own).remedies[0].text == "Choose a Python that has it."


@pytest.mark.parametrize("fault", FAULTS)
def test_that_every_fault_of_data_has_its_words(fault: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(FAULTS[fault]) if name}
    parameters = {"file": "/tmp/own.npz", "fault": fault, **dict.fromkeys(names, "7")}
    finding = Finding("data_unusable", Severity.ERROR, Link.OPERATION_RUNS, parameters=parameters)
    text = describe(finding)
    assert text.title == "own.npz cannot be trained with"
    assert text.cause.startswith("/tmp/own.npz: ")
    assert not {"{", "}", "?"} & set(text.cause)
    # A document of another version may lack them.
    lacking = replace(finding, parameters={"fault": fault})
    assert "{" not in describe(lacking).cause


def test_that_what_cannot_be_asked_for_says_what_can() -> None:
    def told(code: str, **parameters: str) -> str:
        finding = Finding(code, Severity.ERROR, Link.OPERATION_RUNS, parameters=parameters)
        text = describe(finding)
        return " ".join([text.title, text.cause, *(remedy.text for remedy in text.remedies)])

    assert "at most 1433" in told("batch_larger_than_data", batch_size="2000", samples="1433")
    listed = told("no_such_device", framework="jax", device="gpu:3", there="cpu, gpu:0")
    assert "JAX has no GPU 3 here It lists: CPU, GPU 0." in listed
    assert told("no_tf32", device="cpu").startswith("CPU does not multiply in TF32")


def test_that_a_lost_loss_leads_to_the_file_that_may_be_to_blame() -> None:
    own = described("training_not_finite", script="/tmp/net.py").remedies[0].text
    assert own.startswith("Look at the model and the loss in net.py")
    data = described("training_not_finite", path="/tmp/own.npz").remedies[0].text
    assert data.startswith("Check the data in /tmp/own.npz")
