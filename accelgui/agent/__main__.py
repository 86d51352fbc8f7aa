"""Start the agent in whatever Python this is.

`accelgui` is registered from its folder, without putting site-packages of another Python on
sys.path: there it would shadow the examined Python's own NumPy.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path


def _register_package(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        "accelgui", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["accelgui"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if sys.path and Path(sys.path[0] or ".").resolve() == here:
        del sys.path[0]
    _register_package(here.parent)

    from accelgui.agent.commands import main

    exit_code = main(sys.argv[1:])
    sys.stderr.flush()
    # All is told. Frameworks take up to a second to take themselves down, and some crash meanwhile.
    os._exit(exit_code)
