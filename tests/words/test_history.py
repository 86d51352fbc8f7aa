from __future__ import annotations

import pytest

from accelgui import words
from accelgui.words.findings import TEXTS, title
from accelgui.words.history import fact_text


def test_that_the_findings_of_a_check_are_named_and_not_coded() -> None:
    assert fact_text("findings", "gpu_asleep, driver_not_installed") == (
        f"{title('gpu_asleep')}; {title('driver_not_installed')}"
    )
    assert "_" not in fact_text("findings", "a_code_of_tomorrow")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_that_each_cause_has_a_name_where_nothing_more_is_known(language: str) -> None:
    words.set_language(language)
    try:
        names = [title(code) for code in TEXTS]
    finally:
        words.set_language("en")
    assert all(name.strip() for name in names)
    assert not [name for name in names if "None" in name or "{" in name]
