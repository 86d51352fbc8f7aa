"""``accelgui check --environments``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cli.command import Ran, run


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A home with one environment that prints rubbish; no other Python is on the path."""
    home = tmp_path_factory.mktemp("home")
    bad = home / ".virtualenvs" / "bad" / "bin" / "python"
    bad.parent.mkdir(parents=True)
    bad.write_text("#!/bin/sh\necho '{{{'\nexit 3\n")
    bad.chmod(0o755)
    (home / ".virtualenvs/bad/pyvenv.cfg").write_text("home = /usr/bin\n")
    folders = {"HOME": str(home), "PATH": "/nowhere", "PYENV_ROOT": str(home / "none")}
    return run(home, "check", "--environments", "--json", **folders)


def test_that_each_environment_is_a_row(ran: Ran) -> None:
    rows = {row["name"]: row for row in ran.document["environments"]}
    own = next(row for row in rows.values() if row["kind"] == "accelgui")
    assert Path(own["python"]).parent == Path(sys.executable).parent
    statuses = {cell["name"]: cell["status"] for cell in own["frameworks"]}
    assert statuses["tensorflow"] in {"cpu_only", "accelerates"}
    assert {module["name"] for module in own["modules"]} >= {"onnxruntime", "cuda_toolkit"}


def test_that_rubbish_is_told_in_its_own_row(ran: Ran) -> None:
    row = next(row for row in ran.document["environments"] if row["name"] == "bad")
    assert row["problem"]
    assert row["frameworks"] == []


def test_that_without_acceleration_anywhere_the_exit_code_says_so(ran: Ran) -> None:
    statuses = {c["status"] for row in ran.document["environments"] for c in row["frameworks"]}
    assert ran.code == (0 if "accelerates" in statuses else 2)
