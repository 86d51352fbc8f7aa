"""Training scripts to take away: what a run here did, as its framework's users write it today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.recipes import jax, keras, pytorch

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

__all__ = ["script"]

_WRITERS = {"tensorflow": keras.script, "pytorch": pytorch.script, "jax": jax.script}


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for, with nothing of accelgui in it."""
    return _WRITERS[request.framework](request)
