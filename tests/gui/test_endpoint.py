from __future__ import annotations

import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from prometheus_client.parser import text_string_to_metric_families

from accelgui.gui.pages.settings import SettingsPage
from accelgui.model.events import Progress, SampleTaken, TrainingProgress, TrainingStarted
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from accelgui.gui.main_window import MainWindow


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def switch(page: SettingsPage, value: str, port: int) -> None:
    card = page.metrics
    card.port.setText(str(port))
    card.switch.setCurrentIndex(card.switch.findData(value))
    card.switch.activated.emit(card.switch.currentIndex())


def scrape(url: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {f.name: [(s.labels, s.value) for s in f.samples] for f in families}


@pytest.fixture
def page(window: MainWindow) -> SettingsPage:
    shown = window.show_page("settings")
    assert isinstance(shown, SettingsPage)
    return shown


def test_that_nothing_is_served_until_a_person_wants_it(page: SettingsPage) -> None:
    assert page.session.settings.metrics == "off"
    assert page.session.endpoint.url == ""
    assert page.metrics.state.isHidden()


def test_that_live_values_a_run_and_alerts_are_served(page: SettingsPage) -> None:
    session = page.session
    session._on_snapshot(snapshots.accelerated())
    switch(page, "on", free_port())
    url = session.endpoint.url
    assert url in page.metrics.state.text
    now_s = session.live.timeline.clocks.monotonic_s()
    for second in range(10):
        values = {"temperature_celsius": 95.0, "utilisation_percent": 45.0}
        session._on_sampler_events([SampleTaken(Sample("gpu:0", now_s - 9 + second, values))])
    session.run_events_arrived.emit([
        TrainingStarted("jax", "0.9", "gpu:0", "NVIDIA H200", "mlp", 1, 32, 5, 9, 9, 9, now_s),
        TrainingProgress(now_s, 7, 1, 0.5, 0.8, 100.0),
        Progress(7.0, 14.0, "train"),
    ])  # fmt: skip

    told = scrape(url)
    ((labels, value),) = told["DCGM_FI_DEV_GPU_UTIL"]
    assert value == 45.0
    assert labels["UUID"].startswith("GPU-")
    assert told["accelgui_run_step"][0][1] == 7.0
    assert told["accelgui_run_progress_ratio"][0][1] == 0.5
    assert [labels["alert"] for labels, _v in told["accelgui_alert_active"]] == ["device_hot"]
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 1.0))
    assert "accelgui_run_step" not in scrape(url)


def test_that_switching_it_off_lets_go_of_the_port(page: SettingsPage) -> None:
    switch(page, "on", free_port())
    url = page.session.endpoint.url
    scrape(url)
    switch(page, "off", 9400)
    with pytest.raises(urllib.error.URLError):
        scrape(url)
    assert page.metrics.state.isHidden()


def test_that_a_port_in_use_is_said_and_another_one_taken(page: SettingsPage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        switch(page, "on", other.getsockname()[1])
        assert "is in use by another program" in page.metrics.state.text
    switch(page, "on", free_port())
    assert scrape(page.session.endpoint.url)


def test_that_it_ends_with_the_window(page: SettingsPage, window: MainWindow) -> None:
    switch(page, "on", free_port())
    url = page.session.endpoint.url
    window.close()
    with pytest.raises(urllib.error.URLError):
        scrape(url)


def test_that_what_is_no_port_is_said_and_the_old_one_stays(page: SettingsPage) -> None:
    switch(page, "on", free_port())
    url = page.session.endpoint.url
    for text in ("", "80", "70000", "nine", "٩٤٠٠"):
        page.metrics.port.setText(text)
        page.metrics.port.editingFinished.emit()
        assert page.metrics.state.text == "A port is a number from 1024 to 65535."
    assert page.session.endpoint.url == url
    page.metrics.port.setText(str(page.session.settings.metrics_port))
    page.metrics.port.editingFinished.emit()
    assert url in page.metrics.state.text
