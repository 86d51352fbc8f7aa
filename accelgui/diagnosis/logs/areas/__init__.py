"""What is looked for in logs, by area: the signs, and the rules that weigh them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs import frameworks
from accelgui.diagnosis.logs.areas import (
    absent,
    architectures,
    builds,
    clusters,
    comparing,
    containers,
    device,
    device_files,
    driver_parts,
    driver_versions,
    drivers,
    errors,
    families,
    firmware,
    host_memory,
    hosted_tpu,
    imports,
    installing,
    libraries,
    library_handles,
    library_versions,
    makers,
    makers_drivers,
    memory,
    modules,
    no_gpu,
    noise,
    old_drivers,
    operations,
    selection,
    services,
    starting,
    toolkit,
    toolkits,
    tpu,
    translated,
    unbuilt,
    xids,
)

if TYPE_CHECKING:
    from accelgui.diagnosis.logs.clues import Rule
    from accelgui.diagnosis.logs.signs import Sign

_AREAS = (
    device,
    firmware,
    xids,
    drivers,
    modules,
    installing,
    services,
    driver_versions,
    toolkit,
    containers,
    clusters,
    device_files,
    starting,
    no_gpu,
    absent,
    errors,
    operations,
    driver_parts,
    comparing,
    selection,
    libraries,
    old_drivers,
    toolkits,
    library_versions,
    imports,
    families,
    builds,
    unbuilt,
    makers,
    makers_drivers,
    architectures,
    memory,
    library_handles,
    host_memory,
    tpu,
    hosted_tpu,
    translated,
    noise,
)

SIGNS: tuple[Sign, ...] = (
    *(sign for area in _AREAS for sign in area.SIGNS),
    *frameworks.SIGNS,
)
RULES: tuple[Rule, ...] = tuple(rule for area in _AREAS for rule in area.RULES)

__all__ = ["RULES", "SIGNS"]
