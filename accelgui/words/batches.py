"""The search for the largest batch that fits, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.translation import _
from accelgui.words.units import count_text

if TYPE_CHECKING:
    from accelgui.model.memory import LargestBatch


def trying(batch_size: int) -> str:
    """Say what goes on."""
    return _("Trying batch {size}").format(size=count_text(batch_size))


def result(found: LargestBatch) -> str:
    """Say what the search came to."""
    if found.batch_size is None:
        if not found.is_complete:
            return _("The search for a batch that fits was not finished; {size} does not.").format(
                size=count_text(found.fails_at)
            )
        return _("Not even a batch of {size} fits.").format(size=count_text(found.fails_at))
    text = _("A batch of {size} fits, {larger} does not.")
    if not found.is_complete:
        text = _("A batch of {size} fits, {larger} does not; what lies between was not tried.")
    return text.format(size=count_text(found.batch_size), larger=count_text(found.fails_at))


def offer(batch_size: int) -> str:
    """Name what starts a training that fits."""
    return _("Train with batch {size}").format(size=count_text(batch_size))
