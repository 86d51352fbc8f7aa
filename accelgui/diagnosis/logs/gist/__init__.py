"""The gist of a log whose wording nobody foresaw: who complains, of which part, and how.

The signs of areas/ know what programs say word for word. Here a complaint is understood by its
parts, so that a new wording of a known trouble is told too, and never as certain.
"""

from __future__ import annotations

from accelgui.diagnosis.logs.gist.grasping import grasp
from accelgui.diagnosis.logs.gist.passages import Ends

__all__ = ["Ends", "grasp"]
