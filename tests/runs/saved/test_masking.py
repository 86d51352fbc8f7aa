"""A masked snapshot tells nothing of who and where, and everything of what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from diagnosis.snapshots import (
    H200,
    cpu_tensorflow,
    gpu_device,
    host,
    machine,
    node,
    nvidia,
    snapshot,
    tensorflow,
    unloaded,
)

from accelgui.diagnosis import examine
from accelgui.model.device import DeviceFact, FactGroup
from accelgui.model.snapshot import CallResult, Library, PythonFacts, Snapshot, TextLine
from accelgui.model.wire import to_json
from accelgui.runs.saved import masked

UUID = "GPU-3f2a91c4-77aa-4e2b-9f11-a0b1c2d3e4f5"
SECRETS = {
    "host": "zephyr17",
    "user": "marguerite",
    "serial": "1650024012345",
    "uuid": UUID[4:],
    "mac": "9c:b6:d0:1a:2b:3c",
    "ipv4": "10.42.7.199",
    "ipv6": "fd12:3456:789a::17",
    "mail": "m.d@example.org",
    "board": "0324518041234",
    "logging host": "smokehouse",
    "neighbour": "pinecone",
    "domain": "lab.example",
    "registry": "images.example",
    "password": "hunter2-hunter2",
}
LOG = (
    "started by marguerite@zephyr17 from /home/marguerite/models/train.py",
    "eth0 9c:b6:d0:1a:2b:3c 10.42.7.199:8470 fd12:3456:789a::17 mail m.d@example.org",
    "Could not load dynamic library 'libcudnn.so.9'; dlerror: libcudnn.so.9: cannot open",
    "Loaded cuDNN version 8.9.4.25, nvidia-cublas-cu12==12.5.3.2, libcublas.so.12.5.3.2",
    "at 22:04:35 0000:01:00.0 std::bad_alloc tensorflow::Status",
)


def personal() -> Snapshot:
    """A machine whose GPU is hidden by its identifier, full of private things."""
    there = machine(
        host=host(
            hostname="zephyr17.lab.example.org",
            environment={
                "LD_LIBRARY_PATH": "/home/marguerite/cuda/lib64:/opt/cuda-12.5/lib64",
                "CUDA_VISIBLE_DEVICES": UUID,
                "TPU_WORKER_HOSTNAMES": "10.42.7.199,zephyr17,pinecone.lab.example",
                "JAX_COORDINATOR_ADDRESS": "pinecone.lab.example:1234",
            },
        ),
        kernel_log=(
            TextLine("/var/log/kern.log", "Jan 20 10:00:01 smokehouse kernel: [9.1] NVRM: loading"),
            TextLine("/var/log/kern.log", "NVRM: Board Serial Number: 0324518041234 on pinecone"),
        ),
        configuration=(
            TextLine(
                "/etc/docker/daemon.json", '{"mirrors": ["images.example:5000"], "nvidia": 1}'
            ),
            TextLine(
                "/etc/containerd/config.toml", "https://ci:hunter2-hunter2@images.example/nvidia"
            ),
        ),
        nvidia=nvidia(nodes=(replace(node("nvidia0"), owner="marguerite", group="video"),)),
        libraries=(Library("libcudnn.so.9", "/home/marguerite/cuda/lib64/libcudnn.so.9", "path"),),
    )
    device = there.devices[0]
    facts = [
        DeviceFact(FactGroup.IDENTITY, "serial", SECRETS["serial"], "nvmlDeviceGetSerial"),
        DeviceFact(FactGroup.IDENTITY, "uuid", UUID, "nvmlDeviceGetUUID"),
    ]
    there = replace(there, devices=(replace(device, facts=(*device.facts, *facts)),))
    seen = snapshot(there, cpu_tensorflow(log=LOG, build={"cuda_version": "12.5.1.4"}))
    home = "/home/marguerite/.venvs/tf"
    return replace(seen, python=PythonFacts(f"{home}/bin/python", "3.12.4", home))


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_that_nothing_personal_is_left(secret: str) -> None:
    text = json.dumps(to_json(personal()))
    assert secret in text
    assert secret.lower() not in json.dumps(to_json(masked(personal()))).lower()


def test_that_what_belongs_together_stays_together() -> None:
    kept = masked(personal())
    assert kept.machine is not None
    assert kept.python is not None
    folder = kept.machine.libraries[0].path.rpartition("/")[0]
    assert kept.machine.host.environment["LD_LIBRARY_PATH"].startswith(folder + ":")
    uuid = next(f.value for f in kept.machine.devices[0].facts if f.name == "uuid")
    assert kept.machine.host.environment["CUDA_VISIBLE_DEVICES"] == uuid
    assert kept.machine.nvidia.nodes[0].owner in kept.python.executable


def test_that_versions_times_and_addresses_of_the_bus_are_left_alone() -> None:
    log = masked(personal()).frameworks[0].log
    assert log[2:] == LOG[2:]
    kept = masked(personal())
    assert kept.machine is not None
    assert kept.machine.pci == (H200,)
    assert kept.frameworks[0].build["cuda_version"] == "12.5.1.4"


def test_that_names_which_everybody_has_do_not_spoil_what_rules_read() -> None:
    there = machine(host=host(hostname="ubuntu", environment={"CONDA_PREFIX": "/opt/ubuntu"}))
    kept = masked(snapshot(there))
    assert kept.machine is not None
    assert kept.machine.host.os_id == "ubuntu"
    assert kept.machine.host.hostname == "host-1"
    assert kept.machine.host.environment == {"CONDA_PREFIX": "/opt/ubuntu"}


def test_that_masking_twice_changes_nothing_more() -> None:
    assert masked(masked(personal())) == masked(personal())


MACHINES = {
    "personal": personal(),
    "healthy": snapshot(machine(), tensorflow()),
    "not loaded": snapshot(machine(nvidia=unloaded()), tensorflow(devices=(), operations=())),
    "revoked": snapshot(
        machine(
            host=host(container="docker", hostname="3f2a91c477aa"),
            nvidia=nvidia(nvml=CallResult("nvmlInit", 17, "NVML_ERROR_OPERATING_SYSTEM")),
        )
    ),
    "hidden": snapshot(
        machine(host=host(environment={"CUDA_VISIBLE_DEVICES": "GPU-3f2a91"})), cpu_tensorflow()
    ),
    "hot": snapshot(machine(devices=(gpu_device(row_remap_pending=True),)), tensorflow()),
}


@pytest.mark.parametrize("seen", MACHINES.values(), ids=MACHINES)
def test_that_the_diagnosis_is_that_of_the_full_snapshot(seen: Snapshot) -> None:
    full, private = examine(seen), examine(masked(seen))
    assert (private.status, private.accelerator) == (full.status, full.accelerator)
    assert [(s.link, s.status) for s in private.chain] == [(s.link, s.status) for s in full.chain]
    told = [(f.code, f.severity, f.link, f.confidence, len(f.evidence)) for f in full.findings]
    assert [
        (f.code, f.severity, f.link, f.confidence, len(f.evidence)) for f in private.findings
    ] == told
