"""Takes out of a snapshot what identifies a person or a machine.

The same name or number is replaced by the same stand-in wherever it stands, also in logs and
variables, so that what belongs together stays together. What rules judge by (versions, PCI
addresses, codes, the form of GPU-… identifiers) stays.
"""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING, Any

from accelgui.model.snapshot import Snapshot
from accelgui.model.wire import from_json, to_json
from accelgui.runs.saved.hosts import named_hosts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Names that thousands of machines share. To replace them in logs and paths would hide nothing
# and spoil what rules read.
# fmt: off
_SHARED_NAMES = frozenset({
    "admin", "alpine", "amazon", "archlinux", "build", "centos", "clocks", "colab", "compute",
    "conda", "container", "cpu", "cuda", "debian", "default", "docker", "ec2-user", "fedora",
    "gpu", "health", "home", "identity", "intel", "jax", "jovyan", "jupyter", "kaggle",
    "ldconfig", "lib", "link", "linux", "linuxbrew", "local", "localhost", "mamba", "memory",
    "miniconda", "miniforge", "node", "nvidia", "nvml", "opc", "opt", "path", "power",
    "python", "pytorch", "root", "runner", "server", "shared", "software", "tensorflow",
    "torch", "tpu", "ubuntu", "user", "usr", "vagrant", "venv", "video", "vscode", "windows",
    "workspace", "workstation", "wsl",
})
# fmt: on
_SYSTEM_ACCOUNTS = frozenset({
    "root",
    "video",
    "render",
    "users",
    "nogroup",
    "nobody",
    "kvm",
    "nvidia",
    "adm",
    "wheel",
})
# Shorter ones would be found inside other things.
_SHORTEST_NAME = 3

_HOMES = re.compile(r"(?P<home>/home/|/Users/|[A-Za-z]:\\+Users\\+)(?P<name>[^/\\:;'\"\s]+)")
_UUID = re.compile(
    r"(?i)(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])"
)
# CUDA_VISIBLE_DEVICES also takes the beginning of an identifier.
_SHORT_UUID = re.compile(r"(?i)\b(?P<kind>GPU|MIG)-(?P<digits>[0-9a-f]{3,}(?:-[0-9a-f]+)*)")
_MAC = re.compile(r"(?i)(?<![0-9a-f:.])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![0-9a-f:.])")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
# Versions of four parts look like addresses; they follow a file name, a comparison or a word.
_IPV4 = re.compile(
    r"(?i)(?<![\w.+-])(?<![=<>~!]=)(?<!version )(?<!version: )(?<!cudnn )(?<!cuda )"
    rf"{_OCTET}(?:\.{_OCTET}){{3}}(?![\w.-])"
)
_IPV6 = re.compile(
    r"(?i)(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}"
    r"|(?=[0-9a-f:]*\d)(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6})(?![\w:.])"
)
_SERIAL = re.compile(
    r"(?i)(?P<word>\bserial(?: ?number| no\.?)? ?[:=#] ?)(?!serial-)(?P<told>\w{5,40})"
)
# User and password in an address: https://user:password@host.
_SIGNED_IN = re.compile(r"(?<=://)[^/@\s\"']{1,200}@")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")

# Members that hold nothing but a version, a file name or a number of a part.
_VERSION_MEMBERS = frozenset({"version", "cuda_version", "cudnn_version", "kernel", "requires"})
_SERIAL_FACTS = frozenset({"serial", "uuid"})


