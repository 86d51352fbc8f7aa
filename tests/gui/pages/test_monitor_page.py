from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
from made import snapshots

from accelgui.gui.pages.monitor import MonitorPage
from accelgui.gui.pages.monitor import processes as process_card
from accelgui.gui.pages.monitor.ending import end_process, is_alive
from accelgui.gui.theme import Role
from accelgui.model.device import Device, DeviceKind
from accelgui.model.events import EpochDone, ProcessesSeen, SampleTaken, XidSeen
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.sample import DeviceProcess, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from accelgui.gui.main_window import MainWindow
    from accelgui.gui.session import Session

GIB = 1 << 30


# It takes no notice of being asked to end.
_DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(flush=True)
time.sleep(600)
"""


@pytest.fixture
def page(window: MainWindow) -> MonitorPage:
    shown = window.show_page("monitor")
    assert isinstance(shown, MonitorPage)
    return shown


def feed(session: Session, *values: dict[str, float | None], device: str = "gpu:0") -> None:
    """Let samples arrive, a second apart."""
    start_s = session.live.timeline.clocks.monotonic_s()
    samples = [Sample(device, start_s + n, value) for n, value in enumerate(values)]
    session._on_sampler_events([SampleTaken(sample) for sample in samples])


@pytest.fixture
def busy_process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def seen_as(pid: int, name: str | None = "python") -> DeviceProcess:
    started_s = psutil.Process(pid).create_time()
    return DeviceProcess("gpu:0", pid, name, "ada", started_s, memory_bytes=3 * GIB)


def test_that_it_listens_until_the_first_values_come(page: MonitorPage) -> None:
    assert page.empty.isVisible()
    feed(page.session, {"utilisation_percent": 40.0, "power_watts": 70.0})
    assert page.picture.isVisible()
    assert set(page.picture.panels_with_values()) == {"utilisation", "power"}


def test_that_each_device_gets_a_row_with_its_value_and_a_steady_colour(page: MonitorPage) -> None:
    for device in ("gpu:1", "cpu", "gpu:0"):
        feed(page.session, {"utilisation_percent": 40.0}, device=device)
    page._show_readings()
    numbers = {key: page.picture.numbers[key] for key in ("cpu", "gpu:0", "gpu:1")}
    assert numbers == {"cpu": 0, "gpu:0": 1, "gpu:1": 2}
    assert page.devices.rows["gpu:1"].value.plain == "40 %"


def test_that_a_hidden_device_and_an_unchosen_quantity_leave_the_picture(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 40.0, "power_watts": 70.0})
    feed(page.session, {"utilisation_percent": 4.0}, device="cpu")
    stack = page.picture.plots.stack
    page.quantities.boxes["power"].setChecked(False)
    assert stack.panels["power"].isHidden()
    page.devices.rows["gpu:0"].box.setChecked(False)
    stack.draw_now()
    assert not stack.panels["utilisation"].curves["gpu:0", "utilisation_percent"].is_visible
    assert stack.panels["utilisation"].curves["cpu", "utilisation_percent"].is_visible


def test_that_throttling_is_a_named_band_behind_the_clocks(page: MonitorPage) -> None:
    held = {"clock_sm_hz": 1e9, "clocks_event_reasons": 4.0}
    free = {"clock_sm_hz": 2e9, "clocks_event_reasons": 0.0}
    feed(page.session, free, held, held, free)
    page.picture.show_happenings()
    (band,) = page.picture.plots.stack.panels["clock"].happenings.bands
    assert band.text == "power limit"
    assert band.end_s - band.start_s == pytest.approx(2.0)
    note = page.picture.note_at(band.start_s + 1)
    assert note.startswith("GPU 0: power limit. The clocks are lowered")


def test_that_a_throttled_tpu_has_its_band_though_it_tells_no_clock(page: MonitorPage) -> None:
    held = {"utilisation_percent": 90.0, "memory_used_bytes": 1.0, "throttle_score": 3.0}
    feed(page.session, held, held, {**held, "throttle_score": 0.0}, device="tpu:0")
    page.picture.show_happenings()
    (band,) = page.picture.plots.stack.panels["utilisation"].happenings.bands
    assert band.text == "throttled"


def test_that_a_silent_tpu_is_explained(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 1.0}, device="cpu")
    tpu = Device("tpu:0", DeviceKind.TPU, "TPU v5e")
    page.session._on_snapshot(snapshots.with_devices(snapshots.cpu_only(), tpu))
    page._show_readings()
    assert page.devices.note.plain == "A TPU tells its values only while a workload uses it."
    feed(page.session, {"memory_used_bytes": 1.0}, device="tpu:0")
    page._show_readings()
    assert not page.devices.note.isVisible()


def test_that_a_device_that_does_not_answer_is_named_until_it_does(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 1.0})
    feed(page.session, {"utilisation_percent": None, "silent_s": 12.3})
    page._show_readings()
    assert page.devices.note.plain.startswith("GPU 0 has not answered for 12")
    feed(page.session, {"utilisation_percent": 1.0, "silent_s": None})
    page._show_readings()
    assert not page.devices.note.isVisible()


def test_that_values_which_no_longer_come_are_not_taken_for_those_of_now(
    page: MonitorPage,
) -> None:
    long_ago_s = page.session.live.timeline.clocks.monotonic_s() - 60
    old = Sample("cpu", long_ago_s, {"utilisation_percent": 40.0})
    page.session._on_sampler_events([SampleTaken(old)])
    page._show_readings()
    assert page.devices.note.plain.startswith("No values for 1 min")
    feed(page.session, {"utilisation_percent": 41.0}, device="cpu")
    page._show_readings()
    assert not page.devices.note.isVisible()


def test_that_gpus_whose_driver_was_updated_are_explained_until_they_are_back(
    page: MonitorPage,
) -> None:
    feed(page.session, {"power_watts": 70.0, "nvml_error_code": None})
    feed(page.session, {"power_watts": None, "nvml_error_code": 18.0})
    page._show_readings()
    assert "driver was updated" in page.devices.note.plain
    feed(page.session, {"power_watts": 70.0, "nvml_error_code": None})
    page._show_readings()
    assert page.devices.note.plain == ""


def test_that_a_new_process_for_a_new_driver_is_marked_on_the_axis(page: MonitorPage) -> None:
    feed(page.session, {"power_watts": 70.0})
    page.session._on_sampler_ended(RunOutcome(RunStatus.FINISHED, 9.0))
    page.picture.show_happenings()
    moments = page.picture.plots.stack.panels["power"].happenings.moments
    assert [moment.text for moment in moments] == ["Driver changed"]


def test_that_runs_and_epochs_are_marked_on_the_axis(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 40.0})
    page.session.live.mark("run_started", owner="training")
    now_s = page.session.live.timeline.clocks.monotonic_s()
    page.session.run_events_arrived.emit([EpochDone(now_s, 1, 10, 0.1, 0.9, 0.1, 0.9)])
    page.picture.show_happenings()
    moments = page.picture.plots.stack.panels["utilisation"].happenings.moments
    assert [moment.text for moment in moments] == ["Training", "Epoch 1"]


def test_that_a_fault_of_the_driver_is_marked_and_explained(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 40.0})
    now_s = page.session.live.timeline.clocks.monotonic_s()
    page.session._on_sampler_events([XidSeen(now_s, "gpu:1", 79)])
    page.picture.show_happenings()
    (moment,) = page.picture.plots.stack.panels["utilisation"].happenings.moments
    assert (moment.text, moment.role) == ("GPU 1: Xid 79", Role.BAD)
    note = page.picture.note_at(moment.time_s)
    assert note == "GPU 1: Xid 79. The GPU has fallen off the bus."


def test_that_a_paused_picture_stands_still_and_then_catches_up(
    qtbot: QtBot, page: MonitorPage
) -> None:
    feed(page.session, {"utilisation_percent": 40.0})
    page.picture.plots.stack.draw_now()
    curve = page.picture.plots.stack.panels["utilisation"].curves["gpu:0", "utilisation_percent"]
    page.controls.pause.setChecked(True)
    feed(page.session, {"utilisation_percent": 50.0})
    qtbot.waitUntil(lambda: not page.picture.plots.stack.is_drawing)
    assert len(curve.drawn_values) == 1
    page.controls.pause.setChecked(False)
    qtbot.waitUntil(lambda: len(curve.drawn_values) == 2)


def test_that_each_device_can_have_a_plot_of_its_own(page: MonitorPage) -> None:
    for device in ("cpu", "gpu:0", "gpu:1"):
        values = {"utilisation_percent": 40.0, "memory_used_bytes": 1.0, "memory_total_bytes": 4.0}
        feed(page.session, values, device=device)
    page.controls.view_changed.emit("devices")
    stack = page.picture.plots.stack
    assert list(stack.panels) == ["cpu", "gpu:0", "gpu:1"]
    assert stack.panels["gpu:1"].curves["gpu:1", "memory_used_percent"].series.last == 25.0
    page.devices.rows["cpu"].box.setChecked(False)
    assert stack.panels["cpu"].isHidden()


def test_that_cores_are_shown_on_every_machine(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 40.0}, device="cpu")
    feed(page.session, {"0": 90.0, "1": 10.0, "2": None}, device="cores")
    page._show_readings()
    assert page.cores.loads == (90.0, 10.0, None)
    assert page.cores.accessibleName() == "3 cores, 1 busy"


def test_that_it_looks_closely_only_while_it_is_shown(window: MainWindow) -> None:
    page = window.show_page("monitor")
    assert isinstance(page, MonitorPage)
    assert window.session._close_interval_s == page.controls.interval_s
    window.show_page("overview")
    assert window.session._close_interval_s is None


def test_that_a_process_is_ended_only_after_it_was_asked_for_twice(
    page: MonitorPage, busy_process: subprocess.Popen[bytes]
) -> None:
    feed(page.session, {"utilisation_percent": 40.0})
    seen = ProcessesSeen(1.0, (seen_as(busy_process.pid),))
    page.session._on_sampler_events([seen])
    page.processes.open.click()
    page.processes.table.selectRow(0)
    page.processes.end.click()
    assert busy_process.poll() is None
    assert f"End python ({busy_process.pid})?" in page.processes.confirm.text
    page.processes.confirm.action_pressed.emit()
    assert busy_process.wait(10) != 0


def test_that_one_that_does_not_end_when_asked_is_ended_once_a_person_says_so(
    page: MonitorPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_card, "_PATIENCE_S", 0.0)
    feed(page.session, {"utilisation_percent": 40.0})
    with subprocess.Popen([sys.executable, "-c", _DEAF], stdout=subprocess.PIPE) as deaf:
        assert deaf.stdout is not None
        deaf.stdout.readline()
        seen = ProcessesSeen(1.0, (seen_as(deaf.pid),))
        page.session._on_sampler_events([seen])
        page.processes.open.click()
        page.processes.table.selectRow(0)
        page.processes.end.click()
        page.processes.confirm.action_pressed.emit()
        assert deaf.poll() is None
        page.session._on_sampler_events([seen])
        assert "was asked to end, and goes on" in page.processes.confirm.text
        page.processes.confirm.action_pressed.emit()
        assert deaf.wait(10) != 0
    assert page.processes.confirm.isHidden()


def test_that_nothing_more_is_asked_of_one_that_has_ended(
    page: MonitorPage, busy_process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_card, "_PATIENCE_S", 0.0)
    feed(page.session, {"utilisation_percent": 40.0})
    seen = ProcessesSeen(1.0, (seen_as(busy_process.pid), seen_as(os.getpid())))
    page.session._on_sampler_events([seen])
    page.processes.open.click()
    page.processes.table.selectRow(page.processes.model.row_of(seen.processes[0]) or 0)
    page.processes.end.click()
    page.processes.confirm.action_pressed.emit()
    busy_process.wait(10)
    page.session._on_sampler_events([ProcessesSeen(2.0, seen.processes[1:])])
    assert page.processes.confirm.isHidden()


def test_that_the_window_does_not_end_itself() -> None:
    itself = seen_as(os.getpid())
    assert "is this window" in end_process(itself)
    assert is_alive(itself)


def test_that_somebody_elses_process_is_said_to_be_theirs(
    busy_process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(process: psutil.Process) -> None:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "terminate", refuse)
    assert "belongs to somebody else" in end_process(seen_as(busy_process.pid))


def test_that_pcie_is_measured_only_while_its_curve_is_shown(window: MainWindow) -> None:
    page = window.show_page("monitor")
    assert isinstance(page, MonitorPage)
    feed(page.session, {"utilisation_percent": 40.0})
    box = page.quantities.boxes["pcie"]
    assert box.isVisible()
    assert not window.session._measures_pcie
    box.click()
    assert window.session._measures_pcie
    page.controls.view_changed.emit("devices")
    assert not window.session._measures_pcie
    page.controls.view_changed.emit("quantities")
    assert window.session._measures_pcie
    window.show_page("overview")
    assert not window.session._measures_pcie


def test_that_another_process_under_an_old_number_is_spared(
    busy_process: subprocess.Popen[bytes],
) -> None:
    seen = seen_as(busy_process.pid)
    older = DeviceProcess("gpu:0", seen.pid, "python", "ada", (seen.started_s or 0) - 100)
    assert "has ended by itself" in end_process(older)
    assert busy_process.poll() is None


def test_that_a_process_without_a_name_cannot_be_ended(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 40.0})
    nameless = DeviceProcess("gpu:0", os.getpid(), memory_bytes=GIB)
    page.session._on_sampler_events([ProcessesSeen(1.0, (nameless,))])
    page.processes.open.click()
    page.processes.table.selectRow(0)
    assert not page.processes.end.isEnabled()


def test_that_the_end_of_sampling_is_said_with_a_way_back(page: MonitorPage) -> None:
    outcome = RunOutcome(RunStatus.FAILED, 1.0, message="no psutil")
    page.session.sampling_changed.emit(outcome)
    assert "no psutil" in page.banner.text
    page.session.sampling_changed.emit(None)
    assert page.banner.isHidden()


def test_that_what_was_recorded_is_replayed(
    qtbot: QtBot, page: MonitorPage, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    page.recordings.record(path)
    feed(page.session, *({"utilisation_percent": 10.0 * n} for n in range(1, 6)))
    page.controls.record.click()
    assert str(path) in page.recording_banner.text
    page.replay(path)
    qtbot.waitUntil(page.replay_bar.isVisible)
    replay = page._replay
    assert replay is not None
    assert replay.end_s == pytest.approx(4.0, abs=0.5)
    page.replay_bar.slider.setValue(page.replay_bar.slider.maximum())
    assert page.devices.rows["gpu:0"].value.plain == "50 %"
    replay.speed = 100.0
    page.replay_bar.play.click()
    qtbot.waitUntil(lambda: not replay.is_playing)
    assert replay.position_s == replay.end_s
    page.show_live()
    assert page.replay_bar.isHidden()


def test_that_a_file_that_is_no_recording_is_refused_in_words(
    qtbot: QtBot, page: MonitorPage, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    path.write_text("hello")
    page.replay(path)
    qtbot.waitUntil(lambda: "is not a recording" in page.recording_banner.text)
    page.replay(tmp_path / "none")
    qtbot.waitUntil(lambda: "cannot be read" in page.recording_banner.text)
    page.recordings.record(path)
    assert "nothing is overwritten" in page.recording_banner.text


def test_that_devices_are_named_as_the_check_found_them(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 40.0})
    page.session._on_snapshot(snapshots.accelerated())
    assert "H200" in page.devices.rows["gpu:0"].name.toolTip()


def test_that_tab_visits_the_devices_before_the_curves(page: MonitorPage) -> None:
    feed(page.session, {"utilisation_percent": 5.0}, device="gpu:1")
    feed(page.session, {"utilisation_percent": 5.0}, device="cpu")
    page._on_grown()
    stops = []
    widget = page.devices.nextInFocusChain()
    while not page.quantities.isAncestorOf(widget) and len(stops) < 50:
        stops.append(widget)
        widget = widget.nextInFocusChain()
    rows = [page.devices.rows[device] for device in ("cpu", "gpu:1")]
    wanted = [part for row in rows for part in (row.box, row.name)]
    assert [stop for stop in stops if stop in wanted] == wanted
