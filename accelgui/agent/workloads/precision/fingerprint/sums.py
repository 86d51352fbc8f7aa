"""How products are added up: kept bits, rounding, block size, order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.agent.workloads.precision.fingerprint.probes import TERMS
from accelgui.model.precision import Accumulator

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.fingerprint.probes import Probe

# Beyond any accumulator in use.
_MOST_BITS = 40

# M and a unit that vanishes beside it, such that all sums of units are exact in the result too.
_MASKS = {
    "float32": (2.0**120, 1.0),
    "tf32": (2.0**120, 1.0),
    "bfloat16": (2.0**120, 1.0),
    "float16": (2.0**15, 2.0**-14),
}


def accumulator(probe: Probe) -> Accumulator:
    """Return what is found of how one dtype is added up."""
    kept = [_kept_bits(probe, position) for position in range(3)]
    is_free = len(set(kept)) == 1
    subtree = subtrees(probe)
    return Accumulator(
        probe.dtype,
        kept_bits=kept[0] if is_free and kept[0] < _MOST_BITS else None,
        is_position_free=is_free,
        rounding=_rounding(probe),
        block=_block(subtree),
        subtree=subtree,
        order=_order(subtree),
    )


def _kept_bits(probe: Probe, position: int) -> int:
    """Return the largest k for which 1·1 − 1·1 + 2⁻ᵏ is not 0, with 2⁻ᵏ at a position of three."""
    kept = 0
    for k in range(1, _MOST_BITS + 1):
        # All of it times 2¹⁴, in two factors: float16 has neither 2⁻⁴⁰ nor 2⁻²⁵ as a result.
        tiny = (2.0 ** (7 - k // 2), 2.0 ** (7 - (k - k // 2)))
        terms = [(2.0**7, 2.0**7), (-(2.0**7), 2.0**7)]
        terms.insert(position, tiny)
        if probe.dot([a for a, _ in terms], [b for _, b in terms]) == 0.0:
            break
        kept = k
    return kept


def _rounding(probe: Probe) -> str:
    """Name how 2 + 3·2⁻²⁴, three quarters of the last place of float32 above 2, is rounded."""
    if probe.dtype in {"float16", "bfloat16"}:
        # The result has too few digits to show: a term that takes 2 away again leaves the rest.
        return _rounding_of_halves(probe)
    up = probe.dot([1.0, 2.0**-12], [2.0, 3 * 2.0**-12])
    down = probe.dot([-1.0, -(2.0**-12)], [2.0, 3 * 2.0**-12])
    known = {(2 + 2.0**-22, -(2 + 2.0**-22)): "nearest", (2.0, -2.0): "truncated"}
    return known.get((up, down), "other")


def _rounding_of_halves(probe: Probe) -> str:
    # 2 + 3·2⁻²⁴ in the first terms, −2 in the last: by then the first have been rounded. Times
    # 2⁸, so that what is left is a normal number of float16.
    found = []
    for sign in (1.0, -1.0):
        one = sign * 2.0**8
        left = [one, one * 2.0**-12, *[0.0] * (TERMS - 3), -one]
        right = [2.0, 3 * 2.0**-12, *[0.0] * (TERMS - 3), 2.0]
        found.append(probe.dot(left, right))
    known = {
        (2.0**-14, -(2.0**-14)): "nearest",
        (0.0, 0.0): "truncated",
    }
    return known.get((found[0], found[1]), "other")


def subtrees(probe: Probe) -> tuple[int, ...]:
    """Return l(0, j) for j from 1: how many terms are in the sum in which terms 0 and j meet.

    FPRev (Xie et al., arXiv 2411.00442): M at 0, −M at j and units elsewhere; units added to M are
    lost, those added after −M has taken it away are counted. Empty where sums are not whole.
    """
    large, unit = _MASKS[probe.dtype]
    a = np.full((TERMS, TERMS), unit)
    a[:, 0] = large
    rows = np.arange(1, TERMS)
    a[rows, rows] = -large
    # The first row is one too many: it keeps the shape a square.
    a[0] = unit
    sums = probe.multiply(a, np.ones((TERMS, 16)))[1:, 0] / unit
    if not np.all(np.isfinite(sums)) or np.any(sums != np.rint(sums)):
        return ()
    found = TERMS - sums
    return tuple(int(x) for x in found) if np.all((found >= 2) & (found <= TERMS)) else ()


def _block(subtree: tuple[int, ...]) -> Optional[int]:
    """Return how many terms are added at once, None where it is one by one or not clear."""
    if not subtree or subtree[0] < 3:
        return None
    block = subtree[0]
    expected = tuple((j // block + 1) * block for j in range(1, TERMS))
    return block if subtree == expected else None


def _order(subtree: tuple[int, ...]) -> Optional[str]:
    """Name an order: "sequential", "blocks", "pairwise", "interleaved" or "other"."""
    if not subtree:
        return None
    if subtree == tuple(range(2, TERMS + 1)):
        return "sequential"
    if _block(subtree) is not None:
        return "blocks"
    if subtree == tuple(1 << int(j).bit_length() for j in range(1, TERMS)):
        return "pairwise"
    # Several sums side by side, as vector units make them: the next term of the first is not 1.
    return "interleaved" if 2 in subtree[1:] else "other"
