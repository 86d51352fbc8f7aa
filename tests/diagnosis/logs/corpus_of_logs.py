"""The made logs, what they show, and variants of them as other machines would have printed them."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"

_UNRELATED = (
    "Epoch 3/10 - 12s - batch 88/1875",
    "[INFO] saving checkpoint to /data/run-7/ckpt",
    "Collecting typing-extensions>=3.6.6",
    "usb 1-4: new high-speed USB device number 7 using xhci_hcd",
    "FutureWarning: elementwise comparison is deprecated",
    "eth0: renamed from veth12ab",
    "读取配置文件完成",
    "Lade Datensatz … fertig",
)


@dataclass(frozen=True)
class MadeLog:
    """One log and its causes."""

    name: str
    text: str
    causes: tuple[str, ...]

    @property
    def is_harmless(self) -> bool:
        """Whether nothing is broken in it."""
        return self.name.startswith(("benign", "quiet")) or not self.causes


def made_logs() -> list[MadeLog]:
    """Read them all."""
    logs = []
    for row in (FOLDER / "expected.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("#"):
            continue
        name, *causes = row.split()
        text = (FOLDER / f"{name}.log").read_text(encoding="utf-8")
        logs.append(MadeLog(name, text, tuple(cause for cause in causes if cause != "-")))
    return logs


def near_misses() -> list[tuple[str, str]]:
    """Read them all: a cause that must not be told, and the log that nearly shows it."""
    return _sections("near_misses.txt")


def wordings() -> list[tuple[tuple[str, ...], str]]:
    """Read them all: the causes of which one must come first, and the log."""
    return [
        (tuple(causes.split(" | ")), log)
        for path in sorted((FOLDER / "wordings").iterdir())
        for causes, log in _sections(f"wordings/{path.name}")
    ]


def harmless_wordings() -> list[tuple[str, str]]:
    """Read them all: a name, and the log that nothing is wrong with."""
    return _sections("harmless.txt")


def _sections(name: str) -> list[tuple[str, str]]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    parts = [part.partition("\n") for part in re.split(r"(?m)^=== ", text)[1:]]
    return [(head.strip(), log) for head, _, log in parts]


def variants(log: MadeLog) -> dict[str, bytes]:
    """Return the log as other terminals, tools and machines would have written it."""
    text = log.text
    chance = random.Random(log.name)
    return {
        "CRLF": text.replace("\n", "\r\n").encode(),
        "UTF-16": text.encode("utf-16"),
        "UTF-16 without mark": text.encode("utf-16-le"),
        "colours": "".join(f"\x1b[31m{line}\x1b[0m\n" for line in text.splitlines()).encode(),
        "no last newline": text.rstrip("\n").encode(),
        "typographic quotes": text.replace("'", "’").encode(),
        "docker compose": _prefixed(text, "trainer-1  | "),
        "kubernetes": _prefixed(text, "2025-06-01T08:30:00.123456789Z stderr F "),
        "journal": _prefixed(text, "Jun 01 08:30:00 node-3 train[4242]: "),
        "other numbers": _renumbered(text, chance).encode(),
        "among others": _among_others(text, chance).encode(),
        "after much else": (("\n".join(_UNRELATED) + "\n") * 400 + text).encode(),
    }


def _prefixed(text: str, prefix: str) -> bytes:
    return "".join(f"{prefix}{line}\n" for line in text.splitlines()).encode()


def _renumbered(text: str, chance: random.Random) -> str:
    """Change what differs from machine to machine: source lines, addresses, times."""
    text = re.sub(r"(\.cc|\.py|\.go):\d+", lambda m: f"{m[1]}:{chance.randint(20, 3000)}", text)
    text = re.sub(r"\b0000:[0-9a-f]{2}:", f"0000:{chance.randint(16, 99)}:", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d\b", "2023-12-24", text)
    return text.replace("/home/", "/mnt/users/").replace("/venv/", "/opt/my env/")


def _among_others(text: str, chance: random.Random) -> str:
    lines = []
    for line in text.splitlines():
        # Not within a message of the kernel that goes on in the next line.
        if (
            not line.lstrip().startswith("NVRM")
            and line not in {"True", "False", "suspended"}
            and chance.random() < 0.5
        ):
            lines.append(chance.choice(_UNRELATED))
        lines.append(line)
    return "\n".join(lines)