def masked(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without names, serial numbers, identifiers and addresses."""
    data = to_json(snapshot)
    return from_json(Snapshot, _Mask(data).masked(data))


class _Mask:
    """Stand-ins for one snapshot, given out in the order in which originals are met."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._standins: dict[tuple[str, str], str] = {}
        self._serials = set(_serials(data))
        self._host_names = _host_names(data)
        self._user_names = _user_names(data)

    def masked(self, value: Any, member: str = "") -> Any:
        """Return JSON data masked; `member` is the name under which it stands."""
        if isinstance(value, dict):
            return {key: self.masked(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.masked(inner, member) for inner in value]
        if isinstance(value, str):
            if member == "hostname":
                return self._standin("host", value) if value else value
            return self._text(value, is_version=member in _VERSION_MEMBERS)
        return value

    def _text(self, text: str, *, is_version: bool = False) -> str:
        for serial in self._serials:
            text = text.replace(serial, self._serial(serial))
        text = _SERIAL.sub(self._serial_in_text, text)
        text = _SIGNED_IN.sub("", text)
        text = _MAIL.sub(lambda found: self._standin("mail", found[0]), text)
        text = _HOMES.sub(self._home, text)
        text = self._names(text, self._host_names, "host")
        text = self._names(text, self._user_names, "user")
        text = _UUID.sub(lambda found: self._uuid(found[0]), text)
        text = _SHORT_UUID.sub(self._short_uuid, text)
        if is_version:
            return text
        text = _MAC.sub(self._numbered("mac", "02:00:00:00:00:{:02x}"), text)
        text = _IPV6.sub(self._numbered("ipv6", "2001:db8::{:x}"), text)
        return _IPV4.sub(self._ipv4, text)

    def _names(self, text: str, names: list[str], kind: str) -> str:
        for name in names:
            pattern = rf"(?i)(?<!\w){re.escape(name)}(?!\w)"
            text = re.sub(pattern, self._standin(kind, name), text)
        return text

    def _home(self, found: re.Match[str]) -> str:
        return found["home"] + self._standin("user", found["name"])

    def _serial(self, serial: str) -> str:
        if _UUID.search(serial):
            return serial  # Masked with the others of its form.
        return self._standin("serial", serial)

    def _serial_in_text(self, found: re.Match[str]) -> str:
        return found["word"] + self._standin("serial", found["told"])

    def _uuid(self, original: str) -> str:
        if original.lower().startswith("00000000-0000-0000-0000-"):
            return original
        number = self._number("uuid", original.lower())
        return f"00000000-0000-0000-0000-{number:012}"

    def _short_uuid(self, found: re.Match[str]) -> str:
        if _UUID.fullmatch(found["digits"]):
            return found[0]
        return f"{found['kind']}-{self._number('short uuid', found['digits'].lower()):08}"

    def _ipv4(self, found: re.Match[str]) -> str:
        if found[0].startswith("127.") or found[0] == "0.0.0.0":  # noqa: S104 - Compared only.
            return found[0]
        return f"192.0.2.{self._number('ipv4', found[0]) % 256}"

    def _numbered(self, kind: str, form: str) -> Callable[[re.Match[str]], str]:
        return lambda found: form.format(self._number(kind, found[0].lower()) % 256)

    def _standin(self, kind: str, original: str) -> str:
        return f"{kind}-{self._number(kind, original.lower())}"

    def _number(self, kind: str, original: str) -> int:
        known = self._standins.setdefault((kind, original), "")
        if not known:
            count = sum(1 for other, _original in self._standins if other == kind)
            self._standins[kind, original] = known = str(count)
        return int(known)


def _strings(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, str):
            yield inner
        elif isinstance(inner, dict):
            pending.extend(inner.values())
        elif isinstance(inner, list):
            pending.extend(inner)


def _accounts(data: dict[str, Any]) -> Iterator[str]:
    """Yield owners and groups of device files that are persons."""
    machine = data.get("machine") or {}
    for part in ("nvidia", "tpu"):
        for node in machine.get(part, {}).get("nodes", ()):
            told = {node["owner"] or "", node["group"] or ""} - _SYSTEM_ACCOUNTS
            yield from (name for name in told if not name.isdecimal())


def _serials(data: dict[str, Any]) -> Iterator[str]:
    machine = data.get("machine") or {}
    for device in machine.get("devices", ()):
        for fact in device["facts"]:
            value = fact["value"]
            if fact["name"] in _SERIAL_FACTS and isinstance(value, str) and len(value) > 3:
                yield value


def _host_names(data: dict[str, Any]) -> list[str]:
    machine = data.get("machine") or {}
    name = (machine.get("host") or {}).get("hostname", "")
    return _identifying({name, name.partition(".")[0]} | named_hosts(machine))


def _user_names(data: dict[str, Any]) -> list[str]:
    names = {_this_user()}
    for text in _strings(data):
        names |= {found["name"] for found in _HOMES.finditer(text)}
    return _identifying(names | set(_accounts(data)))


def _this_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # No name for this user, as in some containers.
        return ""


def _identifying(names: set[str]) -> list[str]:
    """Return the names that may tell who or where, the longest first."""
    told = {n for n in names if len(n) >= _SHORTEST_NAME and n.lower() not in _SHARED_NAMES}
    return sorted(told, key=lambda name: (-len(name), name))
