"""Why devices tell nothing at this moment, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.device import DeviceKind
from accelgui.words import _
from accelgui.words.devices import key_name
from accelgui.words.units import seconds_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.gui.live import Live
    from accelgui.gui.session import Session
    from accelgui.model.snapshot import Machine
    from accelgui.telemetry import Store

# Values that are late by this are no longer those of now.
_STILL_S = 5.0
# NVML_ERROR_LIB_RM_VERSION_MISMATCH of nvml.h.
_DRIVER_MISMATCH = 18


def of_silence(session: Session, interval_s: float) -> str:
    """Return all that is to be said of who is silent, each on a line, "" for nothing."""
    live = session.live
    machine = session.snapshot.machine if session.snapshot else None
    lines = (
        _of_all(live, interval_s),
        _of_tpus(live.store, machine),
        *_of_calls(live.store),
        _of_driver(live.store),
    )
    return "\n".join(line for line in lines if line)


def _of_all(live: Live, interval_s: float) -> str:
    """Say that nothing at all comes any more."""
    end_s = live.store.end_s
    still_s = live.timeline.now_s() - end_s if end_s is not None else 0.0
    if still_s < _STILL_S + interval_s:
        return ""
    return _("No values for {time}.").format(time=seconds_text(round(still_s)))


def _of_tpus(store: Store, machine: Machine | None) -> str:
    """Say why chips that are there tell nothing."""
    tpus = [d.key for d in machine.devices if d.kind is DeviceKind.TPU] if machine else []
    is_silent = any(store.last(tpu, "memory_used_bytes") is None for tpu in tpus)
    return _("A TPU tells its values only while a workload uses it.") if is_silent else ""


def _of_calls(store: Store) -> Iterator[str]:
    """Name the devices whose driver does not come back from a call."""
    for device in store.devices:
        silent_s = store.last(device, "silent_s")
        if silent_s is not None:
            text = _("{device} has not answered for {time}; its curves go on once it does.")
            yield text.format(device=key_name(device), time=seconds_text(round(silent_s)))


def _of_driver(store: Store) -> str:
    """Say why GPUs tell nothing after the driver was updated."""
    codes = {store.last(device, "nvml_error_code") for device in store.devices}
    if _DRIVER_MISMATCH not in codes:
        return ""
    return _(
        "The NVIDIA driver was updated while its older module is loaded (NVML error 18). The"
        " curves of the GPUs go on once the machine has restarted, or the module."
    )
