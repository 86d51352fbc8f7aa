"""How a run went, in the words of its banner."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from accelgui.gui.pages.offers import AUTO
from accelgui.gui.theme import Role
from accelgui.model.outcome import RunStatus
from accelgui.model.training import TrainingVerdict, judge
from accelgui.words import _, joining, training
from accelgui.words.devices import key_name
from accelgui.words.findings import describe
from accelgui.words.frameworks import framework_name
from accelgui.words.outcomes import sentence
from accelgui.words.strategies import team_text
from accelgui.words.training import precision_name
from accelgui.words.units import count_text, number_text

if TYPE_CHECKING:
    from accelgui.gui.pages.training.record import RunRecord

_TO_DO = {
    RunStatus.NOT_STARTED: lambda: _("Check which Python is chosen above."),
    RunStatus.NO_ANSWER: lambda: _("Look at the log; a device that hangs often needs a reboot."),
}


def verdict(record: RunRecord) -> tuple[Role, str]:
    """Return the role and the sentence for a run that has ended."""
    outcome = record.outcome
    assert outcome is not None
    if outcome.status in {RunStatus.FINISHED, RunStatus.STOPPED}:
        if record.done is None:
            return Role.NEUTRAL, sentence(outcome, _("The training"))
        # Qt breaks lines after a slash: "samples/" and "s" belong together.
        words = training.ending(record.done, record.request).replace("/", "/\N{WORD JOINER}")
        kept = training.kept(record.checkpoint, record.request)
        disturbed = training.disturbance(record.done, record.request)
        words = joining.sentences((words, kept, disturbed))
        if not record.is_finite or judge(record.done) is not TrainingVerdict.GOOD:
            return Role.BAD, words
        if record.lacks_weights:
            return Role.WARNING, words
        return (Role.NEUTRAL if record.done.stopped else Role.GOOD), words
    if record.finding is not None:
        return Role.BAD, joining.full_stop(describe(record.finding).title)
    words = training.trouble(outcome, record.request)
    if outcome.signal == signal.SIGKILL:
        hint = _("A smaller batch size needs less memory.")
        words = joining.sentences((words, hint))
    to_do = _TO_DO.get(outcome.status)
    lost = training.kept(None, record.request) if record.started else ""
    return Role.BAD, joining.sentences((words, to_do() if to_do else "", lost))


def details(record: RunRecord) -> str:
    """Return the numbers of a run in one line: what ran where, and where it ended."""
    parts = []
    if started := record.started:
        parts.append(
            _("{framework} on {device}").format(
                framework=framework_name(started.framework, started.framework_version),
                device=key_name(started.device),
            )
        )
        if team := team_text(started):
            parts.append(team)
        parts.append(_("{count} parameters").format(count=count_text(started.parameters_count)))
    if record.request.precision != "float32":
        parts.append(precision_name(record.request.precision))
    if done := record.done:
        parts.append(_("{count} steps").format(count=count_text(done.steps)))
        if done.loss is not None:
            parts.append(_("loss {value}").format(value=number_text(done.loss)))
        if done.validation_loss is not None:
            parts.append(
                _("validation loss {value}").format(value=number_text(done.validation_loss))
            )
    return " · ".join(parts)


def label(record: RunRecord) -> str:
    """Return what tells runs apart: "MLP · CPU · batch 32"; no device before it is known."""
    device = record.started.device if record.started else record.request.device
    batch = _("batch {batch_size}").format(batch_size=count_text(record.request.batch_size))
    names = (training.short_name(record.request), "" if device == AUTO else key_name(device), batch)
    return " · ".join(name for name in names if name)
