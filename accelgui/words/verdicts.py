"""The verdict in one sentence, and in one word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.chain import Accelerator, Link, LinkStatus
from accelgui.model.finding import Severity, VerdictStatus
from accelgui.words import joining
from accelgui.words.chain import link_name
from accelgui.words.findings import describe
from accelgui.words.frameworks import framework_name
from accelgui.words.translation import N_, _, n_

if TYPE_CHECKING:
    from accelgui.model.finding import Verdict
    from accelgui.model.snapshot import Framework, Snapshot

_STATUSES = {
    VerdictStatus.ACCELERATED: N_("Accelerated"),
    VerdictStatus.DEGRADED: N_("Accelerated, with warnings"),
    VerdictStatus.NOT_ACCELERATED: N_("Not accelerated"),
    VerdictStatus.NO_ACCELERATOR: N_("No accelerator"),
}

_OTHER_MAKERS = {
    "amd_gpu_needs_rocm_build": N_("an AMD GPU"),
    "intel_gpu_needs_plugin": N_("an Intel GPU"),
    "apple_gpu_needs_plugin": N_("an Apple GPU"),
}


def status_name(status: VerdictStatus) -> str:
    """Return the verdict in as few words as possible."""
    return _(_STATUSES[status])


def sentence(verdict: Verdict, snapshot: Snapshot) -> str:
    """Return the verdict in one sentence or two, true at every stage of the snapshot."""
    if snapshot.machine is None and verdict.device is None:
        return _("Looking at this machine…")
    match verdict.status:
        case VerdictStatus.ACCELERATED:
            return _works(verdict, snapshot)
        case VerdictStatus.DEGRADED:
            return _works_with_warnings(verdict, snapshot)
        case VerdictStatus.NOT_ACCELERATED:
            return _not_accelerated(verdict, snapshot)
        case VerdictStatus.NO_ACCELERATOR:
            return joining.sentences((_no_accelerator(verdict), _cpu(verdict, snapshot)))


def _works(verdict: Verdict, snapshot: Snapshot) -> str:
    return _("{framework} runs on {device} and computes right.").format(
        framework=_framework(verdict, snapshot), device=_device_name(verdict, snapshot)
    )


def _works_with_warnings(verdict: Verdict, snapshot: Snapshot) -> str:
    count = sum(finding.severity is not Severity.INFO for finding in verdict.findings)
    text = n_(
        "{framework} runs on {device} and computes right, with {count} warning.",
        "{framework} runs on {device} and computes right, with {count} warnings.",
        count,
    )
    return text.format(
        framework=_framework(verdict, snapshot),
        device=_device_name(verdict, snapshot),
        count=count,
    )


def _not_accelerated(verdict: Verdict, snapshot: Snapshot) -> str:
    here = (
        _("A TPU is here") if verdict.accelerator is Accelerator.TPU else _an_nvidia_gpu(snapshot)
    )
    broken = _broken_link(verdict)
    framework = _framework(verdict, snapshot)
    cause = next((f for f in verdict.findings if f.severity is Severity.ERROR), None)
    if cause is not None:
        reason = describe(cause).title
        text = _("{here}, but {framework} cannot use it: {reason}.")
        return text.format(here=here, framework=framework, reason=_inside(reason))
    if broken is not None:
        text = _("{here}, but {framework} cannot use it: the chain is broken at “{link}”.")
        name = link_name(broken, verdict.accelerator)
        return text.format(here=here, framework=framework, link=name)
    if any(finding.code == "gpu_asleep" for finding in verdict.findings):
        return _("{here}, asleep. It was not woken to look.").format(here=here)
    text = _("{here}. Whether {framework} can use it is not known yet.")
    return text.format(here=here, framework=framework)


def _broken_link(verdict: Verdict) -> Link | None:
    """Return the first broken link on which others depend, which NVML is not."""
    broken = [state.link for state in verdict.chain if state.status is LinkStatus.BROKEN]
    return next((link for link in broken if link is not Link.NVML), None)


def _no_accelerator(verdict: Verdict) -> str:
    others = [
        _(_OTHER_MAKERS[finding.code])
        for finding in verdict.findings
        if finding.code in _OTHER_MAKERS
    ]
    if not others:
        return _("This machine has no GPU or TPU.")
    text = _("This machine has {gpu}, which the usual build of {framework} cannot use.")
    return text.format(gpu=others[0], framework=framework_name(verdict.framework))


def _cpu(verdict: Verdict, snapshot: Snapshot) -> str:
    framework = _framework(verdict, snapshot)
    if verdict.cpu_works:
        return _("{framework} works on the CPU.").format(framework=framework)
    if verdict.cpu_works is False:
        return _("{framework} does not work on the CPU either.").format(framework=framework)
    cause = next((f for f in verdict.findings if f.severity is Severity.ERROR), None)
    return joining.full_stop(describe(cause).title) if cause else ""


def _framework(verdict: Verdict, snapshot: Snapshot) -> str:
    found = _found_framework(verdict, snapshot)
    return framework_name(verdict.framework, found.version if found else None)


def _found_framework(verdict: Verdict, snapshot: Snapshot) -> Framework | None:
    return next((f for f in snapshot.frameworks if f.name == verdict.framework), None)


def _device_name(verdict: Verdict, snapshot: Snapshot) -> str:
    """Return the model of the device, from whoever knows it."""
    found = _found_framework(verdict, snapshot)
    names = {d.key: d.name for d in (snapshot.machine.devices if snapshot.machine else ())}
    if name := names.get(verdict.device or ""):
        worked = {o.device for o in (found.operations if found else ()) if o.right}
        count = sum(names.get(key) == name for key in worked)
        return _("{count} × {name}").format(count=count, name=name) if count > 1 else name
    for listed in found.devices if found else ():
        if listed.key == verdict.device:
            return listed.description or listed.name
    return verdict.device or ""


def _an_nvidia_gpu(snapshot: Snapshot) -> str:
    devices = snapshot.machine.devices if snapshot.machine else ()
    names = [device.name for device in devices if device.kind.value == "gpu"]
    if names:
        return _("{name} is here").format(name=names[0])
    is_wsl = snapshot.machine is not None and snapshot.machine.host.wsl
    return _("Windows lends a GPU") if is_wsl else _("An NVIDIA GPU is here")


def _inside(title: str) -> str:
    """Fit a title into the middle of a sentence; names and abbreviations keep their capitals."""
    first = title.split(" ", maxsplit=1)[0].partition("'")[0]
    plain = first[1:].islower() or first in {"A", "No"}
    keep = first in {"TensorFlow", "NVIDIA", "Windows", "Secure", "Linux", "Docker"}
    return title[:1].lower() + title[1:] if plain and not keep else title
