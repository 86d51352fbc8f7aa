"""A person's Pythons are found at well-known places, each once, without starting any."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from accelgui.runs.environments import Environment, EnvironmentKind, find_environments


class Home:
    """A made home with environments in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.near = folder / "work" / "project"
        self.near.mkdir(parents=True)

    def venv(self, path: str) -> Path:
        prefix = self.folder / path
        python = self.program(f"{path}/bin/python")
        (prefix / "pyvenv.cfg").write_text("home = /usr/bin\n")
        return python

    def conda(self, path: str) -> Path:
        python = self.program(f"{path}/bin/python")
        (self.folder / path / "conda-meta").mkdir()
        return python

    def program(self, path: str, mode: int = 0o755) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True)
        file.write_text("#!/bin/sh\nexit 1\n")
        file.chmod(mode)
        return file

    def found(self, **variables: str) -> list[Environment]:
        seen = find_environments(self.near, self.folder, {"PATH": "/nowhere", **variables})
        return [e for e in seen if Path(e.python).is_relative_to(self.folder)]

    def names(self, **variables: str) -> list[tuple[str, str]]:
        return [(e.name, e.kind.value) for e in self.found(**variables)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_that_our_own_python_comes_first(home: Home) -> None:
    first = find_environments(home.near, home.folder, {})[0]
    assert (first.python, first.kind) == (sys.executable, EnvironmentKind.OWN)


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("work/project/.venv", "project/.venv", "venv"),
        ("work/.venv", "work/.venv", "venv"),
        ("work/project/sub/venv", "sub/venv", "venv"),
        ("work/project/mine", "mine", "venv"),
        (".virtualenvs/deep", "deep", "venv"),
        (".local/share/virtualenvs/proj-abc", "proj-abc", "venv"),
        (".pyenv/versions/3.12.1", "3.12.1", "pyenv"),
        (".local/share/uv/tools/ruff", "ruff", "uv"),
    ],
)
def test_that_usual_places_are_looked_into(home: Home, path: str, name: str, kind: str) -> None:
    home.venv(path)
    assert home.names() == [(name, kind)]


def test_that_condas_environments_are_found_by_folder_and_by_list(home: Home) -> None:
    home.conda("miniconda3")
    home.conda("miniconda3/envs/tf")
    home.conda("data/envs/far")
    home.conda("listed_twice/x")
    listed = home.folder / ".conda/environments.txt"
    listed.parent.mkdir()
    listed.write_text(f"{home.folder}/data/envs/far\n{home.folder}/miniconda3\n/gone\n\n")
    assert home.names() == [("far", "conda"), ("miniconda3", "conda"), ("tf", "conda")]


def test_that_the_active_environment_is_told_as_such_and_once(home: Home) -> None:
    home.venv("work/project/.venv")
    variables = {"VIRTUAL_ENV": str(home.near / ".venv")}
    assert home.names(**variables) == [("project/.venv", "current")]


def test_that_a_jupyter_kernel_names_its_python(home: Home) -> None:
    python = home.program("elsewhere/bin/python3")
    kernels = home.folder / ".local/share/jupyter/kernels"
    specs = {
        "deep": {"argv": [str(python), "-m", "ipykernel_launcher"]},
        "bare": {"argv": ["python", "-m", "ipykernel_launcher"]},
        "julia": {"argv": ["/usr/bin/julia", "-i"]},
        "odd": {"argv": []},
        "worse": ["argv"],
    }
    for name, spec in specs.items():
        (kernels / name).mkdir(parents=True)
        (kernels / name / "kernel.json").write_text(json.dumps(spec))
    (kernels / "broken").mkdir()
    (kernels / "broken" / "kernel.json").write_bytes(b"\xff{")
    assert home.names() == [("deep", "jupyter")]


def test_that_a_python_that_was_named_is_found_wherever_it_is(home: Home, tmp_path: Path) -> None:
    far = home.program("far/away/python")
    near = home.venv("work/project/.venv")
    seen = find_environments(
        home.near, home.folder, {"PATH": ""}, chosen=[str(far), str(near), str(tmp_path / "none")]
    )
    kinds = {e.python: e.kind for e in seen if e.python in {str(far), str(near)}}
    assert kinds == {str(near): EnvironmentKind.VENV, str(far): EnvironmentKind.CHOSEN}


def test_that_what_cannot_be_run_is_no_python(home: Home) -> None:
    home.program("work/project/.venv/bin/python", mode=0o644)
    (home.folder / "work/.venv/bin/python").mkdir(parents=True)
    assert home.found() == []


def test_that_the_search_ends_after_its_time(home: Home) -> None:
    home.venv("work/project/.venv")
    assert find_environments(home.near, home.folder, {}, limit_s=0) == []


def test_that_a_folder_of_thousands_is_not_read_to_its_end(home: Home) -> None:
    for number in range(300):
        (home.near / f"{number:04}").mkdir()
    home.venv("work/project/9999")
    assert home.found() == []
