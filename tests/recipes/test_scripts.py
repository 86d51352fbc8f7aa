"""Scripts to take away: they read well, stand alone, and run."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from agent.real import PYTHON_VARIABLES, python_of

from accelgui.model import techniques
from accelgui.model.requests import FRAMEWORKS, TrainingRequest
from accelgui.recipes import script
from accelgui.words.training import MODELS, PRECISIONS

if TYPE_CHECKING:
    from pathlib import Path


def requests(framework: str) -> list[TrainingRequest]:
    return [
        TrainingRequest(
            framework=framework,
            model=model,
            device=device,
            precision=precision,
            execution=execution,
            tf32=tf32,
            feeding=feeding,
        )
        for model, device, precision, execution, tf32, feeding in itertools.product(
            MODELS,
            ("auto", "cpu", "gpu:1", "tpu:0"),
            PRECISIONS,
            techniques.executions(framework),
            (None, True),
            techniques.feedings(framework),
        )
    ]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_every_choice_gives_a_script_that_stands_alone(framework: str) -> None:
    for request in requests(framework):
        text = script(request)
        compile(text, "script.py", "exec")
        assert not [word for word in ("import accelgui", "compat.v1", "pickle") if word in text]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_scripts_look_as_a_formatter_leaves_them(framework: str, tmp_path: Path) -> None:
    for number, request in enumerate(requests(framework)[::17]):
        (tmp_path / f"s{number}.py").write_text(script(request))
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,I,E7", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "request_",
    [
        TrainingRequest("tensorflow", "transformer", "cpu", execution="xla", feeding="prefetch"),
        TrainingRequest("pytorch", "lstm", "cpu", "mixed_bfloat16", feeding="host"),
        TrainingRequest("jax", "cnn", "cpu", "mixed_float16"),
    ],
    ids=lambda request: request.framework,
)
def test_that_a_script_runs_and_learns(request_: TrainingRequest, tmp_path: Path) -> None:
    framework = request_.framework
    python = python_of(framework) if framework in PYTHON_VARIABLES else sys.executable
    path = tmp_path / "script.py"
    path.write_text(script(request_).replace("EPOCHS = 5", "EPOCHS = 2"))
    done = subprocess.run(
        [python, str(path)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    (*_, last) = re.findall(r"accuracy:? ([0-9.]+)", done.stdout)
    assert float(last) > 0.5
