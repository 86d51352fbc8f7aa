"""Words of findings about TPUs."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _tpu_held_by_other_process(parameters: Parameters) -> FindingText:
    pid, process = parameters.get("pid", ""), parameters.get("process", "")
    is_number = pid.isascii() and pid.isdecimal()
    cause = _("Only one process at a time may use a TPU, and another one has it.")
    if is_number and process:
        cause = _("Only one process at a time may use a TPU; {process} (process {pid}) has it.")
    elif is_number:
        cause = _("Only one process at a time may use a TPU; process {pid} has it.")
    remedies = [Remedy(_("See who has it."), "sudo lsof -w /dev/accel* /dev/vfio/*")]
    if is_number:
        remedies = [Remedy(_("Look at that process."), f"ps -fp {pid}"),
                    Remedy(_("If it is a left-over, end it."), f"kill {pid}")]  # fmt: skip
    return FindingText(
        _("Another process holds the TPU"),
        cause.format(process=process, pid=pid),
        tuple(remedies),
    )


def _tpu_lockfile_stale(parameters: Parameters) -> FindingText:
    path = shlex.quote(parameters.get("path", "/tmp/libtpu_lockfile"))  # noqa: S108 - Its place.
    return FindingText(
        _("A lock of the TPU was left behind"),
        _("A lock file says that the TPU is in use, but no process has it open."),
        (Remedy(_("Remove the lock file."), f"sudo rm {path}"),),
    )


def _libtpu_library_missing(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The TPU library (libtpu) is missing"),
        _("A TPU is here, but libtpu.so was not found in this Python or on the system."),
        (
            Remedy(_("Install JAX with it."), place.pip_install(parameters, "jax[tpu]")),
            Remedy(_("Or the library alone."), place.pip_install(parameters, "libtpu")),
        ),
    )


def _tpu_metrics_need_running_workload(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Live values of a TPU come only while it works"),
        _("The TPU's library serves load and memory while a process uses the chip, not otherwise."),
    )


TEXTS: dict[str, Author] = {
    "tpu_held_by_other_process": _tpu_held_by_other_process,
    "tpu_lockfile_stale": _tpu_lockfile_stale,
    "libtpu_library_missing": _libtpu_library_missing,
    "tpu_metrics_need_running_workload": _tpu_metrics_need_running_workload,
}
