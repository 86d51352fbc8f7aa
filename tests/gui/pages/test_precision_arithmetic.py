"""A closer look at a row, the fingerprint, the drift and the soak, as the page shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import replayed, runs
from PySide6.QtGui import QGuiApplication

from accelgui.gui import language
from accelgui.gui.pages.precision import PrecisionPage
from accelgui.model.events import WorkDone
from accelgui.model.precision import (
    HISTOGRAM_EDGES_ULP,
    NOT_FINITE,
    Accumulator,
    Drift,
    Fingerprint,
    Known,
    Number,
    RowDetail,
)
from accelgui.model.precision_events import (
    DriftSeen,
    FingerprintSeen,
    PrecisionRowDone,
    SoakProgress,
)
from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session

DETAIL = RowDetail(
    histogram=(100, *[0] * (len(HISTOGRAM_EDGES_ULP) - 1), 2),
    heat=((0.0, 0.5), (NOT_FINITE, 2000.0)),
    heat_shape=(64, 128),
    inputs=(Number("x[3]", "1.5", "0x3fc00000", "0 01111111 10000000000000000000000"),),
    reference=Number("reference", "4.48"),
    result=Number("result", "4.5"),
    reproducer="import torch\n",
)
FINGERPRINT = Fingerprint(
    math_mode="tf32",
    default_mode="tf32",
    subnormals_kept={"float32": True, "bfloat16": False},
    accumulators=(Accumulator("float16", 25, True, "truncated", 16, (16,), "blocks"),),
    is_repeatable={"matmul": True, "scatter_add": False},
    is_batch_invariant=False,
    deterministic_cost={"scatter_add": 3.2},
    behaves_like=("H100/H200/B200",),
    known=(Known("H100/H200/B200", 25, 16, "truncated", True),),
)
DRIFT = Drift((5, 10), (1e-8, 2e-8), (2e-6, 5e-6), 250.0, "tf32")
SOAK = SoakProgress(30.0, 600.0, 3, 123_456, 0, memory_bytes=1 << 30)


@pytest.fixture
def page(qtbot: QtBot, cpu_only: Session) -> PrecisionPage:
    made = PrecisionPage(cpu_only)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(900, 600)
    made.show()
    return made


def show(qtbot: QtBot, page: PrecisionPage, *events: object) -> None:
    follower = page.session.start_run("precision", replayed.command([*events, WorkDone()]))
    assert follower is not None
    page.follow(follower)
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=20_000)


def test_that_a_chosen_row_is_shown_more_closely(qtbot: QtBot, page: PrecisionPage) -> None:
    row = replace(runs.ROWS[0], detail=DETAIL)
    show(qtbot, page, *runs.precision(())[:1], PrecisionRowDone(row))
    closer = page.results.closer
    assert not closer.isVisible()
    page.results.choose(0)
    assert closer.isVisible()
    assert closer.histogram.counts == DETAIL.histogram
    assert ">1M: 2" in closer.histogram.accessibleDescription()
    assert closer.heat.cells == DETAIL.heat
    assert closer.heat.accessibleDescription() == "Some elements are no numbers."
    assert closer.numbers.toPlainText().splitlines()[0].startswith("x[3]    1.5   0x3fc00000  0 0")
    closer.grab()
    closer.copy.click()
    assert QGuiApplication.clipboard().text() == "import torch\n"


def test_that_a_row_without_a_script_offers_none(qtbot: QtBot, page: PrecisionPage) -> None:
    row = replace(runs.ROWS[0], detail=replace(DETAIL, reproducer=""))
    show(qtbot, page, *runs.precision(())[:1], PrecisionRowDone(row))
    page.results.choose(0)
    assert not page.results.closer.copy.isVisible()


def test_that_the_fingerprint_says_what_the_device_is_like(
    qtbot: QtBot, page: PrecisionPage
) -> None:
    assert not page.results.fingerprint.isVisible()
    show(qtbot, page, *runs.precision(), FingerprintSeen(FINGERPRINT))
    card = page.results.fingerprint
    assert card.isVisible()
    assert card.likeness.plain == "Adds like H100/H200/B200."
    show(qtbot, page, *runs.precision(), FingerprintSeen(replace(FINGERPRINT, behaves_like=())))
    assert card.likeness.plain.endswith("That is no fault.")
    show(qtbot, page, *runs.precision())
    assert not card.isVisible()


def test_that_drift_is_plotted_and_named(qtbot: QtBot, page: PrecisionPage) -> None:
    show(qtbot, page, *runs.precision(), DriftSeen(DRIFT))
    card = page.results.drift
    assert card.isVisible()
    assert "as far off as TF32" in card.text.plain
    assert "250 times" in card.text.plain
    card.plot.grab()


def test_that_a_soak_without_errors_is_good(qtbot: QtBot, page: PrecisionPage) -> None:
    show(qtbot, page, *runs.precision(())[:1], SOAK)
    assert page.stage.ending.property("role") == "good"
    assert page.stage.ending.text.startswith("No error: 30.0 s of 10 min 00 s")


@pytest.mark.parametrize("wrong", [{"mismatches": 2}, {"memory_errors": 1}])
def test_that_a_soak_with_errors_is_not(
    qtbot: QtBot, page: PrecisionPage, wrong: dict[str, int]
) -> None:
    first = {"first_mismatch_s": 7.0, "first_mismatch": runs.ROWS[-1]}
    show(qtbot, page, *runs.precision(())[:1], replace(SOAK, **wrong, **first))
    assert page.stage.ending.property("role") == "bad"
    assert page.stage.ending.text.startswith("The device made errors")
    assert page.results.soak.isVisible()


def test_that_a_soak_tells_how_hot_the_device_was(qtbot: QtBot, page: PrecisionPage) -> None:
    command = replayed.command([*runs.precision(()), SOAK], waits=True)
    follower = page.session.start_run("precision", command)
    assert follower is not None
    page.session.latest["cpu"] = Sample("cpu", 0.0, {"temperature_celsius": 41.0})
    page.follow(follower)
    qtbot.waitUntil(lambda: page.results.soak.soak is not None, timeout=20_000)
    page.session.samples_arrived.emit([
        Sample("cpu", 1.0, {"temperature_celsius": 63.0}),
        Sample("gpu:0", 1.0, {"temperature_celsius": 90.0}),
    ])
    page._on_events([SOAK])
    card = page.results.soak
    assert card.conditions == ["41 °C to 63 °C, 52 °C on average", "not reported"]
    page.stop()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=20_000)


def test_that_a_soak_asks_for_how_long_and_how_much_memory(page: PrecisionPage) -> None:
    controls = page.controls
    assert not controls.duration.isVisible()
    controls.level.choose("soak")
    controls.level.chosen.emit("soak")
    assert controls.duration.isVisible()
    request = controls.request()
    assert (request.level, request.duration_s, request.memory_share) == ("soak", 600.0, 0.1)


def test_that_all_of_it_follows_the_language(qtbot: QtBot, page: PrecisionPage) -> None:
    row = replace(runs.ROWS[0], detail=DETAIL)
    events = (FingerprintSeen(FINGERPRINT), DriftSeen(DRIFT), SOAK)
    show(qtbot, page, *runs.precision(())[:1], PrecisionRowDone(row), *events)
    page.results.choose(0)
    language.speak("zh_CN")
    page.retranslate()
    language.speak("en")
    page.retranslate()
    assert page.results.fingerprint.likeness.plain == "Adds like H100/H200/B200."
