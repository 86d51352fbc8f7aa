"""The colours: each is a role, and each role has a colour in the light and the dark scheme."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """What a colour is for. The value is its name in the style sheet, written there as `@name`."""

    WINDOW = "window"
    RAIL = "rail"
    SURFACE = "surface"
    SUNKEN = "sunken"
    HOVER = "hover"
    PRESSED = "pressed"
    BORDER = "border"
    BORDER_STRONG = "border-strong"
    TEXT = "text"
    MUTED = "muted"
    FAINT = "faint"
    ACCENT = "accent"
    ACCENT_HOVER = "accent-hover"
    ACCENT_SURFACE = "accent-surface"
    ON_ACCENT = "on-accent"
    GOOD = "good"
    GOOD_SURFACE = "good-surface"
    WARNING = "warning"
    WARNING_SURFACE = "warning-surface"
    BAD = "bad"
    BAD_SURFACE = "bad-surface"
    NEUTRAL = "neutral"
    NEUTRAL_SURFACE = "neutral-surface"


# The soft background that goes with a strong colour.
SURFACES = {
    Role.ACCENT: Role.ACCENT_SURFACE,
    Role.GOOD: Role.GOOD_SURFACE,
    Role.WARNING: Role.WARNING_SURFACE,
    Role.BAD: Role.BAD_SURFACE,
    Role.NEUTRAL: Role.NEUTRAL_SURFACE,
}

LIGHT = {
    Role.WINDOW: "#f6f7f9",
    Role.RAIL: "#eceef2",
    Role.SURFACE: "#ffffff",
    Role.SUNKEN: "#f3f5f8",
    Role.HOVER: "#e9ecf1",
    Role.PRESSED: "#dfe3ea",
    Role.BORDER: "#e2e5ea",
    Role.BORDER_STRONG: "#c3c9d3",
    Role.TEXT: "#1a1f27",
    Role.MUTED: "#545d6b",
    Role.FAINT: "#636c79",
    Role.ACCENT: "#2a5fd3",
    Role.ACCENT_HOVER: "#214fb5",
    Role.ACCENT_SURFACE: "#e8eefb",
    Role.ON_ACCENT: "#ffffff",
    Role.GOOD: "#17763c",
    Role.GOOD_SURFACE: "#e5f4ea",
    Role.WARNING: "#8a5a05",
    Role.WARNING_SURFACE: "#fcf1dc",
    Role.BAD: "#b92c2c",
    Role.BAD_SURFACE: "#fcebea",
    Role.NEUTRAL: "#545d6b",
    Role.NEUTRAL_SURFACE: "#eceff3",
}

DARK = {
    Role.WINDOW: "#16181d",
    Role.RAIL: "#111318",
    Role.SURFACE: "#1e2127",
    Role.SUNKEN: "#16191e",
    Role.HOVER: "#292d35",
    Role.PRESSED: "#323741",
    Role.BORDER: "#2d323a",
    Role.BORDER_STRONG: "#4a515d",
    Role.TEXT: "#e8eaee",
    Role.MUTED: "#a9b1bd",
    Role.FAINT: "#8d95a2",
    Role.ACCENT: "#82aaff",
    Role.ACCENT_HOVER: "#9dbcff",
    Role.ACCENT_SURFACE: "#222c42",
    Role.ON_ACCENT: "#0d1424",
    Role.GOOD: "#62cb85",
    Role.GOOD_SURFACE: "#1a2e22",
    Role.WARNING: "#e5b253",
    Role.WARNING_SURFACE: "#322a18",
    Role.BAD: "#f48f86",
    Role.BAD_SURFACE: "#371f20",
    Role.NEUTRAL: "#a9b1bd",
    Role.NEUTRAL_SURFACE: "#282c34",
}

# The colours of Okabe and Ito ("Color Universal Design", 2008), darkened or lightened until each
# has a contrast of at least 3:1 against the surface that curves are drawn on (WCAG 2.2, 1.4.11).
LIGHT_SERIES = ("#0072b2", "#d55e00", "#008a64", "#b5588c", "#b07800", "#2b87bd", "#3f4550")
DARK_SERIES = ("#4fa8e8", "#f5803e", "#2bc197", "#e09ac4", "#e69f00", "#9bd3f5", "#d9dde4")

# Dashes in widths of the pen; the first curve is solid.
SERIES_DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (6.0, 3.0),
    (1.5, 2.5),
    (8.0, 3.0, 1.5, 3.0),
    (3.0, 3.0),
    (10.0, 4.0),
    (6.0, 2.5, 1.5, 2.5, 1.5, 2.5),
)
