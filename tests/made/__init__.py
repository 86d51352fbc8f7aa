"""Made snapshots and samples: machines in some state, for the parts that only look at them."""

from __future__ import annotations
