"""Weights that were kept: loaded again without us, and never lost in silence."""

from __future__ import annotations

import json
import subprocess
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pytest
from agent.workloads.training.following import Followed
from agent.workloads.training.test_own_model import GOOD, TORCH, script

from accelgui.model.events import CheckpointDone, Progress, TrainingProgress
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import TrainingRequest
from accelgui.runs.launch import PACKAGE_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

DIGITS = PACKAGE_FOLDER / "resources" / "data" / "digits.npz"

# Each prints the validation accuracy; none of them knows of us.
LOADED = {
    "tensorflow": """
        import keras
        model = keras.saving.load_model(FILE)
        scores = model.predict(x[..., None], verbose=0)
    """,
    "pytorch": """
        import model, torch
        net = model.build_model()
        state = {name: torch.from_numpy(array) for name, array in np.load(FILE).items()}
        net.load_state_dict(state)
        scores = net(torch.from_numpy(x[:, None])).detach().numpy()
    """,
    "jax": """
        import jax, model
        init, apply = model.build_model()
        tree = jax.tree_util.tree_structure(init(jax.random.PRNGKey(0), (-1, 28, 28, 1)))
        arrays = np.load(FILE)
        weights = [arrays[f"weight_{number}"] for number in range(len(arrays))]
        scores = np.asarray(apply(jax.tree_util.tree_unflatten(tree, weights), x[..., None]))
    """,
}
READ = f"""
import json, sys
import numpy as np
FILE = sys.argv[1]
digits = np.load({str(DIGITS)!r})
x, y = digits["x_test"].astype("float32") / 255, digits["y_test"]
"""
SAY = "\nprint(json.dumps(float((scores.argmax(axis=1) == y).mean())))\n"


def accuracy_of(run: Followed, file: Path) -> float:
    program = READ + textwrap.dedent(LOADED[run.request.framework]) + SAY
    told = subprocess.run(
        [run.python, "-c", program, str(file)],
        cwd=file.parent,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return float(json.loads(told.stdout))


@pytest.mark.parametrize(
    ("framework", "suffix"), [("tensorflow", ".keras"), ("pytorch", ".npz"), ("jax", ".npz")]
)
def test_that_a_checkpoint_loads_elsewhere_and_is_as_accurate(
    framework: str, suffix: str, tmp_path: Path
) -> None:
    # The Transformer once had a layer of its own.
    own = None if framework == "tensorflow" else script(tmp_path, GOOD[framework])
    file = tmp_path / f"weights{suffix}"
    run = Followed(
        TrainingRequest(
            framework=framework,
            model="transformer",
            epochs=2,
            script_path=own,
            checkpoint_path=str(file),
        )
    )
    assert run.told(CheckpointDone) == [CheckpointDone(str(file), file.stat().st_size)]
    assert accuracy_of(run, file) == pytest.approx(run.done.validation_accuracy, abs=1e-3)


def saving(folder: Path, first: str) -> TrainingRequest:
    """Return a training whose weights are asked for after `first` has run."""
    method = f"""
        def state_dict(self, *arguments, **options):
            import os, resource, shutil, time
            {first}
            return super().state_dict(*arguments, **options)

    def build_model():"""
    path = script(folder, TORCH.replace("    def build_model():", method))
    (folder / "kept").mkdir()
    (folder / "kept" / "weights.npz").write_bytes(b"of an earlier run")
    return TrainingRequest(
        framework="pytorch",
        epochs=10_000,
        script_path=path,
        checkpoint_path=str(folder / "kept" / "weights.npz"),
    )


def is_report(event: object) -> bool:
    return isinstance(event, TrainingProgress)


def test_that_a_stopped_run_has_the_time_to_save(tmp_path: Path) -> None:
    run = Followed(saving(tmp_path, "time.sleep(4)"), is_report)
    assert run.outcome.status is RunStatus.STOPPED
    assert run.outcome.exit_code == 0
    assert run.done.stopped
    assert run.told(Progress)[-1].what == "save"
    (kept,) = run.told(CheckpointDone)
    assert kept.problem is None
    assert run.stop_asked_s is not None
    assert run.ended_s - run.stop_asked_s > 4
    with np.load(kept.path) as arrays:
        assert arrays["layers.2.weight"].shape == (10, 32)
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["weights.npz"]


def test_that_a_step_under_way_is_waited_for_where_weights_are_wanted(tmp_path: Path) -> None:
    request = saving(tmp_path, "pass")
    slow = TORCH.replace("return self", "import time; time.sleep(self.training * 3); return self")
    script(tmp_path, slow)
    run = Followed(request, lambda e: isinstance(e, Progress) and e.what == "train")
    assert run.done.stopped
    assert run.told(CheckpointDone)[0].problem is None


@pytest.mark.parametrize(
    ("first", "problem"),
    [
        ("shutil.rmtree(FOLDER)", "No such file or directory"),
        ("resource.setrlimit(resource.RLIMIT_FSIZE, (999, 999))", "File too large"),
        ("raise ValueError('these cannot be saved')", "these cannot be saved"),
    ],
)
def test_that_weights_that_cannot_be_written_cost_no_result(
    first: str, problem: str, tmp_path: Path
) -> None:
    request = saving(tmp_path, first.replace("FOLDER", repr(str(tmp_path / "kept"))))
    run = Followed(request, is_report)
    assert run.outcome.status is RunStatus.STOPPED
    assert run.done.loss is not None
    (told,) = run.told(CheckpointDone)
    assert (told.path, told.problem) == (request.checkpoint_path, problem)
    left = {file.name: file.read_bytes() for file in (tmp_path / "kept").glob("*")}
    assert left in ({}, {"weights.npz": b"of an earlier run"})


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("none/weights.npz", "no such folder"),
        ("weights.keras", "a checkpoint of pytorch ends in .npz"),
        ("folder.npz", "is a folder"),
    ],
)
def test_that_a_place_that_cannot_be_is_told_before_any_work(
    path: str, problem: str, tmp_path: Path
) -> None:
    (tmp_path / "folder.npz").mkdir()
    run = Followed(TrainingRequest(framework="pytorch", checkpoint_path=str(tmp_path / path)))
    assert run.outcome.failure is FailureKind.INPUT
    assert problem in (run.outcome.message or "")
    assert not run.told(Progress)
