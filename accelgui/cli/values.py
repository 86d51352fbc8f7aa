"""What the values of options are read as; each says in one line what it cannot be."""

from __future__ import annotations

import argparse
import re

from accelgui.model.strategies import is_address
from accelgui.words import _

_DEVICE = re.compile(r"auto|cpu|(?:gpu|tpu):[0-9]{1,4}")

# NumPy and the frameworks take seeds of 32 bits.
_SEED_LIMIT = 2**32


def device(text: str) -> str:
    """Read “auto”, “cpu”, “gpu:0”."""
    if not _DEVICE.fullmatch(text):
        raise argparse.ArgumentTypeError(
            _("“{value}” is not auto, cpu, gpu:N or tpu:N").format(value=text)
        )
    return text


def addresses(text: str) -> tuple[str, ...]:
    """Read “host:port,host:port”."""
    parts = tuple(part.strip() for part in text.split(","))
    for address in parts:
        if not is_address(address):
            raise argparse.ArgumentTypeError(_("“{value}” is not host:port").format(value=address))
    return parts


def index(text: str) -> int:
    """Read a number from 0."""
    number = integer(text)
    if number < 0:
        raise argparse.ArgumentTypeError(_("{value} is not 0 or more").format(value=text))
    return number


def count(text: str) -> int:
    """Read a number from 1."""
    number = integer(text)
    if number < 1:
        raise argparse.ArgumentTypeError(_("{value} is not 1 or more").format(value=text))
    return number


def port(text: str) -> int:
    """Read the number of a port that may be listened on."""
    number = integer(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(_("{value} is not a port, 0 to 65535").format(value=text))
    return number


def seed(text: str) -> int:
    """Read a seed of 32 bits."""
    number = integer(text)
    if not 0 <= number < _SEED_LIMIT:
        limit = _SEED_LIMIT - 1
        text = _("{value} is not between 0 and {limit}").format(value=text, limit=limit)
        raise argparse.ArgumentTypeError(text)
    return number


def positive_seconds(text: str) -> float:
    """Read a time above 0, in seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    # Threads cannot wait longer than some centuries; a day is more than any run here takes.
    if not 0 < seconds <= 86400:
        raise argparse.ArgumentTypeError(
            _("“{value}” is not a number of seconds up to a day").format(value=text)
        )
    return seconds


def share(text: str) -> float:
    """Read a share of memory, which leaves something to others."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 0.95:
        raise argparse.ArgumentTypeError(_("not a share from 0 to 0.95: {text}").format(text=text))
    return number


def integer(text: str) -> int:
    """Read a whole number of decimal digits."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(_("“{value}” is not a whole number").format(value=text))
    return int(text)
