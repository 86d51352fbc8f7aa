"""One row in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import _, joining
from accelgui.words.precision import reason_text, row_title, shape_text, tier_explanation
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from accelgui.model.precision_events import PrecisionRow


def heading(row: PrecisionRow) -> str:
    """Return what was checked: "Matrix product in float32, exact to the last bit (256×256)"."""
    title = row_title(row)
    title = title[:1].upper() + title[1:]
    shape = shape_text(row)
    if not shape:
        return title
    return _("{title} ({shape})").format(title=title, shape=shape)


def text(row: PrecisionRow) -> str:
    """Say what the check does and what came out."""
    parts = [tier_explanation(row.tier), reason_text(row), _numbers(row)]
    return joining.sentences(parts)


def _numbers(row: PrecisionRow) -> str | None:
    if row.ratio is None or row.bound is None:
        return None
    worst = _("At the worst element the error is {ratio} times its bound of {bound}.").format(
        ratio=number_text(row.ratio, 2), bound=number_text(row.bound, 2)
    )
    if row.error is None:
        return worst
    largest = _("Largest error {error}.").format(error=number_text(row.error, 2))
    return joining.sentences((largest, worst))
