"""``accelgui check``: the verdict, chain, devices and findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.cli import check_environments
from accelgui.cli.check_text import write_check
from accelgui.cli.documents import as_text, check_document
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem, folder_of, python_of
from accelgui.cli.interrupts import stopping_on_interrupt
from accelgui.cli.saved import save_as_asked, saved_snapshot
from accelgui.diagnosis import examine
from accelgui.model.events import Progress
from accelgui.model.finding import VerdictStatus
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import FRAMEWORKS
from accelgui.runs.check import Check
from accelgui.words import _, joining, outcomes
from accelgui.words.frameworks import framework_name

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.snapshot import Snapshot

_EXIT_CODES = {
    VerdictStatus.ACCELERATED: ExitCode.GOOD,
    VerdictStatus.DEGRADED: ExitCode.WARNINGS,
    VerdictStatus.NOT_ACCELERATED: ExitCode.BAD,
    VerdictStatus.NO_ACCELERATOR: ExitCode.BAD,
}


def run(options: argparse.Namespace, console: Console, meter: Meter) -> ExitCode:
    """Check the machine and print what was found; raises InputProblem."""
    if options.environments:
        return check_environments.run(options, console, meter)
    look = _Look(options, console, meter)
    snapshot = saved_snapshot(options) or look.go(options.framework)
    save_as_asked(options, snapshot, console)
    snapshot = _about_device(snapshot, options.device)
    verdict = examine(snapshot, options.framework)
    if options.json:
        console.line(as_text(check_document(verdict, snapshot)))
    else:
        write_check(console, verdict, snapshot)
    if look.is_defect:
        return ExitCode.DEFECT
    return ExitCode.BAD if look.was_interrupted else _EXIT_CODES[verdict.status]


class _Look:
    """One look at the machine, followed to its end."""

    def __init__(self, options: argparse.Namespace, console: Console, meter: Meter) -> None:
        self._python = python_of(options)
        self._sysroot = folder_of(options.sysroot)
        self._timeout_s = options.timeout
        self._console = console
        self._meter = meter
        self.was_interrupted = False
        self.is_defect = False

    def go(self, framework: str | None) -> Snapshot:
        """Look at one framework; with None at TensorFlow, and where it is absent at the others."""
        first = framework or FRAMEWORKS[0]
        snapshot = self._look((first,))
        absent = [seen for seen in snapshot.frameworks if seen.installed is False]
        if framework or not absent or self.was_interrupted:
            return snapshot
        others = self._look(FRAMEWORKS[1:])
        return replace(others, frameworks=(*snapshot.frameworks, *others.frameworks))

    def _look(self, frameworks: tuple[str, ...]) -> Snapshot:
        check = Check(self._python, frameworks, self._sysroot, self._timeout_s)
        with stopping_on_interrupt(check.stop) as interrupted:
            for snapshot in check.snapshots():
                self._meter.show(_progress(snapshot, frameworks))
        self._meter.clear()
        self.was_interrupted = interrupted.asked
        if interrupted.asked:
            self._console.note(_("Stopped. What was found until then follows."))
        else:
            self._tell_troubles(check)
            self.is_defect = self.is_defect or check.defect is not None
        return check.snapshot

    def _tell_troubles(self, check: Check) -> None:
        """Say of an agent that did not come to its end how it ended."""
        for name, outcome in check.outcomes.items():
            if outcome.status in {RunStatus.FINISHED, RunStatus.STOPPED}:
                continue
            who = framework_name(name) if name else _("this machine")
            what = _("The look at {who}").format(who=who)
            if name and check.snapshot.python is None:
                raise InputProblem(outcomes.sentence(outcome, what))
            self._console.note(outcomes.sentence(outcome, what))
            if outcome.log_path and outcome.status is RunStatus.FAILED:
                self._console.note(_("Log: {path}").format(path=outcome.log_path))


def _progress(snapshot: Snapshot, frameworks: tuple[str, ...]) -> Progress:
    if snapshot.machine is None:
        return Progress(0, 3, "machine")
    done = sum(bool(f.operations) or f.installed is False for f in snapshot.frameworks)
    return Progress(1 + 2 * done / max(1, len(frameworks)), 3, "framework")


def _about_device(snapshot: Snapshot, device: str) -> Snapshot:
    """Leave the operations of other accelerators out; raises InputProblem for one not there."""
    if device in {"auto", "cpu"}:
        return snapshot
    there = {d.key for d in snapshot.machine.devices} if snapshot.machine else set()
    there |= {d.key for framework in snapshot.frameworks for d in framework.devices}
    if device not in there:
        text = _("There is no device {device} here; there is {devices}.")
        raise InputProblem(text.format(device=device, devices=joining.listed(sorted(there)) or "—"))
    return replace(
        snapshot,
        frameworks=tuple(
            replace(
                framework,
                operations=tuple(o for o in framework.operations if o.device in {"cpu", device}),
            )
            for framework in snapshot.frameworks
        ),
    )
