"""The frameworks of the examined Python: version, build, and whether they compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.status_mark import StatusMark
from accelgui.model.requests import FRAMEWORKS
from accelgui.words import _, joining, n_
from accelgui.words.devices import key_name
from accelgui.words.frameworks import framework_name
from accelgui.words.units import seconds_text

if TYPE_CHECKING:
    from accelgui.model.snapshot import Framework, Snapshot

_MOST_NAMED = 2


class FrameworksCard(Card):
    """One row for each framework that accelgui knows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnStretch(2, 1)
        self._rows = {}
        for number, name in enumerate(FRAMEWORKS):
            row = Label(kind="strong", wraps=False), StatusMark(), Label(kind="muted")
            for column, widget in enumerate(row):
                grid.addWidget(widget, number, column, Qt.AlignmentFlag.AlignVCenter)
            self._rows[name] = row
        self.body.addLayout(grid)

    def show_frameworks(self, snapshot: Snapshot | None, *, is_checking: bool) -> None:
        """Show what is known by now."""
        self.set_title(_("Frameworks in this Python"))
        seen = {framework.name: framework for framework in snapshot.frameworks} if snapshot else {}
        for name, (title, mark, details) in self._rows.items():
            framework = seen.get(name)
            title.say(framework_name(name, framework.version if framework else None))
            mark.show_status(*_status(framework, is_checking=is_checking))
            details.say(_details(framework) if framework else "")


def _status(framework: Framework | None, *, is_checking: bool) -> tuple[Role, str]:  # noqa: PLR0911
    if framework is None:
        return Role.NEUTRAL, _("waiting…") if is_checking else _("not examined")
    if framework.installed is False:
        return Role.NEUTRAL, _("not installed")
    if framework.imported is False:
        return Role.BAD, _("gives no answer") if framework.timed_out else _("cannot be imported")
    working = [operation.device for operation in framework.operations if operation.right]
    accelerators = [device for device in working if device != "cpu"]
    if accelerators:
        return Role.GOOD, _("works on {devices}").format(devices=_together(accelerators))
    if working:
        return Role.GOOD, _("works on the CPU")
    if is_checking:
        return Role.NEUTRAL, _("looking…")
    return Role.BAD, _("computes nothing right") if framework.operations else _("not tried")


def _together(keys: list[str]) -> str:
    if len(keys) > _MOST_NAMED:
        return n_("{count} accelerator", "{count} accelerators", len(keys)).format(count=len(keys))
    return joining.listed(key_name(key) for key in keys)


def _details(framework: Framework) -> str:
    if framework.import_error and framework.imported is False:
        return " ".join(framework.import_error.split())[:300]
    parts = [_build(framework)] if framework.imported else []
    if framework.import_elapsed_s is not None:
        parts.append(_("imported in {time}").format(time=seconds_text(framework.import_elapsed_s)))
    return " · ".join(part for part in parts if part)


def _build(framework: Framework) -> str:
    build = framework.build
    if build.get("is_cuda_build", "").lower() == "false":
        return _("CPU build")
    versions = [
        f"{name} {build[key]}"
        for name, key in (("CUDA", "cuda_version"), ("cuDNN", "cudnn_version"))
        if build.get(key)
    ]
    return " · ".join(versions)
