"""Where a finding was made: the parameters from which remedies that fit this machine are worded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.model.finding import Finding


def with_place(finding: Finding, case: Case) -> Finding:
    """Add what is known of system, container and Python; a rule's own parameters win."""
    return replace(finding, parameters={**_place(case), **finding.parameters})


def _place(case: Case) -> dict[str, str]:
    host, python, framework = case.host, case.snapshot.python, case.framework
    known = {
        "system": host.system,
        "architecture": host.machine,
        "os_id": host.os_id,
        "container": host.container,
        "wsl": "yes" if host.wsl else None,
        "kernel": host.kernel,
        "python": python.executable if python else None,
        "python_version": python.version if python else None,
        "conda": "yes" if python and python.is_conda else None,
        "framework": framework.name if framework else case.framework_name,
        "framework_version": framework.version if framework else None,
    }
    return {name: value for name, value in known.items() if value}
