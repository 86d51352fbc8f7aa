"""Large texts that make an explanation slow, of each kind that has been thought of."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

from diagnosis.logs.corpus_of_logs import made_logs

from accelgui.diagnosis.logs.areas import SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable

NEEDLES = sorted({needle for sign in SIGNS for needle in sign.needles})


def _repeated(unit: bytes) -> Callable[[int], bytes]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _binary(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def _endless_needles(size: int) -> bytes:
    chance = random.Random(7)
    words = " ".join(chance.choice(NEEDLES) for _ in range(60_000)).encode()
    return _repeated(words + b" ")(size)


def _needles_in_lines(size: int) -> bytes:
    """Every line says something else, with words of several signs."""
    chance = random.Random(8)
    lines = []
    for number in range(size // 60):
        words = " ".join(chance.choice(NEEDLES) for _ in range(4))
        lines.append(f"{number:07} {words} {chance.random():.6f}")
    return "\n".join(lines).encode()[:size]


def _different_lines(size: int) -> bytes:
    """Prose of invented words, no line like another."""
    chance = random.Random(9)
    words = ["".join(chance.choices("etaoinshrdlucm", k=chance.randint(2, 9))) for _ in range(4000)]
    lines = (" ".join(chance.choices(words, k=9)) for _ in range(size // 60))
    return "\n".join(lines).encode()[:size]


def _each_needle_once(size: int) -> bytes:
    """Here and there a word of a known message, far from the next."""
    filler = "epoch 3 step 77 loss 0.25 accuracy 0.98\n"
    count = size // len(filler)
    lines = [filler] * count
    for number, needle in enumerate(NEEDLES):
        lines[number * count // len(NEEDLES)] = f"{needle}\n"
    return "".join(lines).encode()[:size]


def _logs_one_after_another(size: int) -> bytes:
    """What a log collector has of many machines: real failures, each line with its own time."""
    chance = random.Random(10)
    logs = [log.text.splitlines() for log in made_logs()]
    lines, length = [], 0
    while length < size:
        for line in chance.choice(logs):
            stamp = f"2025-06-01T08:30:{chance.uniform(10, 59):.6f}Z host-{chance.randint(1, 99)} "
            lines.append(stamp + line)
            length += len(lines[-1]) + 1
    return "\n".join(lines).encode()[:size]


def _hexadecimal(size: int) -> bytes:
    return random.Random(11).randbytes(size // 2).hex().encode()


@cache
def _training(size: int) -> bytes:
    chance = random.Random(12)
    lines = [
        f"2025-06-01 08:30:{step % 60:02},{step % 1000:03} INFO epoch {step // 1875} step {step}"
        f" loss: {chance.random():.4f} gpu_mem 11.2G cuda:0 {chance.random():.2f} it/s"
        for step in range(size // 90)
    ]
    return "\n".join(lines).encode()[:size]


def _utf_16(size: int) -> bytes:
    return _training(size // 2).decode().encode("utf-16")


def _coloured(size: int) -> bytes:
    lines = _training(size).split(b"\n")
    return b"".join(b"\x1b[1m\x1b[31m" + line + b"\x1b[0m\n" for line in lines)[:size]


KINDS: dict[str, Callable[[int], bytes]] = {
    "binary": _binary,
    "zeros": _repeated(b"\x00"),
    "hexadecimal": _hexadecimal,
    "one endless line": _repeated(b"step 1 loss 0.5 cuda "),
    "progress bars": _repeated(b"\r42%|####      | 1/2 [00:01<00:01]"),
    "blank lines": _repeated(b"\n"),
    "training": _training,
    "colours": _coloured,
    "UTF-16": _utf_16,
    "other scripts": _repeated("нет ошибок 没有错误\n".encode()),
    "different lines": _different_lines,
    "each needle once": _each_needle_once,
    "endless needles": _endless_needles,
    "needles in lines": _needles_in_lines,
    "many machines' logs": _logs_one_after_another,
}
