"""What ``accelgui train`` leaves behind, and whose model it trains."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cli.command import run

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
import keras

def build_model():
    scale = keras.layers.Rescaling({factor})
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), scale, keras.layers.Dense(10)]
    return keras.Sequential(layers)
"""


def test_that_one_run_leaves_events_curves_and_weights_of_an_own_model(tmp_path: Path) -> None:
    (tmp_path / "my model.py").write_text(MODEL.format(factor="1.0"))
    places = {"script": "my model.py", "events": "ev", "export": "c.csv", "checkpoint": "w.keras"}
    options = [f"--{name}={tmp_path / place}" for name, place in places.items()]
    ran = run(tmp_path, "train", *options, "--epochs", "2", "--device", "cpu")
    assert ran.code == 0, ran.notes
    assert "my model.py, 7,850 parameters" in ran.out
    assert f"The weights are in {tmp_path / 'w.keras'} (" in ran.out
    assert (tmp_path / "w.keras").stat().st_size > 10_000
    (events,) = (tmp_path / "ev").iterdir()
    assert {part.name for part in events.iterdir()} == {"training", "validation"}
    rows = list(csv.DictReader((tmp_path / "c.csv").read_text().splitlines()))
    assert {row["quantity"] for row in rows} == {"loss", "accuracy", "rate", "learning_rate"}
    assert {row["run"] for row in rows} == {"my model.py"}


def test_that_an_own_model_that_fails_is_told_by_its_line(tmp_path: Path) -> None:
    script = tmp_path / "model.py"
    script.write_text(MODEL.format(factor="1 / 0"))
    ran = run(tmp_path, "train", "--json", "--script", str(script), "--device", "cpu")
    assert ran.code == 2
    assert ran.document["outcome"]["failure"] == "input"
    assert ran.notes.startswith(
        "The training cannot be done as asked: model.py, line 5: ZeroDivisionError"
    )
    assert "Traceback" not in ran.notes


def test_that_curves_are_drawn_without_a_window(tmp_path: Path) -> None:
    file = tmp_path / "curves.svg"
    ran = run(tmp_path, "train", "--epochs", "1", "--device", "cpu", "--export", str(file))
    assert ran.code == 0, ran.notes
    ET.parse(file)


def test_that_a_place_that_cannot_be_written_is_told_and_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    ran = run(tmp_path, "train", "--json", "--epochs", "1", "--device", "cpu", f"--events={file}")
    assert ran.code == 2
    assert ran.document["status"] == "finished"
    assert f"{file} cannot be written: File exists" in ran.notes


def test_that_a_file_that_is_no_export_is_refused_before_any_work(tmp_path: Path) -> None:
    for name, words in (("a.png", "The window saves PNG"), ("a.txt", "has to end in .csv")):
        ran = run(tmp_path, "train", "--export", str(tmp_path / name))
        assert ran.code == 2
        assert words in ran.notes
