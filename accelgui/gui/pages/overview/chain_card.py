"""The chain, and beneath it what the picked link is and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.pages.overview import standing
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.chain_view import ChainView
from accelgui.gui.widgets.label import Label
from accelgui.model.chain import LinkStatus
from accelgui.words import _
from accelgui.words.chain import detail_words, is_absent, link_explanation
from accelgui.words.findings import describe

if TYPE_CHECKING:
    from accelgui.gui.widgets.chain_node import NodeLook
    from accelgui.model.chain import LinkState
    from accelgui.model.finding import Verdict


class ChainCard(Card):
    """The acceleration chain; picking a link explains it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._verdict: Verdict | None = None
        self._is_checking = True
        # A person's choice holds until the chain itself becomes another one.
        self._picked_by_hand = False
        self.chain = ChainView()
        self.chain.picked.connect(self._on_picked)
        self._panel = LinkPanel()
        self.body.addWidget(self.chain)
        self.body.addWidget(self._panel)

    @property
    def explanation(self) -> str:
        """The words beneath the chain."""
        return self._panel.text

    @property
    def detail(self) -> str:
        """The figure beside the words."""
        return self._panel.detail

    def show_chain(self, verdict: Verdict, *, is_checking: bool) -> None:
        """Show how each link stands."""
        before = self._verdict
        self._verdict, self._is_checking = verdict, is_checking
        if before is None or len(before.chain) != len(verdict.chain):
            self._picked_by_hand = False
        looks = [
            standing.node_look(state, verdict, is_checking=is_checking) for state in verdict.chain
        ]
        self.chain.show_chain(looks)
        self.set_title(_("Acceleration chain"))
        if not self._picked_by_hand or self.chain.current is None:
            self.chain.pick(standing.most_telling(verdict))
        self._explain()

    def _on_picked(self, _number: int) -> None:
        self._picked_by_hand = True
        self._explain()

    def _explain(self) -> None:
        number = self.chain.current
        if self._verdict is not None and number is not None:
            state = self._verdict.chain[number]
            look = self.chain.nodes[number].look
            self._panel.show_link(look, state, self._verdict)


class LinkPanel(QFrame):
    """One link explained."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "well")
        self._mark = IconMark("minus", Role.NEUTRAL, 16)
        self._title = Label(kind="strong")
        self._words = Label(kind="muted", selectable=True)
        self._detail = Label(kind="muted", wraps=False, selectable=True)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self._mark)
        head.addWidget(self._title, 1)
        head.addWidget(self._detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 3 * SPACE // 2, 2 * SPACE, 3 * SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self._words)

    @property
    def text(self) -> str:
        """The words shown."""
        return f"{self._title.plain}\n{self._words.plain}"

    @property
    def detail(self) -> str:
        """The figure shown."""
        return self._detail.plain

    def show_link(self, look: NodeLook, state: LinkState, verdict: Verdict) -> None:
        """Explain a link and say how it stands."""
        self._mark.show_icon(look.icon, look.role)
        self._title.say(_("{link}: {status}").format(link=look.name, status=look.status))
        reasons = [
            describe(finding).title
            for finding in verdict.findings
            if finding.link is state.link and standing.SEVERITY_ROLES[finding.severity] is Role.BAD
        ]
        explanation = _explanation(state, verdict)
        self._words.say("\n".join([explanation, *(f"→ {reason}" for reason in reasons)]))
        self._detail.say(_shortened(detail_words(state)))
        self.setAccessibleName(self.text)


def _explanation(state: LinkState, verdict: Verdict) -> str:
    if is_absent(state, verdict):
        return _("No NVIDIA GPU and no TPU was found here. The other links wait for one.")
    explanation = link_explanation(state.link, verdict.accelerator)
    if state.status is LinkStatus.PASSED:
        return explanation
    return _("What has to hold: {explanation}").format(explanation=explanation)


def _shortened(detail: str, longest: int = 60) -> str:
    return detail if len(detail) <= longest else f"{detail[: longest - 1]}…"
