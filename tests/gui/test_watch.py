from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import devices, snapshots

from accelgui.gui.pages.settings import SettingsPage
from accelgui.model.device import DeviceFact, FactGroup
from accelgui.model.events import SampleTaken, TrainingProgress, TrainingStarted
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.sample import Sample
from accelgui.telemetry.alerts.disk import Room

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from accelgui.gui.main_window import MainWindow
    from accelgui.gui.session import Session

GPU = "gpu:0"


def sample(session: Session, second: float, device: str = GPU, **values: float | None) -> None:
    """Let a sample come, `second` seconds after the window was opened."""
    start_s = session.live.zero_s - session.live.timeline.place(0.0)
    session._on_sampler_events([SampleTaken(Sample(device, start_s + second, dict(values)))])


def heat(session: Session, seconds: range, celsius: float) -> None:
    for second in seconds:
        sample(session, float(second), temperature_celsius=celsius)


def marks(session: Session) -> list[str]:
    return [mark.code for mark in session.live.store.marks]


def test_that_a_hot_gpu_is_said_at_the_foot_and_marked_on_the_axis(window: MainWindow) -> None:
    session = window.session
    heat(session, range(10), 70.0)
    assert window.alert_strip.isHidden()
    heat(session, range(10, 20), 91.0)
    assert window.alert_strip.isVisible()
    assert window.alert_strip.words.whole == "GPU 0 is hot: 91 °C (alert from 85 °C)"
    assert "lower its clocks" in window.alert_strip.toolTip()
    assert marks(session) == ["alert"]
    heat(session, range(20, 40), 60.0)
    assert window.alert_strip.isHidden()
    assert marks(session) == ["alert", "alert_over"]


def test_that_more_than_one_is_counted_and_the_worst_stands_first(window: MainWindow) -> None:
    heat(window.session, range(10), 91.0)
    sample(window.session, 10.0, "gpu:1", nvml_error_code=15.0)
    strip = window.alert_strip
    assert strip.words.whole == "GPU 1 is lost to its driver (NVML error 15)"
    assert strip.more.text() == "and 1 more"


def test_that_the_curves_are_one_press_away(window: MainWindow) -> None:
    heat(window.session, range(10), 91.0)
    window.alert_strip.look.click()
    assert window.pages["monitor"].isVisible()


def test_that_a_device_is_hot_near_the_threshold_it_told(window: MainWindow) -> None:
    told = DeviceFact(FactGroup.POWER, "temperature_slowdown_celsius", 75, "NVML")
    gpu = devices.gpu()
    gpu = replace(gpu, facts=(*(f for f in gpu.facts if f.name != told.name), told))
    window.session._on_snapshot(snapshots.with_devices(snapshots.accelerated(), gpu))
    heat(window.session, range(10), 69.0)
    assert window.alert_strip.isHidden()
    heat(window.session, range(10, 20), 70.0)
    assert window.alert_strip.isVisible()


def train(session: Session, second: float) -> None:
    session.run_events_arrived.emit([
        TrainingStarted("jax", "0.9", GPU, "NVIDIA H200", "mlp", 1, 32, 5, 9, 9, 9, second)
    ])  # fmt: skip


def test_that_a_stalled_training_is_said_until_it_ends(window: MainWindow) -> None:
    session = window.session
    sample(session, 0.0, utilisation_percent=50.0)
    train(session, 0.0)
    for second in range(1, 20):
        sample(session, float(second), utilisation_percent=0.0)
    assert "does nothing" in window.alert_strip.words.whole
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 20.0))
    assert window.alert_strip.isHidden()


def test_that_a_training_that_waits_for_a_person_is_not_stalled(window: MainWindow) -> None:
    session = window.session
    sample(session, 0.0, utilisation_percent=50.0)
    train(session, 0.0)
    session.run_paused.emit(True)
    session.run_events_arrived.emit([TrainingProgress(1.0, 1, 1, 0.5, 0.5, 10.0)])
    for second in range(1, 40):
        sample(session, float(second), utilisation_percent=0.0)
    assert window.alert_strip.isHidden()


def test_that_another_threshold_holds_at_once(window: MainWindow) -> None:
    page = window.show_page("settings")
    assert isinstance(page, SettingsPage)
    heat(window.session, range(10), 91.0)
    assert window.alert_strip.isVisible()
    box = page.alerts.boxes["alert_temperature"]
    box.setCurrentIndex(box.findData("off"))
    box.activated.emit(box.currentIndex())
    assert window.session.settings.alert_temperature == "off"
    assert window.alert_strip.isHidden()
    heat(window.session, range(10, 20), 99.0)
    assert window.alert_strip.isHidden()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_that_every_choice_of_an_alert_has_words(window: MainWindow, language: str) -> None:
    from accelgui.gui import language as languages

    page = window.show_page("settings")
    assert isinstance(page, SettingsPage)
    languages.speak(language)
    page.retranslate()
    for box in page.alerts.boxes.values():
        assert all(box.itemText(number) for number in range(box.count()))


def test_that_a_full_disk_is_said(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.settings.alert_disk = "off"
    sample(session, 0.0, temperature_celsius=50.0)
    qtbot.waitUntil(lambda: bool(session.watch._disk.rooms))
    session.watch._disk.close()
    session.watch._disk.rooms = (Room(1e9, 1e12),)
    session.settings.alert_disk = "2"
    session.options_changed.emit()
    sample(session, 1.0, temperature_celsius=50.0)
    assert window.alert_strip.words.whole == (
        "A disk is nearly full: 953.7 MiB left (alert below 2.0 GiB)"
    )


def test_that_alerts_end_with_the_window(session: Session) -> None:
    told = []
    session.watch_begun.connect(lambda watch: watch.told.connect(told.append))
    heat(session, range(10), 91.0)
    begun_s = time.monotonic()
    session.close()
    assert [alert.end_s is None for alert in told] == [True, False]
    assert time.monotonic() - begun_s < 3


def test_that_without_a_sampler_nothing_is_said_to_be_wrong(window: MainWindow) -> None:
    heat(window.session, range(10), 91.0)
    assert window.alert_strip.isVisible()
    window.session.sampling_changed.emit(RunOutcome(RunStatus.FAILED, 1.0))
    assert window.alert_strip.isHidden()
