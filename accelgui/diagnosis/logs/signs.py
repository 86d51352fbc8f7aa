"""Signs: what to look for in a log, and how it is found in time that grows only with the log.

A sign names needles, plain words one of which must be there. Its expression is tried only on the
few hundred characters around a needle, so that no expression, whatever it is, takes long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.needles import folded
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accelgui.diagnosis.logs.needles import NeedleCase
    from accelgui.diagnosis.logs.reading import Piece

_BEFORE, _AFTER = 400, 700
# Logs repeat themselves; these many of a kind in one piece say all there is.
_LOOKED_AT_MOST, _TRIED_AT_MOST, _KEPT_AT_MOST = 400, 200, 40
# Text made of nothing but needles: each sign has these tries, and all share the spare ones.
_TRIED_EACH, _SPARE_TRIES = 20, 2000
_SHOWN_CHARACTERS = 400

# What stands before each line of a message that goes on in the next: the kernel's NVRM, and what
# journals, Docker Compose and Kubernetes write. Same length, so that positions stay true.
_PREFIX = re.compile(
    r"\n(?:[^\n]{0,80}?NVRM: ?"
    r"|\d{4}-\d\d-\d\d[T ][\d:.,]{5,20}Z? (?:stdout|stderr) [FP] "
    r"|[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S{1,60} [\w./-]{1,40}(?:\[\d{1,8}\])?: "
    r"|[\w.-]{1,40} {0,12}\| )"
    r"|#012(?:NVRM: ?)?"
)
# A class of characters is left as it is.
_BLANK = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]| (?![*+?{])")
_BLANKS = re.compile(r" {2,}")
_ESCAPED_QUOTE = re.compile(r"\\+(?=[\"'n])")


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


@dataclass
class Effort:
    """How often expressions may still be tried in a piece, and how many passages went untried."""

    spare: int = _SPARE_TRIES
    skipped: int = 0

    def allows(self, tried: int) -> bool:
        """Say whether a sign that was tried so often may be tried once more."""
        if tried < _TRIED_EACH:
            return True
        if tried < _TRIED_AT_MOST and self.spare > 0:
            self.spare -= 1
            return True
        self.skipped += 1
        return False


def find(
    signs: Sequence[Sign],
    case: NeedleCase,
    piece: Piece,
    offset: int = 0,
    effort: Effort | None = None,
) -> Iterator[Clue]:
    """Yield the clues that a piece of a log holds; `offset` counts what came before it.

    `case` holds the needles of the signs; `effort` counts what was left out to be in time.
    """
    effort = effort or Effort()
    flat, present = folded(piece.text), case.present(piece.text)
    for wanted in signs:
        needles = [needle for needle in wanted.needles if case.key(needle) in present]
        seen: set[tuple[tuple[str, str], ...]] = set()
        for position, groups in _hits(wanted, needles, piece, flat, effort):
            key = tuple(sorted(groups.items()))
            if key in seen:
                continue
            seen.add(key)
            yield Clue(
                wanted.name,
                piece.line_at(position),
                _shown(piece.text, position),
                groups,
                offset + position,
            )
            if len(seen) >= _KEPT_AT_MOST:
                break


def evidence(clue: Clue, source: str) -> Evidence:
    """Return a clue as evidence of a finding."""
    return Evidence(source, clue.text, clue.line)


def _with_any_blanks(expression: str) -> str:
    """Let each blank that has no count of its own stand for one or more."""
    return _BLANK.sub(lambda match: " +" if match[0] == " " else match[0], expression)


def _hits(
    wanted: Sign, needles: Sequence[str], piece: Piece, flat: bytes, effort: Effort
) -> Iterator[tuple[int, dict[str, str]]]:
    windows: set[str] = set()
    looked = 0
    for needle in map(str.encode, needles):
        at = flat.find(needle)
        while 0 <= at < piece.end and looked < _LOOKED_AT_MOST:
            looked += 1
            if wanted.expression is None:
                yield at, {}
            else:
                start = max(piece.text.rfind("\n", 0, at) + 1, at - _BEFORE)
                window = piece.text[start : at + _AFTER]
                # The same words again say the same again.
                if window not in windows:
                    if not effort.allows(len(windows)):
                        return
                    windows.add(window)
                    yield from _matched(wanted.expression, start, window)
            at = flat.find(needle, at + len(needle))


def _matched(
    expression: re.Pattern[str], start: int, text: str
) -> Iterator[tuple[int, dict[str, str]]]:
    window = _as_one_line(text)
    # One blank for each run of them: tables are full of blanks, and expressions of " *".
    squeezed = _BLANKS.sub(" ", window) if "  " in window else window
    if match := expression.search(squeezed):
        groups = {name: found for name, found in match.groupdict().items() if found}
        yield start + _unsqueezed(window, match.start()), groups


def _as_one_line(window: str) -> str:
    """Return the text around a needle, from the start of its line on, as one line."""
    if "\n" in window or "#012" in window:
        window = _PREFIX.sub(_blank, window).replace("\n", " ")
    if "\\" in window:
        window = _ESCAPED_QUOTE.sub(_blank, window)
    return window


def _unsqueezed(window: str, position: int) -> int:
    """Return where a position of the squeezed window is in the window itself."""
    for run in _BLANKS.finditer(window):
        if run.start() >= position:
            break
        position += len(run[0]) - 1
    return position


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _shown(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    if end - start <= _SHOWN_CHARACTERS:
        return text[start:end].strip()
    # Of a line without end, the part that speaks.
    start = max(start, min(position - 40, end - _SHOWN_CHARACTERS))
    return text[start : start + _SHOWN_CHARACTERS].strip() + "…"
