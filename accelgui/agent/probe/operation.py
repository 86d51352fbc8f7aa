"""The proof of life of a device: one product of integer matrices whose answer is known."""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING, Optional

from accelgui.model.snapshot import OperationResult

if TYPE_CHECKING:
    from accelgui.agent.backends.base import Backend, Matrix
    from accelgui.model.snapshot import FrameworkDevice

# Whole tiles of every tensor core, few enough terms that plain Python has the answer in no time.
_ROWS, _TERMS, _COLUMNS = 64, 32, 64

# Native code puts whole stack traces into its messages.
_ERROR_CHARACTERS = 4000


def try_device(backend: Backend, device: FrameworkDevice) -> OperationResult:
    """Multiply on `device` and compare each element with the exact answer."""
    left, right = _matrix(_ROWS, _TERMS, 7, 11), _matrix(_TERMS, _COLUMNS, 13, 5)
    started_s = time.monotonic()
    try:
        product, ran_on = backend.integer_matmul(device, left, right)
    except Exception as error:  # noqa: BLE001 - Frameworks raise what they like.
        traceback.print_exc()
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
        return OperationResult(device.key, ran=False, error=text[-_ERROR_CHARACTERS:])
    elapsed_s = time.monotonic() - started_s
    wrong = first_wrong(product, exact_product(left, right))
    keys = {listed.name: listed.key for listed in backend.devices()}
    return OperationResult(
        device.key,
        ran=True,
        right=wrong is None,
        ran_on=keys.get(ran_on, ran_on),
        elapsed_s=elapsed_s,
        error=wrong,
    )


def exact_product(left: Matrix, right: Matrix) -> Matrix:
    """Return left · right in Python's own numbers, exact for integers."""
    columns = list(zip(*right))
    return [[sum(map(float.__mul__, row, column)) for column in columns] for row in left]


def first_wrong(product: Matrix, expected: Matrix) -> Optional[str]:
    """Return what is wrong with the first wrong element, None where all are right."""
    if [len(row) for row in product] != [len(row) for row in expected]:
        return f"the result has {len(product)} rows, not {len(expected)} of {len(expected[0])}"
    for i, (got, wanted) in enumerate(zip(product, expected)):
        for j, (value, right) in enumerate(zip(got, wanted)):
            if value != right:  # So that NaN is wrong.
                return f"element [{i}, {j}] is {value:g}, not {right:g}"
    return None


def _matrix(rows: int, columns: int, down: int, across: int) -> Matrix:
    """Return integers from −9 to 9 without zero sums; no partial sum needs more than 12 bits."""
    return [[float((down * i + across * j) % 19 - 9) for j in range(columns)] for i in range(rows)]
