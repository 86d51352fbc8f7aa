"""How work says that it cannot be done, and whose failure that is."""

from __future__ import annotations

from typing import Optional

from accelgui.model.outcome import FailureKind


class WorkError(Exception):
    """Work cannot go on. `code` names a finding (accelgui's causes) where one is known."""

    kind = FailureKind.ENVIRONMENT

    def __init__(
        self, message: str, code: Optional[str] = None, parameters: Optional[dict[str, str]] = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.parameters = parameters or {}


class InputError(WorkError):
    """What a person asked for cannot be: no such device, batch size 0, a broken file."""

    kind = FailureKind.INPUT


class FrameworkError(WorkError):
    """The framework raised; the message is its own."""
