"""A training that finds no memory, from the command line: the finding and the batch that fits."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest
import sabotage
from agent.real import python_of
from cli.command import Ran, run

from accelgui.cli.batch_search import command_with
from accelgui.model.requests import TrainingRequest

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30


@pytest.fixture(scope="module")
def python_with_full_gpu(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python whose PyTorch has a GPU that batches above 700 do not fit into."""
    variables = sabotage.environment("full_gpu", batch=700)
    assignments = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    path = tmp_path_factory.mktemp("python") / "python"
    path.write_text(f'#!/bin/sh\n{assignments} exec {python_of("pytorch")} "$@"\n')
    path.chmod(0o755)
    return str(path)


def train(folder: Path, python: str, *options: str) -> Ran:
    chosen = ("--python", python, "--framework", "pytorch", "--device", "gpu:0")
    return run(folder, "train", *chosen, "--batch-size", "1024", "--epochs", "1", *options)


def test_that_the_document_has_the_finding_and_the_batch_that_fits(
    python_with_full_gpu: str, tmp_path: Path
) -> None:
    ran = train(tmp_path, python_with_full_gpu, "--json")
    assert ran.code == 2
    document = ran.document
    assert document["status"] == "failed"
    (finding,) = document["findings"]
    assert finding["code"] == "gpu_out_of_memory"
    assert finding["parameters"]["asked_bytes"] == str(2 * GIB)
    assert finding["parameters"]["total_bytes"] == str(141 * GIB)
    assert finding["cause"].startswith("The framework asked for 2.0 GiB at once. 1.0 GiB of 141.0")
    found = {"batch_size": 640, "fails_at": 704, "is_complete": True}
    assert document["largest_batch"] == found
    assert "looking for the largest that does" in ran.notes


def test_that_the_search_can_be_declined(python_with_full_gpu: str, tmp_path: Path) -> None:
    ran = train(tmp_path, python_with_full_gpu, "--no-fit-batch")
    assert ran.code == 2
    assert "The work asks for more memory than GPU 0 has" in ran.out
    assert "→ Try a smaller batch size" in ran.out
    assert "looking for the largest" not in ran.notes


def test_that_the_command_trains_the_same_with_another_batch() -> None:
    request = TrainingRequest(model="cnn", batch_size=1024, tf32=False, data_path="/my data.npz")
    assert command_with(request, sys.executable, 640) == (
        "accelgui train --batch-size 640 --model cnn --data '/my data.npz' --no-tf32"
    )
    other = "opt/python"
    assert command_with(TrainingRequest(), other, 8).endswith("--batch-size 8 --python opt/python")
