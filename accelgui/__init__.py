"""accelgui: can this machine accelerate deep learning, and if not, why?"""

from __future__ import annotations

__version__ = "0.1.0"
