"""The names of machines that a snapshot speaks of: in log lines, variables and configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# "Jan 20 10:00:01 name kernel:" and "2026-01-20T10:00:01.5+01:00 name kernel:".
_LOGGED = re.compile(
    r"^(?:[A-Z][a-z]{2} +\d+ [\d:]{8}|\d{4}-\d\d-\d\dT\S{1,40}) (?P<name>[\w.-]+) "
)
_ADDRESSING = re.compile(r"_(?:ADDR|ADDRESS|ADDRESSES|ENDPOINTS|HOST|HOSTNAMES)$|^TPU_NAME$")
_SCHEME = re.compile(r"^\w+://")
_CONFIGURED = re.compile(
    r"://(?:[^/@\s\"']*@)?(?P<url>[\w.-]+)"
    r"|(?P<served>[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}):\d{2,5}\b"
    r"|registry\.(?:mirrors|configs)\.\"(?P<registry>[^\":]+)"
)
# Numbers are masked as addresses; host-1 is what this file's names were replaced by.
_NO_NAME = re.compile(r"[\d.]+|.*:.*:.*|host-\d+")


def named_hosts(machine: dict[str, Any]) -> set[str]:
    """Return the names, and of those with a domain the first part too."""
    found = {name for name in _named(machine) if name and not _NO_NAME.fullmatch(name)}
    return found | {name.partition(".")[0] for name in found}


def _named(machine: dict[str, Any]) -> Iterator[str]:
    for line in machine.get("kernel_log", ()):
        if match := _LOGGED.match(line["text"]):
            yield match["name"]
    host, tpu = machine.get("host") or {}, machine.get("tpu") or {}
    variables = {**host.get("environment", {}), **tpu.get("hints", {})}
    for name, value in variables.items():
        if _ADDRESSING.search(name):
            parts = (_SCHEME.sub("", part.strip()) for part in re.split(r"[,;|]", value))
            yield from (re.sub(r":\d+$", "", part) for part in parts)
    for line in machine.get("configuration", ()):
        for match in _CONFIGURED.finditer(line["text"]):
            yield match[match.lastgroup or 0]
