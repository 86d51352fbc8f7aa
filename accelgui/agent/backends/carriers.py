"""How operands cross to a framework. Apart, since only workloads may count on NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from accelgui.agent.backends.base import carrier


def carried(operand: Any, dtype: str) -> Any:
    """Return an operand as it is handed over: indices as int32, numbers in `carrier(dtype)`."""
    array = np.asarray(operand)
    return array.astype("int32" if array.dtype.kind == "i" else carrier(dtype))
