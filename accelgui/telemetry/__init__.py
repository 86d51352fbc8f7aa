"""Series of live values: kept, thinned, drawn elsewhere."""

from __future__ import annotations
