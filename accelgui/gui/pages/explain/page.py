"""The page itself: the log above, what it shows below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from accelgui.gui.bridge.explainer import Explainer
from accelgui.gui.pages.explain.log_input import LogInput
from accelgui.gui.pages.overview.finding_card import FindingCard
from accelgui.gui.pages.page import Page
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets import (
    Banner,
    Button,
    Card,
    Disclosure,
    EmptyState,
    Label,
    ProgressStrip,
    layouts,
)
from accelgui.model.finding import Confidence, Severity
from accelgui.words import _, n_
from accelgui.words.explained import advice, omission, sentence

if TYPE_CHECKING:
    from accelgui.diagnosis.logs import Explanation
    from accelgui.gui.session import Session
    from accelgui.model.finding import Finding

_LOG_HEIGHT_PX = 208
# Below the first, a cause that is merely possible waits folded.
_OPEN_AT_MOST = 3


class ExplainPage(Page):
    """Paste, drop or open a log; its causes come as cards whose lines can be shown."""

    code: ClassVar[str] = "explain"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.explained: Explanation | None = None
        self._explainer: Explainer | None = None
        # The file that was opened, "" where the text is a person's own.
        self._path = ""
        # A text that is too long to be shown.
        self._long_text = ""
        self._is_too_long = False
        self._failure = ""
        self._build()
        self._connect()

    def retranslate(self) -> None:
        self.log_card.set_title(_("The log"))
        self.hint.say(
            _("Of TensorFlow, PyTorch, JAX, nvidia-smi, the kernel, Docker or Kubernetes.")
        )
        self.log.setPlaceholderText(self._placeholder())
        self.log.setAccessibleName(_("The log"))
        self.explain_button.setText(_("Explain"))
        self.explain_button.explain(_("Explain"), "Ctrl+Return")
        self.open_button.setText(_("Open file…"))
        self.clear_button.setText(_("Clear"))
        self.empty.say(
            _("What is wrong, and what to do?"),
            _(
                "Give the whole output, from the start of the program on: the first line that fails"
                " matters most. It is read on this computer and sent nowhere. A long file takes"
                " a few seconds."
            ),
        )
        self._show_state()

    @property
    def findings(self) -> tuple[Finding, ...] | None:
        """What the log shows, None while nobody knows."""
        return self.explained.findings if self.explained is not None else None

    def _build(self) -> None:
        self.log = LogInput()
        self.log.setFixedHeight(_LOG_HEIGHT_PX)
        self.hint = Label(kind="small")
        self.explain_button = Button(kind="primary")
        self.open_button = Button(icon="folder-open")
        self.clear_button = Button(kind="quiet", icon="x")
        self.log_card = Card(is_compact=True)
        self.log_card.body.addWidget(self.log)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.explain_button)
        row.addWidget(self.open_button)
        row.addWidget(self.clear_button)
        row.addWidget(self.hint, 1)
        self.log_card.body.addLayout(row)
        self.progress = ProgressStrip()
        self.answer = Banner(dismissible=False)
        self.advice = Label(kind="muted")
        self.omission = Label(kind="muted")
        self.empty = EmptyState("file-text")
        self.cards = QVBoxLayout()
        self.cards.setSpacing(2 * SPACE)
        body = self.add_scrolling_body()
        for widget in (self.log_card, self.progress, self.answer, self.advice, self.omission):
            body.addWidget(widget)
        body.addLayout(self.cards)
        body.addWidget(self.empty)
        body.addStretch()

    def _connect(self) -> None:
        self.explain_button.clicked.connect(self.start)
        self.open_button.clicked.connect(self._choose_file)
        self.clear_button.clicked.connect(self.clear)
        self.log.file_dropped.connect(self.open_file)
        self.log.long_text_given.connect(self.open_text)
        self.log.textChanged.connect(self._on_text_changed)
        self.progress.cancelled.connect(self._cancel)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.start)
        # Wherever the focus is: there is nothing else here to paste into.
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self).activated.connect(
            self.log.paste
        )

    def start(self) -> None:
        """Explain what is here."""
        if self._path:
            self._explain(Explainer(self._path, parent=self))
        elif text := self._long_text or self.log.toPlainText():
            self._explain(Explainer(_("log"), text, parent=self))

    def open_file(self, path: str) -> None:
        """Show a file, where it is not too long for that, and explain it."""
        self.clear()
        self._path = path
        self.start()

    def open_text(self, text: str) -> None:
        """Explain a text that is too long to be shown."""
        self.clear()
        self._long_text, self._is_too_long = text, True
        self.log.setPlaceholderText(self._placeholder())
        self.start()

    def clear(self) -> None:
        """Begin anew."""
        self._cancel()
        self._path, self._long_text, self._failure, self.explained = "", "", "", None
        self._is_too_long = False
        self._set_text("")
        self.log.setPlaceholderText(self._placeholder())
        self._show_state()
        self.log.setFocus()

    def _placeholder(self) -> str:
        if not self._is_too_long:
            return _("Paste it here, or drop a file.")
        if not self._path:
            return _("The text is too long to be shown; it is read all the same.")
        text = _("{name} is too long to be shown; it is read from the file.")
        return text.format(name=Path(self._path).name)

    def _set_text(self, text: str) -> None:
        """Show another text, which nobody typed."""
        self.log.blockSignals(True)
        self.log.setPlainText(text)
        self.log.blockSignals(False)
        self.log.mark([])

    def on_hidden(self) -> None:
        # Another page is shown: it goes on. The window is closed: its thread must end with it.
        if not self.window().isVisible() and self._explainer is not None:
            explainer = self._explainer
            self._cancel()
            explainer.wait()

    def _explain(self, explainer: Explainer) -> None:
        self._cancel()
        self.explained, self._failure = None, ""
        self._explainer = explainer
        # A button that is disabled hands its focus to the next one, which would open a file.
        if self.explain_button.hasFocus():
            self.log.setFocus()
        explainer.shown.connect(self._on_shown)
        explainer.read.connect(self._on_read)
        explainer.explained.connect(self._on_explained)
        explainer.failed.connect(self._on_failed)
        explainer.finished.connect(explainer.deleteLater)
        self._show_state()
        explainer.start()

    def _cancel(self) -> None:
        if self._explainer is not None:
            self._explainer.shown.disconnect()
            self._explainer.read.disconnect()
            self._explainer.explained.disconnect()
            self._explainer.failed.disconnect()
            self._explainer.stop()
            self._explainer = None
            self._show_state()

    def _on_text_changed(self) -> None:
        # What is typed is another log than the file that was opened.
        self._path = self._long_text = ""
        self._show_buttons()

    def _on_read(self, share: float) -> None:
        if not self._is_too_long:
            self._is_too_long = True
            self.log.setPlaceholderText(self._placeholder())
        self._show_progress(share)

    def _on_shown(self, text: str) -> None:
        self._set_text(text)

    def _on_explained(self, explained: Explanation) -> None:
        self._explainer = None
        self.explained = explained
        self._show_state()

    def _on_failed(self, failure: str) -> None:
        self._explainer = None
        self._path, self._failure = "", failure
        self._show_state()

    def _show_state(self) -> None:
        is_working = self._explainer is not None
        if is_working:
            self._show_progress(None)
        else:
            if self.progress.isVisibleTo(self):
                self.tell_window(None, "")
            self.progress.hide()
        self._show_answer()
        self.empty.setVisible(self.explained is None and not is_working and not self._failure)
        self._show_buttons()

    def _show_progress(self, share: float | None) -> None:
        words = _("Reading the log…")
        self.progress.show_progress(words, share)
        self.tell_window(share, words)

    def _show_answer(self) -> None:
        layouts.clear(self.cards)
        if self.explained is None:
            self.answer.say(Role.BAD, self._failure)
            self.advice.hide()
            self.omission.hide()
            self.log.mark([])
            return
        findings = self.explained.findings
        self.answer.say(_role(findings), sentence(findings))
        for label, text in (
            (self.advice, advice(findings)),
            (self.omission, omission(self.explained.coverage)),
        ):
            label.say(text)
            label.setVisible(bool(text))
        self.log.mark([e.line for f in findings for e in f.evidence if e.line is not None])
        self._add_cards(findings)

    def _add_cards(self, findings: tuple[Finding, ...]) -> None:
        is_open = [_is_open(place, finding) for place, finding in enumerate(findings)]
        folded = [finding for finding, shown in zip(findings, is_open, strict=True) if not shown]
        for finding, shown in zip(findings, is_open, strict=True):
            if shown:
                self.cards.addWidget(self._card(finding))
        if folded:
            title = n_("{count} more finding", "{count} more findings", len(folded))
            fold = Disclosure(title.format(count=len(folded)))
            for finding in folded:
                fold.body.addWidget(self._card(finding))
            self.cards.addWidget(fold)

    def _card(self, finding: Finding) -> FindingCard:
        card = FindingCard(finding, shows_lines=not self.log.document().isEmpty())
        card.line_pressed.connect(self._go_to)
        return card

    def _go_to(self, number: int) -> None:
        area = self.findChild(QScrollArea)
        if area is not None:
            area.ensureWidgetVisible(self.log)
        self.log.go_to(number)
        self.log.setFocus()

    def _show_buttons(self) -> None:
        has_log = bool(self._path or self._long_text) or not self.log.document().isEmpty()
        self.explain_button.setEnabled(has_log and self._explainer is None)
        self.clear_button.setVisible(has_log)

    def _choose_file(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, _("Open a log"))
        if path:
            self.open_file(path)


def _role(findings: tuple[Finding, ...]) -> Role:
    if not findings:
        return Role.NEUTRAL
    roles = {Severity.ERROR: Role.BAD, Severity.WARNING: Role.WARNING, Severity.INFO: Role.GOOD}
    return roles[findings[0].severity]


def _is_open(place: int, finding: Finding) -> bool:
    """Say whether a card shows at once: the first always, guesses and notes after it never."""
    if place == 0:
        return True
    is_guess = finding.confidence is Confidence.POSSIBLE or finding.severity is Severity.INFO
    return place < _OPEN_AT_MOST and not is_guess
