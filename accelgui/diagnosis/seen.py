"""Short ways to the facts that several rules read: facts of devices, lines of files, packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.model.finding import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.case import Case
    from accelgui.model.device import Device, DeviceFact
    from accelgui.model.snapshot import Package, TextLine


def kernel_line(case: Case, pattern: str) -> Evidence | None:
    """Return the last line of the kernel's log that matches."""
    lines = case.machine.kernel_log if case.machine else ()
    return _last(lines, pattern)


def configured(case: Case, source: str, pattern: str) -> Evidence | None:
    """Return the last line that matches of the configuration files whose path has `source`."""
    lines = case.machine.configuration if case.machine else ()
    return _last([line for line in lines if source in line.source], pattern)


def has_configuration(case: Case, source: str) -> bool:
    """Say whether any line of such a file was seen."""
    lines = case.machine.configuration if case.machine else ()
    return any(source in line.source for line in lines)


def facts(case: Case, name: str) -> Iterator[tuple[Device, DeviceFact]]:
    """Yield the facts of a name, of every device that reports it."""
    for device in case.machine.devices if case.machine else ():
        for fact in device.facts:
            if fact.name == name and fact.value is not None:
                yield device, fact


def fact_of(device: Device, name: str) -> DeviceFact | None:
    """Return a device's fact, None where it does not report it."""
    found = (fact for fact in device.facts if fact.name == name and fact.value is not None)
    return next(found, None)


def system_package(case: Case, pattern: str) -> Package | None:
    """Return the first package or program of the system whose whole name matches."""
    return next(iter(system_packages(case, pattern)), None)


def system_packages(case: Case, pattern: str) -> list[Package]:
    """Return the packages and programs of the system whose whole names match."""
    packages = case.machine.packages if case.machine else ()
    return [package for package in packages if re.fullmatch(pattern, package.name)]


def python_packages(case: Case, pattern: str) -> list[Package]:
    """Return the packages of the examined Python whose whole names match."""
    contents = case.snapshot.contents
    packages = contents.packages if contents else ()
    return [package for package in packages if re.fullmatch(pattern, package.name)]


def python_package(case: Case, name: str) -> Package | None:
    """Return the package of that name in the examined Python."""
    return next(iter(python_packages(case, re.escape(name))), None)


def package_evidence(package: Package) -> Evidence:
    """Return a package with its version, and where it is."""
    return Evidence(package.site or "package", f"{package.name} {package.version}".strip())


def _last(lines: tuple[TextLine, ...] | list[TextLine], pattern: str) -> Evidence | None:
    found = [line for line in lines if re.search(pattern, line.text)]
    return Evidence(found[-1].source, found[-1].text, found[-1].line) if found else None
