"""Signs: what to look for in a log.

A sign names needles, plain words one of which must be there. Its expression is tried only on the
few hundred characters around a needle.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

# A class of characters is left as it is.
_BLANK = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]| (?![*+?{])")


@dataclass(frozen=True, eq=False)
class Clue:
    """A sign that was found: where, in what words, and what the expression took from them."""

    sign: str
    line: int
    text: str
    groups: Mapping[str, str] = field(default_factory=dict)
    # Where among all clues of the log it stands.
    position: int = 0

    def __getitem__(self, group: str) -> str:
        return self.groups.get(group, "")


@dataclass(frozen=True)
class Sign:
    """Something to look for.

    `says` is the cause that it speaks for by itself and how surely; None: it is only weighed
    with others. An `expression` is matched without regard to case, each blank standing for any
    number of blanks and line ends.
    """

    name: str
    needles: tuple[str, ...]
    expression: re.Pattern[str] | None = None
    says: str | None = None
    confidence: Confidence = Confidence.LIKELY


def sign(
    name: str,
    needles: str | Sequence[str],
    expression: str | None = None,
    says: str | None = None,
    confidence: Confidence = Confidence.LIKELY,
) -> Sign:
    """Make a sign; needles are lower case."""
    wanted = (needles,) if isinstance(needles, str) else tuple(needles)
    compiled = re.compile(_with_any_blanks(expression), re.IGNORECASE) if expression else None
    return Sign(name, wanted, compiled, says, confidence)


def evidence(clue: Clue, source: str) -> Evidence:
    """Return a clue as evidence of a finding."""
    return Evidence(source, clue.text, clue.line)


def _with_any_blanks(expression: str) -> str:
    """Let each blank that has no count of its own stand for one or more."""
    return _BLANK.sub(lambda match: " +" if match[0] == " " else match[0], expression)
