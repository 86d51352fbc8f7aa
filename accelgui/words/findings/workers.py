"""Words of findings about trainings that several processes or machines share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.strategies import worker_name
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _lost(parameters: Parameters) -> FindingText:
    name = worker_name(parameters.get("worker", ""))
    return FindingText(
        _("{worker} left the training").format(worker=name),
        _("The others cannot go on without it, since each step adds up what all of them bring."),
        (
            Remedy(_("Look at what it said itself: on its machine, or in the log of this run.")),
            Remedy(
                _("See whether its kernel ended it for want of memory."),
                "sudo dmesg | grep -iE 'out of memory|killed process|xid'",
            ),
        ),
    )


def _missing(parameters: Parameters) -> FindingText:
    name = worker_name(parameters.get("worker", ""))
    return FindingText(
        _("{worker} did not come").format(worker=name),
        _("Each worker is started by hand, or by a launcher, and waits for all others."),
        (
            Remedy(_("Start the same command there, with its own --worker-index.")),
            Remedy(
                _(
                    "Where it is running: see whether its machine can be reached from here at that"
                    " address and port, and whether a firewall lets it through."
                )
            ),
        ),
    )


def _differ(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The workers were started with different settings"),
        _(
            "Network, precision, execution, batch size, epochs, seed and data have to be the same"
            " on all of them, or they would train different networks."
        ),
        (Remedy(_("Start the same command on each, but for --worker-index.")),),
    )


def _ended(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("A process of the training ended early"),
        _("Each device is trained by a process of its own; one of them was ended, or crashed."),
        (
            Remedy(_("Read the end of the log: its last words are there.")),
            Remedy(
                _("See whether the kernel ended it for want of memory."),
                "sudo dmesg | grep -iE 'out of memory|killed process|xid'",
            ),
        ),
    )


TEXTS: dict[str, Author] = {
    "worker_lost": _lost,
    "worker_missing": _missing,
    "workers_differ": _differ,
    "replica_ended": _ended,
}
