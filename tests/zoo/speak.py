"""What the bad agents share: a proper hello, and raw lines."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

PYTHON = {"executable": sys.executable, "version": "3", "prefix": sys.prefix}


def line(**event: Any) -> None:
    """Write one event."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def hello(protocol: int = 1) -> None:
    """Greet as a good agent would."""
    line(event="Hello", version="0", pid=os.getpid(), python=PYTHON, protocol=protocol)


def done() -> None:
    """End as a good agent would."""
    line(event="WorkDone", stopped=False)
