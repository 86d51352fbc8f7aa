"""The published arithmetic of known hardware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from accelgui.model.precision import Known

if TYPE_CHECKING:
    from accelgui.model.precision import Accumulator

# Each reproduced bit by bit by an emulator with these values.
_SOURCE = "Fasi et al., PeerJ CS 7:e330; MMA-Sim; FTTN"


@dataclass(frozen=True)
class _Published:
    """Kept bits and block sizes by dtype; None and no blocks for additions one by one."""

    name: str
    kept_bits: Optional[int]
    blocks: Mapping[str, int]
    rounding: str


_PUBLISHED = (
    _Published("V100", 23, {"float16": 4}, "truncated"),
    _Published("A100/Ada", 24, {"float16": 8, "bfloat16": 8, "tf32": 4}, "truncated"),
    _Published("H100/H200/B200", 25, {"float16": 16, "bfloat16": 16, "tf32": 8}, "truncated"),
    _Published("fused multiply-add", None, {}, "nearest"),
)

# The dtypes by which tensor cores are told apart, the most widespread first.
_TELLING = ("float16", "bfloat16", "tf32")


def behaves_like(accumulators: tuple[Accumulator, ...]) -> tuple[str, ...]:
    """Return the names of the hardware whose values were found; none where they are a surprise."""
    return tuple(known.name for known in compared(accumulators) if known.is_alike)


def compared(accumulators: tuple[Accumulator, ...]) -> tuple[Known, ...]:
    """Return the published values beside what was found."""
    return tuple(_compared(published, accumulators) for published in _PUBLISHED)


def _compared(published: _Published, accumulators: tuple[Accumulator, ...]) -> Known:
    by_dtype = {found.dtype: found for found in accumulators}
    chosen = [by_dtype[name] for name in _TELLING if name in by_dtype]
    alike = [_is_alike(published, found) for found in chosen]
    if published.kept_bits is not None:
        alike = [a for a, found in zip(alike, chosen) if found.dtype in published.blocks]
    return Known(
        published.name,
        published.kept_bits,
        published.blocks.get("float16"),
        published.rounding,
        is_alike=bool(alike) and all(alike),
        source=_SOURCE if published.kept_bits is not None else "IEEE 754",
    )


def _is_alike(published: _Published, found: Accumulator) -> bool:
    if published.kept_bits is None:
        return found.rounding == "nearest" and not found.is_position_free and found.block is None
    block = published.blocks.get(found.dtype)
    return (found.kept_bits, found.block, found.rounding) == (
        published.kept_bits,
        block,
        published.rounding,
    )
