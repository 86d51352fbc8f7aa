"""What an operation proves, and which framework says most by its operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelgui.model.snapshot import Framework, OperationResult


def ran_elsewhere(operation: OperationResult) -> bool:
    """Say whether the framework quietly put an accelerator's operation on the CPU."""
    ran_on = (operation.ran_on or "").lower()
    return "cpu" in ran_on and not operation.device.startswith("cpu")


def is_proof(operation: OperationResult) -> bool:
    """Say whether an operation ran where it should and came back right."""
    return operation.ran and operation.right is True and not ran_elsewhere(operation)


def how_telling(framework: Framework) -> tuple[bool, bool, bool]:
    """Return what orders frameworks: proven on an accelerator, imported, installed."""
    proven = any(
        is_proof(operation)
        for operation in framework.operations
        if not operation.device.startswith("cpu")
    )
    return proven, framework.imported is True, framework.installed is True
