"""The settings file: JSON with a schema version, replaced whole, never left half written."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import platformdirs

from accelgui.settings.migrations import SCHEMA, migrate
from accelgui.words import _


class StorageError(Exception):
    """The file cannot be read or written; the message is for a person."""


def default_path() -> Path:
    """Return where the settings of this user are."""
    return Path(platformdirs.user_config_path("accelgui")) / "settings.json"


def read(path: Path) -> dict[str, Any]:
    """Return the stored options in today's schema, {} where there is no file.

    Raises StorageError where it cannot be read; a file that holds no settings is set aside.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise _set_aside(path) from error
    except OSError as error:
        raise StorageError(
            _("The settings in {path} cannot be read: {reason}.").format(
                path=path, reason=error.strerror
            )
        ) from error
    try:
        return migrate(_document(text))
    except (ValueError, RecursionError) as error:
        raise _set_aside(path) from error


def write(path: Path, options: dict[str, Any]) -> None:
    """Replace the file; raises StorageError where that cannot be done."""
    text = json.dumps({"schema": SCHEMA, **options}, indent=2, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise StorageError(
            _("The settings cannot be kept in {path}: {reason}.").format(
                path=path, reason=error.strerror
            )
        ) from error


def _document(text: str) -> dict[str, Any]:
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("not an object")  # noqa: TRY004 - As broken as bad JSON.
    return document


def _replace(path: Path, text: str) -> None:
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _set_aside(path: Path) -> StorageError:
    aside = path.with_name(path.name + ".broken")
    try:
        path.replace(aside)
    except OSError:
        return StorageError(_("The settings in {path} are damaged.").format(path=path))
    return StorageError(
        _("The settings were damaged. They are kept as {path}; the defaults are in force.").format(
            path=aside
        )
    )
