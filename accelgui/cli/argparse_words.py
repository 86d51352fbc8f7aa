"""The words of argparse in our catalogues."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accelgui.words import N_, _, n_

if TYPE_CHECKING:
    from collections.abc import Iterator

# What argparse of Python 3.11 to 3.14 says to the users of a command line; what it says to the
# programmers of one is left out.
MESSAGES = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
    N_("unrecognized arguments: %s"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)

_OURS: dict[str, Any] = {"_": _, "ngettext": n_}


def plural_messages(count: int) -> tuple[str, ...]:
    """Return the messages that have a plural, for `count`."""
    return (n_("expected %s argument", "expected %s arguments", count),)


@contextmanager
def argparse_translated() -> Iterator[None]:
    """Let argparse speak the current language inside.

    It asks gettext's own domain in the environment's language, and can be told no other; to change
    the environment would change the words of the C library with it, for good.
    """
    own = {name: vars(argparse)[name] for name in _OURS if name in vars(argparse)}
    vars(argparse).update({name: _OURS[name] for name in own})
    try:
        yield
    finally:
        vars(argparse).update(own)
