"""What happened while the devices were watched, as bands, lines and words for the plots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.gui.plots.happenings import Band, Moment
from accelgui.gui.plots.span import TimeSpan
from accelgui.gui.theme import Role
from accelgui.telemetry import Store
from accelgui.words import joining
from accelgui.words.devices import key_name
from accelgui.words.telemetry import (
    limit_explanation,
    limits_text,
    mark_explanation,
    mark_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.telemetry import Span

# A mark this near to the pointer is meant, as a share of what is seen.
_NEAR = 0.006
_ROLES = {"xid": Role.BAD, "alert": Role.WARNING}
# More are not told apart.
_BANDS_IN_VIEW = 500


@dataclass(frozen=True)
class Happened:
    """What a store knows of, around the span that is in view; `zero_s` is where its axis begins."""

    store: Store
    zero_s: float
    span: TimeSpan

    def moments(self) -> list[Moment]:
        """Return all marks as lines."""
        return [
            Moment(mark.time_s - self.zero_s, mark_text(mark), _ROLES.get(mark.code, Role.MUTED))
            for mark in self.store.marks
        ]

    def bands(self, devices: Sequence[str], *, named: bool) -> list[Band]:
        """Return when the clocks of these devices were held back, with or without their names."""
        # What a drag may bring into view before the next look, and nothing further away.
        length_s = self.span.end_s - self.span.start_s
        start_s = self.span.start_s - length_s + self.zero_s
        end_s = self.span.end_s + length_s + self.zero_s
        return [
            self._band(device, held, named=named)
            for device in devices
            if device in self.store.limits
            for held in self.store.limits[device].within(start_s, end_s, length_s / _BANDS_IN_VIEW)
        ]

    def note_at(self, time_s: float, devices: Sequence[str]) -> str:
        """Say what happened at a moment of the axis, and which clocks were held back, and why."""
        at_s = time_s + self.zero_s
        notes = (self._mark_note(at_s), self._limits_note(at_s, devices))
        return " · ".join(note for note in notes if note)

    def _band(self, device: str, held: Span, *, named: bool) -> Band:
        text = limits_text(held.codes)
        text = joining.labelled(key_name(device), text) if named else text
        return Band(held.start_s - self.zero_s, held.end_s - self.zero_s, text)

    def _mark_note(self, at_s: float) -> str:
        near_s = _NEAR * (self.span.end_s - self.span.start_s)
        near = [mark for mark in self.store.marks if abs(mark.time_s - at_s) <= near_s]
        if not near:
            return ""
        mark = min(near, key=lambda mark: abs(mark.time_s - at_s))
        text, explanation = mark_text(mark), mark_explanation(mark)
        return joining.sentences((joining.full_stop(text), explanation)) if explanation else text

    def _limits_note(self, at_s: float, devices: Sequence[str]) -> str:
        codes = {
            device: spans[0].codes
            for device in devices
            if (spans := self.store.limits[device].within(at_s, at_s))
        }
        notes = [
            joining.labelled(key_name(device), limits_text(held)) for device, held in codes.items()
        ]
        if len(notes) == 1:
            held = next(iter(codes.values()))
            return joining.sentences((joining.full_stop(notes[0]), *map(limit_explanation, held)))
        return joining.sections(notes)
