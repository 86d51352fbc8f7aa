"""A finding: what is wrong, why, what shows it and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.pages.overview.standing import SEVERITY_ROLES
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.code_block import CodeBlock
from accelgui.gui.widgets.command import Command
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.status_mark import ICONS
from accelgui.model.finding import Confidence
from accelgui.words import _
from accelgui.words.findings import confidence_name, describe, severity_name

if TYPE_CHECKING:
    from accelgui.model.finding import Evidence, Finding
    from accelgui.words.findings import Remedy


class FindingCard(Card):
    """One finding, complete.

    With `shows_lines`, evidence that names a line can be pressed: `line_pressed(int)`.
    """

    line_pressed = Signal(int)

    def __init__(
        self, finding: Finding, parent: QWidget | None = None, *, shows_lines: bool = False
    ) -> None:
        super().__init__(parent=parent)
        words = describe(finding)
        role = SEVERITY_ROLES[finding.severity]
        self.set_title(words.title)
        self.header.insertWidget(0, IconMark(ICONS[role], role, 20))
        self.header.addWidget(_standing(finding))
        self.body.addWidget(Label(words.cause, selectable=True))
        if words.remedies:
            self._add_heading(_("What to do"))
            for number, remedy in enumerate(words.remedies, 1):
                self.body.addLayout(_remedy(number, remedy))
        if finding.evidence:
            self._add_heading(_("What shows it"))
            for evidence in finding.evidence:
                frame = _evidence(evidence)
                self.body.addWidget(frame)
                if shows_lines and evidence.line is not None:
                    self._add_jump(frame, evidence.line)

    def _add_jump(self, frame: QFrame, line: int) -> None:
        button = Button(_("Show line {line}").format(line=line), "quiet", "search")
        button.clicked.connect(lambda: self.line_pressed.emit(line))
        layout = frame.layout()
        assert layout is not None
        layout.addWidget(button)

    def _add_heading(self, text: str) -> None:
        self.body.addSpacing(SPACE // 2)
        self.body.addWidget(Label(text, "strong"))


def _standing(finding: Finding) -> Label:
    words = severity_name(finding)
    if finding.confidence is not Confidence.CERTAIN:
        words = _("{severity}, {confidence}").format(
            severity=words, confidence=confidence_name(finding)
        )
    return Label(words, "small", wraps=False)


def _remedy(number: int, remedy: Remedy) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE)
    figure = Label(f"{number}.", "muted", wraps=False)
    figure.setFixedWidth(2 * SPACE)
    row.addWidget(figure, 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(SPACE // 2)
    column.addWidget(Label(remedy.text, selectable=True))
    if remedy.command:
        column.addWidget(Command(remedy.command))
    row.addLayout(column, 1)
    return row


def _evidence(evidence: Evidence) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "well")
    column = QVBoxLayout(frame)
    column.setContentsMargins(3 * SPACE // 2, SPACE, 3 * SPACE // 2, SPACE)
    column.setSpacing(SPACE // 4)
    source = evidence.source
    if evidence.line is not None:
        source = _("{source}, line {line}").format(source=source, line=evidence.line)
    column.addWidget(Label(source, "small"))
    column.addWidget(CodeBlock(evidence.text))
    return frame
