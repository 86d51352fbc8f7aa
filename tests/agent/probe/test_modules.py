"""Further libraries: here or not, loading or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.agent.failures import InputError
from accelgui.agent.probe.modules import look_at_module
from accelgui.model.events import ModuleSeen
from accelgui.model.requests import ModuleRequest

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.model.events import Event
    from accelgui.model.module import Module


def look(name: str) -> list[Module]:
    told: list[Event] = []

    class Listener:
        send = staticmethod(told.append)

    look_at_module(ModuleRequest(name), Listener())  # type: ignore[arg-type]
    return [event.module for event in told if isinstance(event, ModuleSeen)]


def make(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package = folder / "site" / "onnxruntime"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(text)
    metadata = folder / "site" / "onnxruntime_gpu-1.20.1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: onnxruntime-gpu\nVersion: 1.20.1\n")
    monkeypatch.syspath_prepend(str(folder / "site"))
    import sys

    monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)


def test_that_an_absent_library_is_absent() -> None:
    (module,) = look("torch_xla")
    assert (module.present, module.version, module.loads) == (False, None, None)


def test_that_it_is_told_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "def get_available_providers():\n    return ['CUDAExecutionProvider', 'CPU']\n"
    make(tmp_path, text, monkeypatch)
    first, last = look("onnxruntime")
    assert (first.present, first.version, first.loads) == (True, "1.20.1", None)
    assert (last.loads, last.details) == (True, "CUDAExecutionProvider, CPU")


def test_that_a_library_which_does_not_load_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "raise ImportError('libcublasLt.so.12: cannot open')\n", monkeypatch)
    last = look("onnxruntime")[-1]
    assert last.loads is False
    assert last.error == "ImportError: libcublasLt.so.12: cannot open"


def test_that_an_unknown_name_is_refused() -> None:
    with pytest.raises(InputError, match="unknown module"):
        look("os")
