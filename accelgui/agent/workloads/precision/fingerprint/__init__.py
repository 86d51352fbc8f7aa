"""What arithmetic does a device have? Found by sums whose rounding gives it away."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from accelgui.agent.workloads.precision.fingerprint.determinism import (
    deterministic_cost,
    is_batch_invariant,
    repeatable,
)
from accelgui.agent.workloads.precision.fingerprint.known import behaves_like, compared
from accelgui.agent.workloads.precision.fingerprint.probes import Probe, math_mode, subnormals_kept
from accelgui.agent.workloads.precision.fingerprint.sums import accumulator
from accelgui.model.precision import Fingerprint
from accelgui.model.precision_events import FingerprintSeen

if TYPE_CHECKING:
    from accelgui.agent.backends.base import Backend
    from accelgui.agent.channel import Channel
    from accelgui.model.snapshot import FrameworkDevice

_SUMMED = ("float32", "tf32", "float16", "bfloat16")


def tell_fingerprint(
    backend: Backend, device: FrameworkDevice, default_mode: Optional[str], channel: Channel
) -> None:
    """Tell the fingerprint as it becomes known. What the framework raises ends it early."""
    found = Fingerprint(default_mode=default_mode)
    try:
        found = arithmetic(backend, device, found)
        channel.send(FingerprintSeen(found))
        if channel.stopping.is_set():
            return
        found = replace(
            found,
            is_repeatable=repeatable(backend, device),
            is_batch_invariant=is_batch_invariant(backend, device),
        )
        channel.send(FingerprintSeen(found))
        found = replace(found, deterministic_cost=deterministic_cost(backend, device))
    except Exception:  # noqa: BLE001 - Frameworks raise what they like; what is known stays.
        traceback.print_exc()
        sys.stderr.write("the fingerprint ends here\n")
    channel.send(FingerprintSeen(found))


def arithmetic(backend: Backend, device: FrameworkDevice, start: Fingerprint) -> Fingerprint:
    """Return what sums and products tell; lets the framework's exceptions through."""
    dtypes = [name for name in _SUMMED if name in backend.dtypes(device)]
    accumulators = tuple(accumulator(Probe(backend, device, dtype)) for dtype in dtypes)
    return replace(
        start,
        math_mode=math_mode(Probe(backend, device, "float32").product),
        subnormals_kept={
            dtype: subnormals_kept(Probe(backend, device, dtype))
            for dtype in dtypes
            if dtype != "tf32"
        },
        accumulators=accumulators,
        behaves_like=behaves_like(accumulators),
        known=compared(accumulators),
    )
