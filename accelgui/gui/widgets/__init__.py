"""The parts from which pages are made."""

from __future__ import annotations

from accelgui.gui.widgets.banner import Banner
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.code_block import CodeBlock
from accelgui.gui.widgets.command import Command
from accelgui.gui.widgets.copy_button import CopyButton
from accelgui.gui.widgets.disclosure import Disclosure
from accelgui.gui.widgets.empty_state import EmptyState
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.progress_strip import ProgressStrip
from accelgui.gui.widgets.status_mark import StatusMark

__all__ = [
    "Banner",
    "Button",
    "Card",
    "CodeBlock",
    "Command",
    "CopyButton",
    "Disclosure",
    "EmptyState",
    "Label",
    "ProgressStrip",
    "StatusMark",
]
