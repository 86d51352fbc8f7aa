from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import psutil
from cli.command import run, start

from accelgui.model.mark import Mark
from accelgui.model.sample import Sample
from accelgui.telemetry.recording import Header, NotARecordingError, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from standins.drivers import NvmlDriver


def devices(path: Path) -> set[str]:
    return {entry[1].device for entry in read(path) if not isinstance(entry, Header)}


def test_that_it_records_for_as_long_as_it_is_asked_to(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    ran = run(tmp_path, "record", str(path), "--interval", "0.1", "--duration", "2")

    assert ran.code == 0, ran.notes
    assert ran.out.startswith(f"{path}: ")
    assert {"host", "cpu"} <= devices(path)


def test_that_an_interrupt_ends_it_well(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with start(tmp_path, "record", str(path), "--interval", "0.1") as process:
        while not path.exists() or path.stat().st_size < 500:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _out, notes = process.communicate(timeout=30)

    assert process.returncode == 0, notes
    assert "host" in devices(path)


def test_that_a_file_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    for path, words in ((there, "nothing is overwritten"), (tmp_path / "no" / "a", "No such")):
        ran = run(tmp_path, "record", str(path))
        assert ran.code == 2
        assert words in ran.notes
    assert there.read_text() == "mine"


def test_that_a_recording_that_is_not_there_opens_no_window(tmp_path: Path) -> None:
    ran = run(tmp_path, "--replay", str(tmp_path / "none"))

    assert ran.code == 2
    assert "none" in ran.notes


def test_that_it_keeps_what_the_devices_are_called(tmp_path: Path, nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    path = tmp_path / "a.jsonl"
    command = ("record", str(path), "--interval", "0.1", "--duration", "1")
    ran = run(tmp_path, *command, **nvml.environment)

    assert ran.code == 0, ran.notes
    header = next(read(path))
    assert isinstance(header, Header)
    assert header.devices["gpu:0"] == "NVIDIA H200"
    assert header.devices["cpu"]


def test_that_a_device_is_hot_near_its_own_limit(tmp_path: Path, nvml: NvmlDriver) -> None:
    # It slows down at 75 °C, long before the 85 °C of a device that tells no limit.
    values = {"temperature.0": 72, "temperature_threshold.1": 75}
    nvml.install_gpus(1, **values)
    path = tmp_path / "a.jsonl"
    command = ("record", str(path), "--interval", "0.1", "--duration", "8")
    ran = run(tmp_path, *command, **nvml.environment)

    assert "GPU 0 is hot: 72 °C" in ran.notes


def test_that_a_fault_of_the_driver_is_marked_in_the_file(tmp_path: Path, nvml: NvmlDriver) -> None:
    nvml.install_gpus(2)
    path = tmp_path / "a.jsonl"
    command = ("record", str(path), "--interval", "0.1", "--duration", "30")
    with start(tmp_path, *command, **nvml.environment) as process:
        while not (path.exists() and b'"xid"' in path.read_bytes()):
            assert process.poll() is None
            nvml.report_xid(48, gpu=1)
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _out, notes = process.communicate(timeout=30)

    assert process.returncode == 0, notes
    marks = [entry[1] for entry in read(path) if not isinstance(entry, Header)]
    xids = [mark for mark in marks if isinstance(mark, Mark) and mark.code == "xid"]
    assert xids[0].parameters == (("device", "gpu:1"), ("xid", "48"))


def test_that_a_recording_goes_on_through_a_lost_gpu_and_another_driver(
    tmp_path: Path, nvml: NvmlDriver
) -> None:
    nvml.install_gpus(1)
    path = tmp_path / "a.jsonl"
    command = ("record", str(path), "--interval", "0.1", "--duration", "60")

    def until(is_so: Callable[[list[float | None]], bool]) -> None:
        while not (path.exists() and is_so(powers(path))):
            assert process.poll() is None
            time.sleep(0.1)

    with start(tmp_path, *command, **nvml.environment) as process:
        until(lambda seen: 76.25 in seen)
        nvml.fail("*", 15, gpu=0)
        until(lambda seen: seen[-1] is None)
        nvml.fail("*", None, gpu=0)
        nvml.set(power_mw=100_000)
        until(lambda seen: seen[-1] == 100)
        # The library in the sampler's memory is now that of the driver before.
        (agent,) = psutil.Process(process.pid).children()
        nvml.set(outdated_pid=agent.pid, power_mw=200_000)
        until(lambda seen: seen[-1] == 200)
        process.send_signal(signal.SIGINT)
        _out, notes = process.communicate(timeout=30)

    assert process.returncode == 0, notes
    assert {76.25, None, 100, 200} <= set(powers(path))
    entries = [entry[1] for entry in read(path) if not isinstance(entry, Header)]
    assert "driver_changed" in [entry.code for entry in entries if isinstance(entry, Mark)]


def powers(path: Path) -> list[float | None]:
    """Return what is readable of the GPU's power while the file is being written."""
    try:
        entries = [entry[1] for entry in read(path) if not isinstance(entry, Header)]
    except NotARecordingError:  # Its first line is not there yet.
        return []
    samples = [entry for entry in entries if isinstance(entry, Sample) and entry.device == "gpu:0"]
    return [sample.values["power_watts"] for sample in samples] or [0.0]


def test_that_a_lost_gpu_is_said_and_marked_in_the_file(tmp_path: Path, nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    nvml.fail("*", 15, gpu=0)
    path = tmp_path / "a.jsonl"
    ran = run(
        tmp_path,
        *("record", str(path), "--interval", "0.1", "--duration", "2"),
        **nvml.environment,
    )

    assert ran.code == 0, ran.notes
    assert "GPU 0 is lost to its driver (NVML error 15)" in ran.notes
    marks = [entry[1] for entry in read(path) if not isinstance(entry, Header)]
    # The machine of the test may be short of something, too.
    assert (("alert", "gpu_lost"), ("device", "gpu:0")) in [
        mark.parameters for mark in marks if isinstance(mark, Mark)
    ]
