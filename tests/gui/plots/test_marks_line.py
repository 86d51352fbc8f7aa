"""What the marks of the error plot mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.gui.plots.error_points import DTYPES
from accelgui.gui.plots.marks_line import MarksLine

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("width", [300, 640, 1400])
def test_that_no_mark_goes_unexplained_however_narrow(qtbot: QtBot, width: int) -> None:
    line = MarksLine()
    qtbot.addWidget(line)
    line.show_dtypes(DTYPES)
    line.resize(width, 22)
    line.show()
    entries = list(line._entries())
    assert [text for _rect, text, _paint in entries][-2:] == ["hollow: every bit right", "failed"]
    assert len(entries) == len(DTYPES) + 2
    assert max(rect.right() for rect, _text, _paint in entries) <= width
    assert max(rect.bottom() for rect, _text, _paint in entries) <= line.height()
