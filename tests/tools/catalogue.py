"""Keep the translations in step with the code.

    python tests/tools/catalogue.py          extract, update each catalogue, compile it
    python tests/tools/catalogue.py --list   print what each catalogue still lacks

A new language is a new folder: ``resources/locale/<language>/LC_MESSAGES/accelgui.po``.
"""

from __future__ import annotations

import argparse
import ast
import io
import string
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[2] / "accelgui"
LOCALE = PACKAGE / "resources" / "locale"
KEYWORDS = {"_": None, "N_": None, "n_": (1, 2)}


def template() -> Catalog:
    """Return every message of the code, with the places where it stands."""
    catalog = Catalog(project="accelgui", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        str(PACKAGE), [("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for path, _line, message, comments, context in sorted(found, key=lambda entry: entry[:2]):
        # Without line numbers a catalogue changes only when its messages do.
        catalog.add(message, locations=[(path, None)], auto_comments=comments, context=context)
    return catalog


def marked(path: Path) -> list[str]:
    """Return what a file marks for translation, f-strings and nested calls included."""
    return [
        argument.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in KEYWORDS and node.args
        if isinstance(argument := node.args[0], ast.Constant) and isinstance(argument.value, str)
    ]


def paths() -> list[Path]:
    """Return the catalogues that there are."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/accelgui.po"))


def read(path: Path) -> Catalog:
    """Return the catalogue at `path`."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def messages(catalog: Catalog) -> list[Message]:
    """Return the messages of a catalogue without its header."""
    return [message for message in catalog if message.id]


def lacking(catalog: Catalog, wanted: Catalog) -> list[str]:
    """Return what is not translated, or translated with other placeholders."""
    wrong = []
    for message in messages(wanted):
        translated = catalog.get(message.id, message.context)
        forms = _forms(translated.string) if translated and not translated.fuzzy else []
        if not forms or not all(forms):
            wrong.append(f"not translated: {_forms(message.id)[0]!r}")
        elif any(not _fits(form, _forms(message.id)) for form in forms):
            wrong.append(f"other placeholders: {_forms(message.id)[0]!r}")
    return wrong


def read_compiled(path: Path) -> Catalog:
    """Return what gettext will read beside the catalogue at `path`."""
    with path.with_suffix(".mo").open("rb") as file:
        return read_mo(file)


def compiled(catalog: Catalog) -> bytes:
    """Return the catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def texts(catalog: Catalog) -> dict[str, list[str]]:
    """Return what a catalogue says, by message."""
    return {_forms(message.id)[0]: _forms(message.string) for message in messages(catalog)}


def update(path: Path, wanted: Catalog) -> Catalog:
    """Bring one catalogue into step with the code and compile it beside itself."""
    catalog = read(path)
    catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalog, width=100, omit_header=False, sort_by_file=True)
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    return catalog


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str | None) else list(text)


def _fits(form: str, source_forms: list[str]) -> bool:
    return _placeholders(form) in [_placeholders(source) for source in source_forms]


def _placeholders(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:  # A lone brace: not a format string.
        return set()


def main() -> int:
    """Update, or list, every catalogue."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="only print what is lacking")
    options = parser.parse_args()
    wanted = template()
    total = 0
    for path in paths():
        catalog = read(path) if options.list else update(path, wanted)
        wrong = lacking(catalog, wanted)
        total += len(wrong)
        print(f"{path.parent.parent.name}: {len(messages(wanted))} messages, {len(wrong)} lacking")
        print(*wrong, sep="\n")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
