"""The answer to a log in one sentence, and what to do when it says nothing."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from accelgui.model.finding import Confidence, Severity
from accelgui.words import joining
from accelgui.words.findings import describe
from accelgui.words.translation import _, n_
from accelgui.words.units import bytes_text, count_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.model.coverage import Coverage
    from accelgui.model.finding import Finding


def sentence(findings: Sequence[Finding]) -> str:
    """Return what a log says, with the first cause where it names one."""
    if not findings:
        return _("Nothing here says that something is broken.")
    first = findings[0]
    if first.severity is Severity.INFO:
        return _("Nothing here says that something is broken. What it says is explained below.")
    title = describe(first).title
    if first.severity is Severity.WARNING:
        return _("It works, but: {title}.").format(title=title)
    if first.confidence is Confidence.CERTAIN:
        return _("The cause: {title}.").format(title=title)
    if first.confidence is Confidence.LIKELY:
        return _("The likeliest cause: {title}.").format(title=title)
    return _("The text does not decide. One possible cause: {title}.").format(title=title)


def advice(findings: Sequence[Finding]) -> str:
    """Return what else to do: tell causes apart, or find a text that says more; "" for nothing."""
    if not findings:
        return _(
            "If something is broken all the same, give the whole output from the start of the"
            " program on, or what “nvidia-smi” and “sudo dmesg” print."
        )
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if len(errors) > 1 and errors[0].confidence is not Confidence.CERTAIN:
        return _("Several causes fit. They are in order; each says how to tell.")
    return ""


def unreadable(path: str, error: OSError) -> str:
    """Return why a log cannot be read, and what to do where there is something to do."""
    match error:
        case FileNotFoundError():
            reason = _("there is no such file")
        case IsADirectoryError():
            reason = _("it is a folder")
        case PermissionError():
            text = _("{path} cannot be read: you are not allowed to. Give what “{command}” prints.")
            return text.format(path=path, command=f"sudo cat {shlex.quote(path)}")
        case _other:
            reason = error.strerror or str(error)
    return _("{path} cannot be read: {reason}.").format(path=path, reason=reason)


def omission(coverage: Coverage) -> str:
    """Return what of a log could not or was not read, with numbers; "" where all of it was."""
    said = []
    if not coverage.is_text:
        said.append(_("It does not look like text: a log is read as plain text."))
    read = bytes_text(coverage.read_bytes)
    if coverage.total_bytes is None:
        text = _("Read the first {read}. It goes on and on: the rest was not waited for.")
        said.append(text.format(read=read))
    elif coverage.read_bytes < coverage.total_bytes:
        text = _("Read {read} of {total}: the beginning and the end.")
        said.append(text.format(read=read, total=bytes_text(coverage.total_bytes)))
    if count := coverage.passed_over_count:
        text = n_(
            "Words of known messages stand in so many places that {count} was passed over.",
            "Words of known messages stand in so many places that {count} were passed over.",
            count,
        )
        said.append(text.format(count=count_text(count)))
    return joining.sentences(said)
