"""How much of a check's time goes where."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from types import TracebackType


class Stopwatch:
    """Adds up the times spent inside it."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0
        self._started_s = 0.0

    def __enter__(self) -> None:
        self._started_s = time.monotonic()

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.elapsed_s += time.monotonic() - self._started_s
