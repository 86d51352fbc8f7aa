from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.settings import Settings, option_description, option_title, storage
from accelgui.settings.migrations import migrate
from accelgui.settings.settings import options

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accelgui" / "settings.json"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def test_that_no_file_means_defaults_and_no_problem(path: Path) -> None:
    settings = Settings.load(path)
    assert settings == Settings()
    assert settings.problem == ""


def test_that_what_was_kept_comes_back(path: Path) -> None:
    settings = Settings.load(path)
    settings.language = "zh_CN"
    settings.remember_python("/opt/über/bin/python")
    settings.save()
    assert settings.problem == ""
    assert Settings.load(path) == settings


def test_that_only_what_differs_from_the_defaults_is_written(path: Path) -> None:
    settings = Settings.load(path)
    settings.appearance = "dark"
    settings.save()
    assert json.loads(path.read_text(encoding="utf-8")) == {"schema": 1, "appearance": "dark"}


def test_that_settings_without_a_file_are_not_kept(tmp_path: Path) -> None:
    Settings(appearance="dark").save()
    assert not storage.default_path().exists()


def test_that_the_default_file_is_in_the_configuration_folder() -> None:
    settings = Settings.load()
    settings.appearance = "dark"
    settings.save()
    assert Settings.load().appearance == "dark"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"schema": "1"}',
        '{"schema": 0}',
        '{"appearance": "dark"}',
        "[" * 99999,
    ],
)
def test_that_a_damaged_file_is_set_aside_and_said(path: Path, text: str) -> None:
    write(path, text)
    settings = Settings.load(path)
    aside = path.with_name("settings.json.broken")
    assert settings == Settings()
    assert str(aside) in settings.problem
    assert aside.read_text(encoding="utf-8") == text
    assert not path.exists()


def test_that_bytes_that_are_no_text_are_set_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    assert "damaged" in Settings.load(path).problem


@pytest.mark.parametrize(
    "options",
    [{"appearance": 7}, {"appearance": "pink"}, {"recent_pythons": "x"}, {"recent_pythons": [1]}],
)
def test_that_a_nonsensical_value_costs_itself_only(path: Path, options: dict[str, object]) -> None:
    write(path, json.dumps({"schema": 1, "language": "en", **options}))
    settings = Settings.load(path)
    assert settings.language == "en"
    assert settings.problem == f"Settings that make no sense were ignored: {next(iter(options))}."
    assert settings.appearance == "system"
    assert settings.recent_pythons == []


def test_that_options_of_a_newer_version_are_no_problem(path: Path) -> None:
    write(path, json.dumps({"schema": 99, "appearance": "dark", "holograms": True}))
    settings = Settings.load(path)
    assert settings.appearance == "dark"
    assert settings.problem == ""


def test_that_an_older_file_is_brought_forward_step_by_step() -> None:
    steps = {
        1: lambda options: {"look": options["theme"]},
        2: lambda options: {"appearance": options["look"].lower()},
    }
    document = {"schema": 1, "theme": "DARK"}
    assert migrate(document, steps, target=3) == {"appearance": "dark"}
    assert migrate({"schema": 2, "look": "LIGHT"}, steps, target=3) == {"appearance": "light"}
    assert document == {"schema": 1, "theme": "DARK"}


def test_that_a_folder_which_cannot_be_written_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings.load(tmp_path / "elsewhere.json")
    settings.path = tmp_path / "file" / "settings.json"
    settings.appearance = "dark"
    settings.save()
    assert "cannot be kept" in settings.problem
    settings.path = tmp_path / "settings.json"
    settings.save()
    assert settings.problem == ""


def test_that_a_file_which_is_a_folder_is_a_problem_and_no_crash(path: Path) -> None:
    path.mkdir(parents=True)
    assert "cannot be read" in Settings.load(path).problem


def test_that_a_failed_write_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load(path)
    settings.appearance = "dark"
    settings.save()

    def full_disk(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    settings.appearance = "light"
    settings.save()
    assert "No space left on device" in settings.problem
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]
    assert Settings.load(path).appearance == "dark"


@given(st.lists(st.text(min_size=1)))
def test_that_few_pythons_are_remembered_each_once_the_last_first(pythons: list[str]) -> None:
    settings = Settings()
    for python in pythons:
        settings.remember_python(python)
    recent = settings.recent_pythons
    assert len(recent) == len(set(recent)) <= 6
    assert recent[:1] == pythons[-1:]


def test_that_every_shown_option_has_title_and_description() -> None:
    shown = [option.name for option in options() if option.metadata["title"]]
    assert shown[:3] == ["language", "appearance", "python"]
    assert all(option_title(name) and option_description(name) for name in shown)
