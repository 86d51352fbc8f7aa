"""The words of argparse in our catalogues: it asks gettext's own domain, which is none of ours."""

from __future__ import annotations

import gettext
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accelgui.words import N_, current_language, n_
from accelgui.words.translation import DOMAIN, LOCALE_FOLDER

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


def plural_messages(count: int) -> tuple[str, ...]:
    """Return the messages that have a plural, for `count`."""
    return (n_("expected %s argument", "expected %s arguments", count),)


@contextmanager
def argparse_translated() -> Iterator[None]:
    """Let argparse speak the current language inside; the environment is as before after it."""
    language, domain = os.environ.get("LANGUAGE"), gettext.textdomain()
    gettext.bindtextdomain(DOMAIN, str(LOCALE_FOLDER))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = current_language()
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if language is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = language
