"""Versions compared: of packages against requirements, of drivers against CUDA."""

from __future__ import annotations

import re

# The driver branch that came with each CUDA release: "CUDA Toolkit and Corresponding Driver
# Versions" in the release notes of the toolkits, 9.1 to 13.3. A branch in between, and one newer
# than the newest here, serves at least what the one before it does.
_CUDA_OF_BRANCH = (
    (610, "13.3"),
    (595, "13.2"),
    (590, "13.1"),
    (580, "13.0"),
    (575, "12.9"),
    (570, "12.8"),
    (565, "12.7"),
    (560, "12.6"),
    (555, "12.5"),
    (550, "12.4"),
    (545, "12.3"),
    (535, "12.2"),
    (530, "12.1"),
    (525, "12.0"),
    (520, "11.8"),
    (515, "11.7"),
    (510, "11.6"),
    (495, "11.5"),
    (470, "11.4"),
    (465, "11.3"),
    (460, "11.2"),
    (455, "11.1"),
    (450, "11.0"),
    (440, "10.2"),
    (418, "10.1"),
    (410, "10.0"),
    (396, "9.2"),
    (387, "9.1"),
)
# From CUDA 11 on a program runs with every driver of its major version ("Minor Version
# Compatibility" in NVIDIA's CUDA compatibility guide); before, the driver had to be as new.
_FIRST_COMPATIBLE_MAJOR = 11
_REQUIREMENT = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^\]]*\])? *\(?(?P<specifiers>[^;)]*)\)?")
_PYTHON_MARKER = re.compile(r"\(?\s*python_version\s*(==|>=|<=|!=|<|>)\s*[\"']([\d.]+)[\"']\s*\)?")
_SPECIFIER = re.compile(r"(==|>=|<=|!=|~=|<|>)\s*([\w.+*]+)")


def numbers(version: str | None) -> tuple[int, ...]:
    """Return the leading dotted numbers: (12, 5, 82) of "12.5.82", () of what has none."""
    match = re.match(r"\d{1,9}(?:\.\d{1,9})*", version or "", re.ASCII)
    return tuple(map(int, match[0].split("."))) if match else ()


def major(version: str | None) -> int | None:
    """Return the first number."""
    return next(iter(numbers(version)), None)


def differ(one: str | None, other: str | None) -> bool:
    """Say whether two versions differ as far as both of them go: "12" and "12.5.82" do not."""
    first, second = numbers(one), numbers(other)
    shared = min(len(first), len(second))
    return shared > 0 and first[:shared] != second[:shared]


def cuda_of_driver(driver: str | None) -> str | None:
    """Return the newest CUDA that a driver serves, None where its branch is not known."""
    branch = major(driver)
    if branch is None:
        return None
    return next((cuda for first, cuda in _CUDA_OF_BRANCH if branch >= first), None)


def runs_with(built: str | None, served: str | None) -> bool | None:
    """Say whether a driver that serves one CUDA runs programs built for another.

    None where either is not known well enough.
    """
    wanted, offered = numbers(built)[:2], numbers(served)[:2]
    if not wanted or not offered:
        return None
    if wanted[0] == offered[0] < _FIRST_COMPATIBLE_MAJOR:
        return offered >= wanted if len(wanted) == len(offered) == 2 else None
    return offered[0] >= wanted[0]


def requirement_name(requirement: str) -> str:
    """Return the package that a requirement is about, as PyPI writes names."""
    match = _REQUIREMENT.match(requirement)
    return re.sub(r"[-_.]+", "-", match["name"]).lower() if match else ""


def satisfies(version: str, requirement: str) -> bool:
    """Say whether a version meets "name<2,>=1.26; marker" (PEP 440, releases only)."""
    match = _REQUIREMENT.match(requirement)
    if match is None:
        return True
    found = numbers(version)
    return all(_meets(found, sign, text) for sign, text in _SPECIFIER.findall(match["specifiers"]))


def applies(requirement: str, python: str | None) -> bool:
    """Say whether a requirement's marker holds for a Python, as far as it speaks of its version.

    Of extras, and of anything else that a marker can ask for, the answer is no.
    """
    marker = requirement.partition(";")[2].strip()
    if not marker:
        return True
    version = numbers(python)[:2]
    return any(
        all(_marker_holds(clause.strip(), version) for clause in re.split(r"\band\b", part))
        for part in re.split(r"\bor\b", marker)
    )


def _marker_holds(clause: str, version: tuple[int, ...]) -> bool:
    match = _PYTHON_MARKER.fullmatch(clause)
    return match is not None and bool(version) and _meets(version, match[1], match[2])


def _meets(found: tuple[int, ...], sign: str, text: str) -> bool:
    wanted = numbers(text)
    if not found or not wanted:
        return True
    length = max(len(found), len(wanted))
    left, right = _padded(found, length), _padded(wanted, length)
    same = found[: len(wanted)] == wanted if text.endswith("*") else left == right
    return {
        "==": same,
        "!=": not same,
        ">=": left >= right,
        "<=": left <= right,
        ">": left > right,
        "<": left < right,
        "~=": left >= right and found[: len(wanted) - 1] == wanted[:-1],
    }[sign]


def _padded(version: tuple[int, ...], length: int) -> tuple[int, ...]:
    return version + (0,) * (length - len(version))
