"""How the check stands, and what that makes of links and verdicts on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.gui.theme import Role
from accelgui.gui.widgets.chain_node import NodeLook
from accelgui.model.chain import Link, LinkStatus
from accelgui.model.finding import Severity, VerdictStatus
from accelgui.words import _
from accelgui.words.chain import is_absent, link_name, state_name, status_name

if TYPE_CHECKING:
    from accelgui.model.chain import LinkState
    from accelgui.model.finding import Verdict

VERDICT_ROLES = {
    VerdictStatus.ACCELERATED: Role.GOOD,
    VerdictStatus.DEGRADED: Role.WARNING,
    VerdictStatus.NOT_ACCELERATED: Role.BAD,
    # A machine without an accelerator is not broken; it has a CPU.
    VerdictStatus.NO_ACCELERATOR: Role.ACCENT,
}

VERDICT_ICONS = {
    VerdictStatus.ACCELERATED: "check",
    VerdictStatus.DEGRADED: "triangle-alert",
    VerdictStatus.NOT_ACCELERATED: "x",
    VerdictStatus.NO_ACCELERATOR: "cpu",
}

SEVERITY_ROLES = {
    Severity.ERROR: Role.BAD,
    Severity.WARNING: Role.WARNING,
    Severity.INFO: Role.ACCENT,
}

_LOOKS = {
    LinkStatus.PASSED: (Role.GOOD, "check"),
    LinkStatus.BROKEN: (Role.BAD, "x"),
    LinkStatus.NOT_REACHED: (Role.NEUTRAL, "minus"),
    LinkStatus.UNKNOWN: (Role.NEUTRAL, "question-mark"),
}


def is_settled(verdict: Verdict, *, is_checking: bool) -> bool:
    """Whether what is still being looked at can no longer turn the verdict."""
    if not is_checking:
        return True
    for state in verdict.chain:
        if state.status is LinkStatus.BROKEN:
            return verdict.status is not VerdictStatus.NO_ACCELERATOR
        if state.status is not LinkStatus.PASSED and state.link is not Link.SPEED:
            return False
    return True


def node_look(state: LinkState, verdict: Verdict, *, is_checking: bool) -> NodeLook:
    """Return how a link is drawn."""
    name = link_name(state.link, verdict.accelerator)
    role, icon = _LOOKS[state.status]
    is_unmeasured = state.link is Link.SPEED and state.status is LinkStatus.UNKNOWN
    if is_absent(state, verdict) or is_unmeasured:
        return NodeLook(name, state_name(state, verdict), Role.NEUTRAL, "minus")
    if state.status is LinkStatus.UNKNOWN and is_checking:
        return NodeLook(name, _("checking…"), Role.NEUTRAL, "ellipsis", is_pending=True)
    return NodeLook(name, status_name(state.status), role, icon)


def most_telling(verdict: Verdict) -> int:
    """Return the number of the link to explain first: the broken one, else the last that held."""
    statuses = [state.status for state in verdict.chain]
    if LinkStatus.BROKEN in statuses:
        return statuses.index(LinkStatus.BROKEN)
    held = [number for number, status in enumerate(statuses) if status is LinkStatus.PASSED]
    return held[-1] if held else 0
