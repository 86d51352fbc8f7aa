"""Settings files of older versions, brought forward step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = 1

Document = dict[str, Any]

# The step from schema N to N + 1, by N. A step is never changed once a release had it.
STEPS: dict[int, Callable[[Document], Document]] = {}


def migrate(
    document: Document,
    steps: dict[int, Callable[[Document], Document]] | None = None,
    target: int = SCHEMA,
) -> Document:
    """Return the options of a document in schema `target`, without the schema number.

    A newer file is read as far as it is understood. Raises ValueError where it has no schema.
    """
    steps = STEPS if steps is None else steps
    options = dict(document)
    schema = options.pop("schema", None)
    if type(schema) is not int or schema < 1:
        raise ValueError("no schema")
    for step in range(schema, target):
        options = steps[step](options)
    return options
