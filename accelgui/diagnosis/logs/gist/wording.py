"""Lists of wordings, written for people and made into one expression."""

from __future__ import annotations

import re

# The ways in which English, and programmers, say no.
_SHORT = {
    "{not}": r"(?:not|n't|never)",
    "{cannot}": r"(?:fail(?:ed|s|ure)? to|unable to|can(?:no|')?t|can not|could ?n[o']t|could not"
    r"|impossible to|(?:n't| not) able to|error (?:while |when )?)",
    "{gpus}": r"(?:gpus?|cards?|cuda|accelerators?|devices?)",
}


def wordings(listed: str) -> re.Pattern[str]:
    """Return what matches any of the listed wordings; two blanks, or a line's end, part them.

    They are expressions in lower case, for texts in lower case; ``{not}``, ``{cannot}`` and
    ``{gpus}`` stand for the words that mean it.
    """
    expression = "|".join(re.split(r"\s*\n\s*|  +", listed.strip()))
    for short, full in _SHORT.items():
        expression = expression.replace(short, full)
    return re.compile(expression)
