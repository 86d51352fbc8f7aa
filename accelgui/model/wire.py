"""Frozen dataclasses in and out of JSON.

NaN and infinities are not JSON. They travel as ``null`` and are named in the object's own
``"not_finite"`` member, so that a NaN loss arrives as NaN and "not reported" as None.
"""

from __future__ import annotations

import dataclasses
import math
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

_NOT_FINITE = "not_finite"
_NONE = type(None)
# What JSON takes as it is, beside finite floats.
_PLAIN = frozenset({str, int, bool, _NONE})


class WireError(ValueError):
    """What came over the wire does not have the shape that was agreed."""


def to_json(value: Any) -> Any:
    """Turn dataclasses, enums, tuples and mappings into what ``json.dumps`` takes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _members_to_json({f.name: getattr(value, f.name) for f in dataclasses.fields(value)})
    if isinstance(value, dict):
        return _members_to_json(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple, frozenset, set)):
        return [to_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _members_to_json(members: dict[Any, Any]) -> dict[str, Any]:
    if _are_plain(members):
        return members
    names = {key: str(to_json(key)) for key in members}
    out = {names[key]: to_json(value) for key, value in members.items()}
    lost = {
        place: text
        for key, value in members.items()
        for place, text in _not_finite(names[key], value)
    }
    if lost:
        out[_NOT_FINITE] = lost
    return out


def _are_plain(members: dict[Any, Any]) -> bool:
    """Is this as it is what JSON takes? So are samples, ninety a second."""
    for key, value in members.items():
        kind = type(value)
        if type(key) is not str or not (kind in _PLAIN or (kind is float and math.isfinite(value))):
            return False
    return True


def _not_finite(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield where a member, or a list in it, holds what is no number: "loss", "errors/3/0"."""
    if isinstance(value, float) and not math.isfinite(value):
        yield place, str(value)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _not_finite(f"{place}/{index}", item)


def from_json(cls: type[T], data: Any) -> T:
    """Build a dataclass from decoded JSON.

    Unknown members are ignored, so that an older reader follows a newer writer; missing members
    take their defaults. Raises WireError for anything of the wrong shape.
    """
    try:
        return cls(**_arguments(cls, data))
    except (
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise WireError(f"not a {cls.__name__}: {error}") from error


def _arguments(cls: type[Any], data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise WireError(f"expected an object, got {type(data).__name__}")
    hints = _hints(cls)  # type: ignore[arg-type] # A class is hashable.
    members = _restored(data)
    return {name: _value(hint, members[name]) for name, hint in hints.items() if name in members}


def _restored(data: dict[str, Any]) -> dict[str, Any]:
    """Put back what is no number."""
    lost = data.get(_NOT_FINITE)
    if not lost:
        return data
    members = {name: value for name, value in data.items() if name != _NOT_FINITE}
    for place, text in lost.items():
        if place in members:
            members[place] = float(text)
            continue
        name, *indices = place.split("/")
        members[name] = _patched(members[name], [int(index) for index in indices], float(text))
    return members


def _patched(items: Any, indices: list[int], number: float) -> Any:
    if not indices:
        return number
    first, *rest = indices
    return [*items[:first], _patched(items[first], rest, number), *items[first + 1 :]]


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls) if field.init}


def _value(hint: Any, data: Any) -> Any:  # noqa: PLR0911 - One return for each kind of hint.
    if hint is Any:
        return data
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Union:
        return _union(arguments, data)
    if origin is tuple:
        return _tuple(arguments, data)
    if origin is dict:
        return _mapping(arguments, data)
    if dataclasses.is_dataclass(hint):
        return from_json(hint, data)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(data)
    return _scalar(hint, data)


def _union(arguments: tuple[Any, ...], data: Any) -> Any:
    if data is None and _NONE in arguments:
        return None
    errors = []
    for option in arguments:
        if option is _NONE:
            continue
        try:
            return _value(option, data)
        except (WireError, ValueError) as error:
            errors.append(str(error))
    raise WireError("; ".join(errors))


def _tuple(arguments: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise WireError(f"expected a list, got {type(data).__name__}")
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_value(arguments[0], item) for item in data)
    if len(arguments) != len(data):
        raise WireError(f"expected {len(arguments)} items, got {len(data)}")
    return tuple(_value(hint, item) for hint, item in zip(arguments, data))


def _mapping(arguments: tuple[Any, ...], data: Any) -> dict[Any, Any]:
    if not isinstance(data, dict):
        raise WireError(f"expected an object, got {type(data).__name__}")
    key_hint, value_hint = arguments
    return {
        _value(key_hint, key): _value(value_hint, value)
        for key, value in _restored(data).items()
        if key != _NOT_FINITE
    }


def _scalar(hint: Any, data: Any) -> Any:
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if type(data) is not hint:
        raise WireError(f"expected {hint.__name__}, got {type(data).__name__}")
    return data
