"""How a run ended, as one sentence."""

from __future__ import annotations

import re
import signal

from accelgui.model.outcome import FailureKind, RunOutcome, RunStatus
from accelgui.words import joining
from accelgui.words.translation import N_, _
from accelgui.words.units import seconds_text

_SIGNAL_REASONS = {
    "SIGABRT": N_("The framework or CUDA gave up by itself; its last words stand in the log."),
    "SIGKILL": N_("Often that is the kernel, which ran out of memory."),
    "SIGSEGV": N_("A library read memory that is not its own: often mismatched libraries."),
    "SIGBUS": N_("Often the shared memory (/dev/shm) or a disk is full."),
    "SIGILL": N_("The framework uses instructions that this CPU does not have."),
    "SIGFPE": N_("A library divided by zero."),
    "SIGTERM": N_("Something on this machine asked it to end."),
    "SIGINT": N_("It was interrupted from the keyboard."),
    "SIGHUP": N_("The terminal or session it belonged to was closed."),
}

# What accelgui itself says of a run that it gave up, which the protocol carries in English.
_OWN_MESSAGES = {
    re.compile(r"no answer within (?P<seconds>[\d.]+) s"): N_("no answer within {seconds} s"),
    re.compile(r"silent for (?P<seconds>[\d.]+) s"): N_("silent for {seconds} s"),
    re.compile(r"not done within (?P<seconds>[\d.]+) s"): N_("not done within {seconds} s"),
    re.compile(r"prints lines without end, none an answer"): N_(
        "it prints lines without end, none of them an answer"
    ),
}


def sentence(outcome: RunOutcome, what: str) -> str:
    """Say how `what` ended; `what` is a translated noun such as "The training"."""
    match outcome.status:
        case RunStatus.FINISHED:
            return _("{what} finished in {time}.").format(
                what=what, time=seconds_text(outcome.elapsed_s)
            )
        case RunStatus.STOPPED:
            return _("{what} was stopped by you after {time}.").format(
                what=what, time=seconds_text(outcome.elapsed_s)
            )
        case RunStatus.FAILED:
            return _failed(outcome, what)
        case RunStatus.KILLED:
            return _killed(outcome, what)
        case RunStatus.NOT_STARTED:
            message = outcome.message or _exit_words(outcome.exit_code)
            return _with_reason(_("{what} could not start").format(what=what), message)
        case RunStatus.NO_ANSWER:
            return _with_reason(_("{what} was given up").format(what=what), outcome.message)


def signal_name(number: int) -> str:
    """Return the system's name of a signal, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def signal_reason(number: int) -> str | None:
    """Say what usually sends a signal, None where nothing usual is known."""
    reason = _SIGNAL_REASONS.get(signal_name(number))
    return _(reason) if reason else None


def _failed(outcome: RunOutcome, what: str) -> str:
    if outcome.failure is FailureKind.DEFECT:
        start = _("{what} failed by a defect of accelgui").format(what=what)
    elif outcome.failure is FailureKind.INPUT:
        start = _("{what} cannot be done as asked").format(what=what)
    elif outcome.message is None and outcome.exit_code is not None:
        start = _("{what} failed with exit code {code}").format(what=what, code=outcome.exit_code)
    else:
        start = _("{what} failed").format(what=what)
    return _with_reason(start, outcome.message)


def _killed(outcome: RunOutcome, what: str) -> str:
    number = outcome.signal or 0
    start = _("{what} was killed by signal {number} ({name}).").format(
        what=what, number=number, name=signal_name(number)
    )
    reason = signal_reason(number)
    return joining.sentences((start, reason))


def _with_reason(start: str, message: str | None) -> str:
    if not message:
        return joining.full_stop(start)
    said = _in_our_words(" ".join(message.split()))
    return joining.full_stop(joining.labelled(start, said))


def _exit_words(code: int | None) -> str | None:
    return None if code is None else _("exit code {code}").format(code=code)


def _in_our_words(message: str) -> str:
    for pattern, words in _OWN_MESSAGES.items():
        if match := pattern.fullmatch(message):
            return _(words).format(**match.groupdict())
    return message
