"""The words that all parts share: frozen data, JSON in and out."""

from __future__ import annotations

# Raised when a reader of an older document or stream could misunderstand a newer one.
SCHEMA = 1
PROTOCOL = 1
