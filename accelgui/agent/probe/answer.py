"""The outcome of a process apart in the words of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from accelgui.model.snapshot import CallResult

if TYPE_CHECKING:
    from accelgui.agent.probe.child import Child

# Our own names beside the libraries' own: the call was not made, the process died in it, the
# library could not be loaded.
NOT_CALLED = "not_called"
CRASHED = "crashed"


def call_result(call: str, event: dict[str, Any]) -> CallResult:
    """Return what a call answered, from the event that told it."""
    return CallResult(
        call=call,
        code=event["code"],
        name=event["name"],
        message=event["message"],
        library_path=event.get("library_path"),
    )


def not_called(call: str, reason: str) -> CallResult:
    """Return that a call was not made; the reason is a code such as "gpu_asleep"."""
    return CallResult(call=call, name=NOT_CALLED, message=reason)


def lost_in(child: Child) -> Optional[CallResult]:
    """Return the call in which a process hung or died, None where it came to its end."""
    call = child.last_call or "start"
    if child.timed_out:
        return CallResult(call=call, timed_out=True)
    if child.exit_code == 0:
        return None
    code = child.exit_code
    if code is not None and code < 0:
        return CallResult(call=call, name=CRASHED, message=f"signal {-code}")
    return CallResult(call=call, name=CRASHED, message=f"exit code {code}")
