"""Real frameworks that misbehave: see README.md."""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(__file__).parent


def environment(folder: str, **variables: object) -> dict[str, str]:
    """Return the variables for an agent that is sabotaged in one way."""
    named = {f"SABOTAGE_{name.upper()}": str(value) for name, value in variables.items()}
    return {"PYTHONPATH": os.pathsep.join((str(_FOLDER / folder), str(_FOLDER))), **named}
