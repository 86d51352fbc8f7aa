"""Whose run is under way."""

from __future__ import annotations

from accelgui.words.translation import N_, _

_OWNERS = {
    "training": N_("A training run"),
    "ladder": N_("An acceleration ladder"),
    "precision": N_("A precision check"),
    "benchmark": N_("A benchmark"),
}


def owner_name(owner: str | None) -> str:
    """Return what is under way, as the beginning of a sentence."""
    return _(_OWNERS[owner]) if owner in _OWNERS else _("Another run")
