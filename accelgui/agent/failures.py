"""How work says that it cannot be done, and whose failure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from accelgui.model.outcome import FailureKind

if TYPE_CHECKING:
    from accelgui.model.memory import MemoryShortage


class WorkError(Exception):
    """Work cannot go on. `code` names a finding (accelgui's causes) where one is known."""

    kind = FailureKind.ENVIRONMENT
    memory: Optional[MemoryShortage] = None

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


class MemoryLackingError(FrameworkError):
    """An allocation failed; `memory` says what there was, `code` the cause."""

    def __init__(self, message: str, memory: MemoryShortage) -> None:
        super().__init__(message, memory.code, {"device": memory.device})
        self.memory = memory
