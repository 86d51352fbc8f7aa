"""Live values in one short line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.sample import HOST
from accelgui.words import _
from accelgui.words.devices import key_name
from accelgui.words.units import bytes_text, percent_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accelgui.model.sample import Sample

_GAP = "    "


def summary(latest: Mapping[str, Sample]) -> str:
    """Return "CPU 12 %    Memory 3.2 of 15.6 GiB    GPU 0 45 %" for the latest samples."""
    host = _values(latest, HOST)
    parts = [_utilisation(key_name("cpu"), _values(latest, "cpu")), _memory(host)]
    accelerators = [key for key in sorted(latest) if key.startswith(("gpu:", "tpu:"))]
    if len(accelerators) > 2:
        parts.append(_mean(accelerators, latest))
    else:
        parts += [_utilisation(key_name(key), _values(latest, key)) for key in accelerators]
    return _GAP.join(part for part in parts if part)


def _values(latest: Mapping[str, Sample], device: str) -> dict[str, float | None]:
    return latest[device].values if device in latest else {}


def _utilisation(name: str, values: Mapping[str, float | None]) -> str:
    percent = values.get("utilisation_percent")
    return "" if percent is None else f"{name} {percent_text(round(percent))}"


def _memory(values: Mapping[str, float | None]) -> str:
    used, total = values.get("memory_used_bytes"), values.get("memory_total_bytes")
    if used is None:
        return ""
    if total is None:
        return _("Memory {used}").format(used=bytes_text(used))
    return _("Memory {used} of {total}").format(used=bytes_text(used), total=bytes_text(total))


def _mean(keys: list[str], latest: Mapping[str, Sample]) -> str:
    known = [latest[key].values.get("utilisation_percent") for key in keys]
    percents = [percent for percent in known if percent is not None]
    if not percents:
        return ""
    mean = percent_text(round(sum(percents) / len(percents)))
    return _("{count} accelerators {percent}").format(count=len(keys), percent=mean)
