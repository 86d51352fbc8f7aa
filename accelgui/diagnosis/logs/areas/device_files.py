"""Device files: not there, or not for this user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "dev_missing",
        ("/dev/nvidia", "/dev//nvidia"),
        r"/dev/nvidia(?:\d+|ctl|\*)?['\"]?:? \(?(?:No such (?:file or directory|device)|not found)"
        r"|cannot access '?/dev/nvidia(?:\d|ctl|\*)|(?:unable to|could not|can(?:no|')t|failed to)"
        r" (?:create"
        r"|open|stat|find)[^\n]{0,20} /dev/+nvidia(?:\d|ctl|\*)(?![^\n]{0,30}(?:denied|permitted))"
        r"|/dev/nvidia(?:\d+|ctl) does not exist",
    ),
    sign(
        "dev_denied",
        ("permission denied", "operation not permitted", "crw-------"),
        r"(?P<node>/dev/(?:nvidia[\w-]*|accel\d+|vfio/\w+|kfd|dri/\w+))[^\n]{0,60}"
        r"(?:Permission denied|Operation not permitted)"
        r"|(?:Permission denied|Operation not permitted)[:)]{0,2}(?: (?:while|when|for|on|opening|"
        r"accessing|to open|access to))* ['\"]?"
        r"(?P<node2>/dev/(?:nvidia[\w-]*|accel\d+|vfio/\w+|kfd|dri/\w+))"
        r"|crw-{7}[^\n]{0,60} (?:/dev/)?(?:nvidia|kfd\b)",
    ),
    sign(
        "dev_policy",
        ("selinux is preventing", "avc:  denied", "avc: denied", 'apparmor="denied"'),
        r"(?:SELinux is preventing|avc: +denied|apparmor=.DENIED)[^\n]{0,300}"
        r"(?P<node>/dev/(?:nvidia[\w-]*|kfd|dri/\w+|accel\d+|vfio/\w+)|nvidiactl)",
        says="device_permission_denied",
    ),
    # Listings of device files that people outside of a group cannot open for reading and writing.
    sign(
        "dev_modes",
        "/dev/nvidia",
        r"(?P<mode>c[-r][-w][-xsS](?:(?!rw)[-r][-w])[-xsS](?!rw)[-r][-w][-xtT])[.+]? +\d+ \S+"
        r" +\S+ [^\n]{0,40}(?P<node>/dev/nvidia(?:\d+|ctl|-uvm)\b)",
    ),
)


def device_files(clues: Clues) -> Iterator[Candidate]:
    """Device files that are not there, or not for this user."""
    if clue := clues.first("dev_denied"):
        node = clue["node"] or clue["node2"] or "/dev/nvidia*"
        kind = "tpu" if "accel" in node or "vfio" in node else None
        # Chips of TPUs refuse a second process in the same words.
        confidence = certain if "denied" in clue.text.lower() and kind is None else likely
        yield confidence("device_permission_denied", [clue], nodes=node, kind=kind)
    elif clue := clues.first("dev_modes"):
        yield likely("device_permission_denied", [clue], nodes=clue["node"])
    if clue := clues.first("dev_missing"):
        if clues.has("docker", "container_host", "container_prompt"):
            yield likely("container_started_without_gpus", [clue])
        yield likely("device_nodes_missing", [clue], nodes="/dev/nvidia*")


RULES: tuple[Rule, ...] = (device_files,)
