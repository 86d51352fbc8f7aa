"""What a form can offer: the frameworks and devices that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import _
from accelgui.words.devices import key_name
from accelgui.words.frameworks import framework_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.model.snapshot import Framework, Snapshot

AUTO = "auto"


def installed(snapshot: Snapshot | None, known: Sequence[str]) -> list[Framework]:
    """Return those of the known frameworks that the examined Python has."""
    found = snapshot.frameworks if snapshot else ()
    return [framework for framework in found if framework.installed and framework.name in known]


def frameworks(snapshot: Snapshot | None, known: Sequence[str]) -> list[tuple[str, str]]:
    """Return (name, words) of the frameworks to choose from; the first known where none is yet."""
    found = [(f.name, framework_name(f.name, f.version)) for f in installed(snapshot, known)]
    return found or [(known[0], framework_name(known[0]))]


def devices(snapshot: Snapshot | None, framework: str) -> list[tuple[str, str]]:
    """Return (key, words) of the devices to choose from: the best one, then each by name."""
    found = installed(snapshot, (framework,))
    listed = found[0].devices if found else ()
    return [(AUTO, key_name(AUTO)), *((d.key, _words(d.key, d.description)) for d in listed)]


def accelerators_count(snapshot: Snapshot | None, framework: str) -> int:
    """Return how many devices a framework lists that are of the kind of its best one."""
    return _kinds(snapshot, framework).count(best_kind(snapshot, framework))


def best_kind(snapshot: Snapshot | None, framework: str) -> str:
    """Return "gpu" or "tpu" where a framework lists one, else "cpu"."""
    return next((kind for kind in _kinds(snapshot, framework) if kind != "cpu"), "cpu")


def _kinds(snapshot: Snapshot | None, framework: str) -> list[str]:
    found = installed(snapshot, (framework,))
    return [device.key.partition(":")[0] for device in found[0].devices] if found else []


def obstacle(snapshot: Snapshot | None, framework: str, *, is_checking: bool) -> str | None:
    """Say why no run can start, None where nothing speaks against it, or nobody knows yet."""
    if snapshot is None or is_checking:
        return None
    found = installed(snapshot, (framework,))
    name = framework_name(framework)
    if not found:
        return _("{framework} is not installed in this Python.").format(framework=name)
    if found[0].imported is False:
        return _("{framework} is installed but cannot be imported; see Overview.").format(
            framework=name
        )
    return None


def _words(key: str, description: str | None) -> str:
    return f"{key_name(key)} · {description}" if description else key_name(key)
