"""The environment variables that a tree of files has written down, since nothing runs in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.probe.files import Files

# What a login reads, from the system's to the user's own, then what running processes really have.
_SYSTEM_SCRIPTS = ("/etc/profile", "/etc/bash.bashrc", "/etc/bashrc")
_OWN_SCRIPTS = (".profile", ".bash_profile", ".bashrc", ".zshenv", ".zshrc")
_PROCESSES = ("/proc/1/environ", "/proc/self/environ")

_EXPORT = re.compile(r"^\s*(?:export|declare -x)\s+(?P<name>\w+)=(?P<value>.*)$")
_END_OF_VALUE = re.compile(r"\s+#.*$|\s*(?:;|&&|\|\|).*$")
# ${NAME:+:$NAME} adds what was there before, with a colon.
_ADDED = re.compile(r"\$\{\w+:?\+:?\$\{?\w+\}?:?\}")
_NAMED = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-[^{}]*)?\})")
_LONGEST_LINE = 4096


def written_variables(files: Files) -> dict[str, str]:
    """Return the variables; of one that is set several times, what was set last."""
    variables: dict[str, str] = {}
    for line in (files.text("/etc/environment") or "").splitlines():
        _assign(variables, line.strip().removeprefix("export "))
    for path in _scripts(files):
        for line in (files.text(path) or "").splitlines():
            if match := _EXPORT.match(line[:_LONGEST_LINE]):
                value = _expanded(match["value"], variables)
                if value is not None:
                    variables[match["name"]] = value
    for path in _PROCESSES:
        for line in (files.text(path) or "").split("\0"):
            _assign(variables, line)
    return variables


def _scripts(files: Files) -> Iterator[str]:
    yield from _SYSTEM_SCRIPTS
    yield from files.glob("/etc/profile.d", "*.sh")
    for home in ("/root", *files.glob("/home", "*")):
        yield from (f"{home}/{name}" for name in _OWN_SCRIPTS)


def _assign(variables: dict[str, str], line: str) -> None:
    name, equals, value = line.partition("=")
    if equals and name.isidentifier():
        variables[name] = value.strip("\"'")


def _expanded(text: str, variables: dict[str, str]) -> Optional[str]:
    """Return what a shell would make of a value, None where it would have to run something."""
    value = _END_OF_VALUE.sub("", text).strip()
    if "$(" in value or "`" in value:
        return None
    quoted = value.startswith("'")
    value = value.strip("\"'")
    if quoted:
        return value
    value = _ADDED.sub("", value)
    return _NAMED.sub(lambda found: variables.get(found[1] or found[2], ""), value)
