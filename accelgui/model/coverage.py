"""How much of a log was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Coverage:
    """What an explanation rests on, so that nobody takes a part for the whole.

    `total_bytes` is None where the log went on and its end was not waited for. Of the words of
    known messages, `passed_over_count` were not looked at, because there are so many.
    """

    line_count: int = 0
    read_bytes: int = 0
    total_bytes: Optional[int] = 0
    passed_over_count: int = 0
    # Whether its beginning reads as text in whatever language; a photograph does not.
    is_text: bool = True

    @property
    def is_complete(self) -> bool:
        """Whether all of it was read and looked at."""
        return self.read_bytes == self.total_bytes and not self.passed_over_count
