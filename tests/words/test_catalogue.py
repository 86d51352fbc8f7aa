"""Every catalogue says all that the code says, with the same placeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tools import catalogue

from accelgui import words

if TYPE_CHECKING:
    from pathlib import Path

PATHS = catalogue.paths()


@pytest.fixture(scope="module")
def wanted() -> catalogue.Catalog:
    return catalogue.template()


def test_that_simplified_chinese_is_there() -> None:
    assert "zh_CN" in [path.parent.parent.name for path in PATHS]
    assert words.languages() == ("en", "zh_CN")


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_that_a_catalogue_is_complete(path: Path, wanted: catalogue.Catalog) -> None:
    assert catalogue.lacking(catalogue.read(path), wanted) == []


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_that_a_catalogue_is_compiled(path: Path) -> None:
    # Not byte for byte: the header names the version of the compiler.
    assert catalogue.texts(catalogue.read_compiled(path)) == catalogue.texts(catalogue.read(path))


def test_that_a_translation_with_other_placeholders_is_rejected() -> None:
    wanted, catalog = catalogue.Catalog(), catalogue.Catalog(locale="zh_CN")
    wanted.add("{count} of {total}")
    catalog.add("{count} of {total}", "{count} / {whole}")
    assert catalogue.lacking(catalog, wanted) == ["other placeholders: '{count} of {total}'"]


def test_that_an_empty_translation_is_rejected() -> None:
    wanted, catalog = catalogue.Catalog(), catalogue.Catalog(locale="zh_CN")
    wanted.add("Start")
    catalog.add("Start", "")
    assert catalogue.lacking(catalog, wanted) == ["not translated: 'Start'"]


def test_that_no_message_hides_from_the_extraction() -> None:
    wanted = set(catalogue.texts(catalogue.template()))
    hidden = [
        text
        for path in catalogue.PACKAGE.rglob("*.py")
        for text in catalogue.marked(path)
        if text not in wanted
    ]
    assert hidden == []
