"""Words of findings about memory that was lacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.memory import HOST_OUT_OF_MEMORY, OUT_OF_MEMORY
from accelgui.words import joining
from accelgui.words.devices import key_name
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _
from accelgui.words.units import bytes_text

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters

# No memory has more; a document may say anything.
_MOST_DIGITS = 18


def situation(parameters: Parameters) -> str:
    """Say how much was asked for, how much was free, and what this run and others held."""
    asked, free = _size(parameters, "asked_bytes"), _size(parameters, "free_bytes")
    total, own = _size(parameters, "total_bytes"), _size(parameters, "own_bytes")
    parts = []
    if asked:
        parts.append(_("The framework asked for {asked} at once.").format(asked=asked))
    if free and total:
        parts.append(_("{free} of {total} were free.").format(free=free, total=total))
    elif total:
        parts.append(_("There are {total} in all.").format(total=total))
    if own:
        parts.append(_("This run held {own}.").format(own=own))
    if holder := _holder(parameters):
        parts.append(holder)
    return joining.sentences(parts)


def _holder(parameters: Parameters) -> str:
    pid, process = parameters.get("pid", ""), parameters.get("process", "")
    held = _size(parameters, "held_bytes")
    if not held or not _is_number(pid):
        return ""
    if process:
        return _("{process} (process {pid}) holds {held}.").format(
            process=process, pid=pid, held=held
        )
    return _("Process {pid} holds {held}.").format(pid=pid, held=held)


def look_at_holder(parameters: Parameters) -> tuple[Remedy, ...]:
    """Return what to do about the process that holds most, nothing where none is known."""
    pid = parameters.get("pid", "")
    if not _is_number(pid):
        return ()
    return (
        Remedy(_("Look at that process."), f"ps -fp {pid}"),
        Remedy(_("If it is a left-over, end it."), f"kill {pid}"),
    )


def _gpu_out_of_memory(parameters: Parameters) -> FindingText:
    device = key_name(parameters["device"]) if "device" in parameters else _("the GPU")
    remedies = [Remedy(_("Try a smaller batch size, or half precision."))]
    remedies += look_at_holder(parameters) or [
        Remedy(_("See whether another process holds memory."), "nvidia-smi")
    ]
    return FindingText(
        _("The work asks for more memory than {device} has").format(device=device),
        situation(parameters)
        or _("The framework found no room for what this batch and this network need."),
        tuple(remedies),
    )


def _host_out_of_memory(parameters: Parameters) -> FindingText:
    title = _("The work asks for more memory than this machine has")
    remedies = [Remedy(_("Try a smaller batch size, or half precision."))]
    limit = parameters.get("limited_by")
    if limit == "process_limit":
        title = _("The work asks for more memory than this process may have")
        remedies.append(Remedy(_("See the limit that the shell has set, in KiB."), "ulimit -v"))
    elif limit == "container_limit":
        title = _("The work asks for more memory than this container may have")
        remedies.append(Remedy(_("Start the container with more (docker run --memory).")))
    else:
        remedies += look_at_holder(parameters)
        remedies.append(Remedy(_("See what else uses memory."), "free -h"))
    found_no_room = _("The framework found no room in the machine's own memory (not the GPU's).")
    return FindingText(title, situation(parameters) or found_no_room, tuple(remedies))


def _size(parameters: Parameters, name: str) -> str:
    value = parameters.get(name, "")
    return bytes_text(int(value)) if _is_number(value) else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


TEXTS: dict[str, Author] = {
    OUT_OF_MEMORY: _gpu_out_of_memory,
    HOST_OUT_OF_MEMORY: _host_out_of_memory,
}
