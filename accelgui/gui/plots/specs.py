"""What a stack of plots shows, declared: panels, and the tracks in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accelgui.gui.plots.quantities import Quantity


@dataclass(frozen=True)
class Track:
    """One kind of curve in a panel, drawn once for each run.

    `title` gives its words in the current language. `dash` numbers the dashes that set it apart
    from other tracks of the panel. `has_marks` is for few points that each mean something.
    `is_aside` is for what belongs to the machine rather than to the run: grey, and drawn for the
    chosen run only.
    """

    code: str
    title: Callable[[], str]
    dash: int = 0
    has_marks: bool = False
    is_aside: bool = False


@dataclass(frozen=True)
class PanelSpec:
    """One plot of a stack. One that is not `always_shown` appears when it has something to show."""

    code: str
    title: Callable[[], str]
    quantity: Quantity
    tracks: tuple[Track, ...]
    stretch: int = 2
    always_shown: bool = False
