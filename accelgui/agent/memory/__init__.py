"""Memory that is lacking: what a failure says of it, and what device and host say meanwhile.

`shortage` turns an error into what is known of asked, free, total and holders; `cuda`, `nvml` and
`host` look at the memory itself.
"""

from __future__ import annotations

from accelgui.agent.memory.shortage import shortage_of

__all__ = ["shortage_of"]
