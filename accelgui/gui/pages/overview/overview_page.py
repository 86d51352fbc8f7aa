"""The page itself: the parts put together and kept up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from accelgui import diagnosis
from accelgui.gui.pages.overview import standing
from accelgui.gui.pages.overview.chain_card import ChainCard
from accelgui.gui.pages.overview.device_tiles import DevicesCard
from accelgui.gui.pages.overview.finding_card import FindingCard
from accelgui.gui.pages.overview.framework_rows import FrameworksCard
from accelgui.gui.pages.overview.verdict_card import VerdictCard
from accelgui.gui.pages.page import Page
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets import layouts
from accelgui.gui.widgets.banner import Banner
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.disclosure import Disclosure
from accelgui.model.finding import Severity, VerdictStatus
from accelgui.model.outcome import RunStatus
from accelgui.model.snapshot import Snapshot
from accelgui.words import _, current_language, n_, outcomes, verdicts
from accelgui.words.history import from_history

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.history import Kept
    from accelgui.model.finding import Finding, Verdict
    from accelgui.model.outcome import RunOutcome


class OverviewPage(Page):
    """Verdict, chain, cause and remedy, devices, frameworks."""

    code: ClassVar[str] = "overview"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        # What the cards of findings were made from: they are made anew only for other ones.
        self._findings_shown: object = None
        self._kept: Kept | None = None
        self._build()
        self._connect()

    def retranslate(self) -> None:
        self._refresh()

    def reopen(self, kept: Kept) -> None:
        """Show a check as it was, until a person wants to see the one of now."""
        self._kept = kept if kept.snapshot is not None else None
        self._refresh()

    def on_hidden(self) -> None:
        self._show_now()

    def _show_now(self) -> None:
        if self._kept is not None:
            self._kept = None
            self._refresh()

    def _shown(self) -> tuple[Snapshot | None, Verdict | None, bool]:
        """Return what is shown, and whether it is still being looked at."""
        if self._kept is not None and self._kept.snapshot is not None:
            return self._kept.snapshot, diagnosis.examine(self._kept.snapshot), False
        return self.session.snapshot, self.session.verdict, self.session.is_checking

    def _show_then(self) -> None:
        entry = self._kept.entry if self._kept is not None else None
        words = from_history(entry.name, entry.begun_s) if entry is not None else ""
        self.then.say(Role.ACCENT, words, _("Show now") if words else "")

    def _build(self) -> None:
        self.failure = Banner(dismissible=False)
        self.then = Banner(dismissible=False)
        self.verdict_card = VerdictCard()
        self.chain_card = ChainCard()
        self.findings = QVBoxLayout()
        self.findings.setSpacing(2 * SPACE)
        self.log_button = Button(kind="disclosure", icon="file-text")
        self.devices_card = DevicesCard()
        self.frameworks_card = FrameworksCard()
        body = self.add_scrolling_body()
        body.addWidget(self.then)
        body.addWidget(self.failure)
        body.addWidget(self.verdict_card)
        body.addWidget(self.chain_card)
        body.addLayout(self.findings)
        body.addWidget(self.log_button, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.devices_card)
        body.addWidget(self.frameworks_card)
        body.addStretch()

    def _connect(self) -> None:
        self.session.snapshot_changed.connect(self._refresh)
        self.session.verdict_changed.connect(self._refresh)
        self.session.checking_changed.connect(self._refresh)
        self.session.run_changed.connect(self._refresh_start)
        self.verdict_card.remedy_pressed.connect(self._show_remedy)
        self.verdict_card.start_pressed.connect(lambda: self.start_asked.emit("training"))
        self.log_button.clicked.connect(lambda: self.page_asked.emit("explain"))
        self.devices_card.pressed.connect(lambda: self.page_asked.emit("devices"))
        self.failure.action_pressed.connect(self._open_log)
        self.then.action_pressed.connect(self._show_now)

    def _refresh(self) -> None:
        snapshot, verdict, is_checking = self._shown()
        self._show_then()
        self._show_failure()
        self._refresh_verdict()
        self._refresh_start()
        self.chain_card.show_chain(verdict or _nothing_known(), is_checking=is_checking)
        self._refresh_findings(verdict)
        self.devices_card.show_devices(
            snapshot.machine if snapshot else None, is_checking=is_checking
        )
        self.frameworks_card.show_frameworks(snapshot, is_checking=is_checking)

    def _refresh_verdict(self) -> None:
        snapshot, verdict, is_checking = self._shown()
        if verdict is None or snapshot is None:
            self._show_waiting()
        elif not standing.is_settled(verdict, is_checking=is_checking):
            self.verdict_card.show_verdict(
                Role.NEUTRAL,
                "ellipsis",
                _("Looking"),
                _("Looking at this machine…"),
                _("A real operation runs on each device. That takes 5 to 30 seconds."),
            )
        else:
            self.verdict_card.show_verdict(
                standing.VERDICT_ROLES[verdict.status],
                standing.VERDICT_ICONS[verdict.status],
                verdicts.status_name(verdict.status),
                verdicts.sentence(verdict, snapshot),
                _note(verdict),
            )

    def _show_waiting(self) -> None:
        if self.session.is_checking:
            word, sentence = _("Looking"), _("Looking at this machine…")
        else:
            word, sentence = _("Not looked yet"), _("Nothing is known about this machine yet.")
        note = _("A real operation runs on each device. That takes 5 to 30 seconds.")
        self.verdict_card.show_verdict(Role.NEUTRAL, "ellipsis", word, sentence, note)

    def _refresh_start(self) -> None:
        is_free = self.session.run_owner is None and self._kept is None
        note = _("Trains a small network, mostly in less than a minute, and shows how it goes.")
        if self._kept is not None:
            note = _("This is the check of another time.")
        elif not is_free:
            note = _("Another run is under way.")
        self.verdict_card.show_start(_("Run sample training"), note, is_enabled=is_free)

    def _refresh_findings(self, verdict: Verdict | None) -> None:
        findings = verdict.findings if verdict else ()
        self.log_button.setText(_("Does your program say something else? Explain its log"))
        self.log_button.setVisible(any(f.severity is not Severity.INFO for f in findings))
        self.verdict_card.show_remedy(
            _("Show what to do"),
            is_there=any(finding.severity is not Severity.INFO for finding in findings[:1]),
        )
        shown = (findings, current_language())
        if shown == self._findings_shown:
            return
        self._findings_shown = shown
        layouts.clear(self.findings)
        first = [f for f in findings[:1] if f.severity is not Severity.INFO]
        for finding in first:
            self.findings.addWidget(FindingCard(finding))
        if others := findings[len(first) :]:
            self.findings.addWidget(_others(others, after_first=bool(first)))
        self._order_tabs()

    def _show_remedy(self) -> None:
        """Scroll to the first finding, which stands below the chain, and go on with Tab in it."""
        item = self.findings.itemAt(0)
        card = item.widget() if item is not None else None
        area = self.findChild(QScrollArea)
        holder = area.widget() if area is not None else None
        if card is None or area is None or holder is None:
            return
        area.verticalScrollBar().setValue(card.mapTo(holder, QPoint()).y() - SPACE)
        widgets = card.findChildren(QWidget)
        first = next((w for w in widgets if w.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _order_tabs(self) -> None:
        """Have Tab visit the findings, which are made last, where they stand."""
        last: QWidget = self.chain_card.chain.nodes[-1]
        for widget in self._finding_widgets():
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                self.setTabOrder(last, widget)
                last = widget
        self.setTabOrder(last, self.log_button)

    def _finding_widgets(self) -> list[QWidget]:
        items = [self.findings.itemAt(number) for number in range(self.findings.count())]
        cards = [item.widget() for item in items if item is not None]
        return [widget for card in cards if card for widget in card.findChildren(QWidget)]

    def _show_failure(self) -> None:
        outcome = self._machine_outcome()
        if outcome is None:
            self.failure.say(Role.BAD, "")
        else:
            words = outcomes.sentence(outcome, _("The look at this machine"))
            self.failure.say(Role.BAD, words, _("Open log"))

    def _machine_outcome(self) -> RunOutcome | None:
        """Return how the look at the machine failed, None where it did not."""
        outcome = self.session.outcomes.get(None) if self._kept is None else None
        good = {RunStatus.FINISHED, RunStatus.STOPPED}
        return None if outcome is None or outcome.status in good else outcome

    def _open_log(self) -> None:
        outcome = self._machine_outcome()
        if outcome is not None and outcome.log_path:
            QDesktopServices.openUrl(QUrl.fromLocalFile(outcome.log_path))


def _nothing_known() -> Verdict:
    """Return the verdict on a machine that nobody has looked at, for a chain that is all open."""
    return diagnosis.examine(Snapshot(taken_at=""))


def _note(verdict: Verdict) -> str:
    match verdict.status:
        case VerdictStatus.NO_ACCELERATOR if verdict.cpu_works:
            return _("Training works here all the same, only slower than with an accelerator.")
        case VerdictStatus.NOT_ACCELERATED if verdict.cpu_works:
            return _("Until this is fixed, training runs on the CPU.")
        case VerdictStatus.ACCELERATED | VerdictStatus.DEGRADED:
            return _("A real operation ran on it and its result was compared with the CPU's.")
    return ""


def _others(findings: tuple[Finding, ...], *, after_first: bool) -> Disclosure:
    count = len(findings)
    if after_first:
        title = n_("{count} more finding", "{count} more findings", count)
    else:
        title = n_("{count} note", "{count} notes", count)
    fold = Disclosure(title.format(count=count))
    for finding in findings:
        fold.body.addWidget(FindingCard(finding))
    return fold
