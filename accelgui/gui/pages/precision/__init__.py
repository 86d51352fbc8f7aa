"""The precision page: are this device's numbers right?"""

from __future__ import annotations

from accelgui.gui.pages.precision.page import PrecisionPage

__all__ = ["PrecisionPage"]
